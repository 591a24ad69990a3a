import Handlebars from 'handlebars'
import type { JsonObject } from '../../kernel/index.ts'
import type { Codelist } from '../contract.ts'
import { commonHelpers, TEMPLATE_FORMATS, type TemplateFormat } from './template-format.ts'
import { toText } from './template-text.ts'

export type Template = (context: JsonObject) => string

/** Compiles templates; has one Handlebars instance for each output format. */
export interface TemplateCompiler {
  readonly helperNames: (format: TemplateFormat) => readonly string[]
  compile(tree: hbs.AST.Program, format: TemplateFormat): Template
}

const ESCAPE = 'escapeText'

export function toTemplateCompiler(codelists: ReadonlyMap<string, Codelist>): TemplateCompiler {
  const common = commonHelpers(codelists)
  const instances = new Map(TEMPLATE_FORMATS.map((format) => [format, toInstance(format, common)]))
  return {
    helperNames: (format) => [...Object.keys(common), ...Object.keys(format.helpers)],
    compile(tree, format) {
      const instance = instances.get(format)
      if (instance === undefined) throw new Error(`Expected a known template format, found ${format.extension}`)
      // Strict where it counts: `escapeText` throws when there is nothing to write. Handlebars' own strict mode would also
      // throw inside the arguments of helpers, where a part of an absent item is simply absent.
      const template = instance.compile(escapeOutput(tree), { noEscape: true })
      // Own properties only, which is Handlebars' default, said here because the safety of the messages hangs on it.
      const options = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false }
      return format.extension === 'xml'
        ? (context) => withoutBlankLines(template(context, options))
        : (context) => template(context, options)
    },
  }
}

function toInstance(format: TemplateFormat, common: TemplateFormat['helpers']): typeof Handlebars {
  const instance = Handlebars.create()
  for (const [name, helper] of Object.entries({ ...common, ...format.helpers })) {
    // Handlebars hands its options over as the last argument; no helper here wants them.
    instance.registerHelper(name, (...values: unknown[]) => helper(...values.slice(0, -1)))
  }
  instance.registerHelper(ESCAPE, (value: unknown, item: string) => {
    if (value instanceof Handlebars.SafeString) return value
    return format.write === undefined ? format.escape(toText(value)) : format.write(value, item)
  })
  return instance
}

// Handlebars has one escape function for all instances. So each `{{x}}` is compiled as `{{{escapeText x "x"}}}`, with the instance's own.
function escapeOutput(tree: hbs.AST.Program): hbs.AST.Program {
  const copy = structuredClone(tree)
  const rewrite = (program: hbs.AST.Program | undefined): void => {
    for (const statement of program?.body ?? []) {
      if (statement.type === 'BlockStatement') {
        const block = statement as hbs.AST.BlockStatement
        rewrite(block.program)
        rewrite(block.inverse)
      } else if (statement.type === 'MustacheStatement') {
        wrapInEscape(statement as hbs.AST.MustacheStatement)
      }
    }
  }
  rewrite(copy)
  return copy
}

function wrapInEscape(statement: hbs.AST.MustacheStatement): void {
  const { path, params, hash, loc } = statement
  const value = params.length === 0 ? path : ({ type: 'SubExpression', path, params, hash, loc } as hbs.AST.SubExpression)
  const item = { type: 'StringLiteral', value: firstPath(value), original: firstPath(value), loc } as hbs.AST.StringLiteral
  statement.params = [value, item]
  statement.path = { type: 'PathExpression', data: false, depth: 0, parts: [ESCAPE], original: ESCAPE, loc } as hbs.AST.PathExpression
  statement.hash = { type: 'Hash', pairs: [], loc } as hbs.AST.Hash
}

/** What is written, as the template names it: `line.hs_code`, also inside a helper. */
function firstPath(expression: hbs.AST.Expression): string {
  if (expression.type === 'PathExpression') return (expression as hbs.AST.PathExpression).original
  if (expression.type !== 'SubExpression') return ''
  return (expression as hbs.AST.SubExpression).params.map(firstPath).find((path) => path !== '') ?? ''
}

// An element that is left out leaves its line behind. Values hold no line breaks: in XML they are written as references.
function withoutBlankLines(text: string): string {
  return text.replaceAll(/^[ \t]*\n/gm, '')
}
