import Handlebars from 'handlebars'

/** What a template takes from the declaration, read from its syntax tree. */
export interface TemplateItems {
  /** Form named in the template's `{{!-- form: id --}}` comment. */
  readonly formId?: string
  /** EDIFACT message type named in the same comment: `edifact: CUSDEC`. */
  readonly messageType?: string
  readonly items: ReadonlySet<string>
  /** What the template may not do, with its line. */
  readonly problems: readonly string[]
}
export interface TemplateRules {
  readonly groups: ReadonlySet<string>
  readonly helpers: ReadonlySet<string>
  /** Names that the template may read beside `items`. */
  readonly roots: ReadonlySet<string>
}

/** Helper that takes the rows of a group which have a value. */
const ROWS = 'rows'
const BLOCKS = new Set(['each', 'if', 'unless'])

export function parseTemplate(source: string): hbs.AST.Program {
  return Handlebars.parse(source)
}

/**
 * Finds every item a template uses. Templates keep to a plain style so that this can be known without running them:
 * `items.x`, `{{#each items.lines as |line|}}` with `line.x`, and the names beside them (`envelope.x`); no `this`, no `../`, no unescaped output, no partials.
 */
export function collectTemplateItems(tree: hbs.AST.Program, rules: TemplateRules): TemplateItems {
  const walk = new TemplateWalk(rules)
  walk.program(tree, new Map())
  return {
    ...(walk.formId === undefined ? {} : { formId: walk.formId }),
    ...(walk.messageType === undefined ? {} : { messageType: walk.messageType }),
    items: walk.items,
    problems: walk.problems,
  }
}

/** Name of a row in scope: rows of a group have items, rows of anything else are values. */
type Scope = ReadonlyMap<string, { readonly group?: string }>

class TemplateWalk {
  readonly items = new Set<string>()
  readonly problems: string[] = []
  formId: string | undefined
  messageType: string | undefined
  readonly #rules: TemplateRules

  constructor(rules: TemplateRules) {
    this.#rules = rules
  }

  program(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.#statement(statement, scope)
  }

  #statement(statement: hbs.AST.Statement, scope: Scope): void {
    if (statement.type === 'ContentStatement') return
    if (statement.type === 'CommentStatement') {
      const comment = (statement as hbs.AST.CommentStatement).value
      this.formId ??= /form:\s*([\w-]+)/.exec(comment)?.[1]
      this.messageType ??= /edifact:\s*([A-Z]{6})/.exec(comment)?.[1]
    } else if (statement.type === 'MustacheStatement') {
      const mustache = statement as hbs.AST.MustacheStatement
      if (!mustache.escaped) this.#refuse(mustache, 'unescaped output')
      this.#call(mustache, scope)
    } else if (statement.type === 'BlockStatement') {
      this.#block(statement as hbs.AST.BlockStatement, scope)
    } else {
      this.#refuse(statement, statement.type)
    }
  }

  #call(call: hbs.AST.MustacheStatement | hbs.AST.SubExpression, scope: Scope): void {
    const isHelper = call.params.length > 0 || call.type === 'SubExpression'
    if (isHelper) {
      const name = (call.path as hbs.AST.PathExpression).original
      if (!this.#rules.helpers.has(name)) this.#refuse(call, `helper ${name}`)
    } else {
      this.#expression(call.path, scope)
    }
    for (const param of call.params) this.#expression(param, scope)
    for (const pair of call.hash?.pairs ?? []) this.#expression(pair.value, scope)
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope): void {
    const name = block.path.original
    if (typeof name !== 'string' || !BLOCKS.has(name)) this.#refuse(block, `block ${String(name)}`)
    const [param] = block.params
    const group = name === 'each' && param !== undefined ? this.#group(param) : undefined
    for (const each of group === undefined ? block.params : valuesOf(param)) this.#expression(each, scope)
    const row = block.program?.blockParams?.[0]
    if (name === 'each' && row === undefined) this.#refuse(block, 'each without a name for the row')
    this.program(block.program, row === undefined ? scope : new Map([...scope, [row, group === undefined ? {} : { group }]]))
    this.program(block.inverse, scope)
  }

  /** Name of the group when the expression is `items.<group>`. */
  #group(expression: hbs.AST.Expression): string | undefined {
    if (expression.type === 'SubExpression') return this.#filteredGroup(expression as hbs.AST.SubExpression)
    if (expression.type !== 'PathExpression') return undefined
    const [head, group = '', ...rest] = segmentsOf(expression)
    return head === 'items' && rest.length === 0 && this.#rules.groups.has(group) ? group : undefined
  }

  /** Name of the group of `(rows items.<group> "<item>" value)`; that item is used. */
  #filteredGroup({ path, params }: hbs.AST.SubExpression): string | undefined {
    const [list, item] = params
    if ((path as hbs.AST.PathExpression).original !== ROWS || list?.type !== 'PathExpression') return undefined
    const group = this.#group(list)
    if (group !== undefined && item?.type === 'StringLiteral') this.items.add((item as hbs.AST.StringLiteral).value)
    return group
  }

  #expression(expression: hbs.AST.Expression, scope: Scope): void {
    if (expression.type === 'SubExpression') this.#call(expression as hbs.AST.SubExpression, scope)
    if (expression.type === 'PathExpression') this.#path(expression as hbs.AST.PathExpression, scope)
  }

  #path(path: hbs.AST.PathExpression, scope: Scope): void {
    const [head = '', item] = segmentsOf(path)
    const row = scope.get(head)
    if ((path.data && !isFromRoot(path)) || this.#rules.roots.has(head)) return
    if (path.depth > 0 || path.original.startsWith('this')) {
      this.#refuse(path, path.original)
    } else if (head === 'items' && item !== undefined) {
      if (!this.#rules.groups.has(item)) this.items.add(item)
    } else if (row?.group !== undefined && item !== undefined) {
      this.items.add(item)
    } else if (row === undefined || row.group !== undefined) {
      this.#refuse(path, path.original)
    }
  }

  #refuse(node: hbs.AST.Node, what: string): void {
    this.problems.push(`line ${node.loc.start.line}: ${what}`)
  }
}

function segmentsOf(expression: hbs.AST.Expression): readonly string[] {
  const path = expression as hbs.AST.PathExpression
  return isFromRoot(path) ? (path.parts.slice(1) as readonly string[]) : (path.parts as readonly string[])
}

/** `@root.items.containers`: how the header and other groups are read inside the rows of a group. */
function isFromRoot(path: hbs.AST.PathExpression): boolean {
  return path.data && path.parts[0] === 'root' && path.parts.length > 1
}

/** What `rows` compares with, where a group is filtered. */
function valuesOf(expression: hbs.AST.Expression | undefined): readonly hbs.AST.Expression[] {
  return expression?.type === 'SubExpression' ? (expression as hbs.AST.SubExpression).params.slice(2) : []
}
