import type { parser } from 'lezer-feel'
import { numberFromText } from '../value/number.ts'
import { attachTest } from './attach-test.ts'
import type { ArithmeticOperator, CompareOperator, Declarations, FeelNode, FeelType, FormalParameter, Iterator, Span } from './node.ts'
import { type Parsed, syntaxFailure } from './parse-feel.ts'
import { readStringLiteral } from './string-literal.ts'

type TreeNode = ReturnType<typeof parser.parse>['topNode']

/** Turns the concrete tree of the grammar into nodes without punctuation. */
export function lowerTree(top: TreeNode, text: string, declarations: Declarations): Parsed {
  const lowering = new Lowering(text, declarations)
  try {
    const parts = childrenOf(top)
    if (top.name === 'UnaryTests') return lowering.unaryTests(parts)
    const [first, extra] = parts
    if (!first || extra) return syntaxFailure(text, 0, text.length, 'found several expressions', 'Write one expression.')
    return { ok: true, nodes: [lowering.node(first)], negated: false }
  } catch (error) {
    if (error instanceof UnknownSyntax)
      return syntaxFailure(
        text,
        error.from,
        error.to,
        `found ${error.what}`,
        'Equality is a single `=`; FEEL (DMN 1.5) knows no such form.',
      )
    throw error
  }
}

/** Inside this module only: a node the grammar knows and we do not. */
class UnknownSyntax extends Error {
  constructor(
    readonly what: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(what)
  }
}

function childrenOf(node: TreeNode): TreeNode[] {
  const children: TreeNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (!child.type.isSkipped && !/Comment$/.test(child.name)) children.push(child)
  return children
}

class Lowering {
  /** Declared spelling by its spelling with spaces around operators. */
  private readonly declared = new Map<string, string>()

  constructor(
    private readonly text: string,
    private readonly declarations: Declarations,
  ) {
    for (const name of declarations.names ?? []) this.declared.set(spaced(name), name)
  }

  unaryTests(parts: readonly TreeNode[]): Parsed {
    const negated = parts[0]?.name === 'not'
    const nodes = parts.flatMap((part) => {
      if (part.name === 'Wildcard') return [{ kind: 'any' as const, at: span(part) }]
      return part.name === 'PositiveUnaryTests' ? childrenOf(part).map((test) => this.node(test)) : []
    })
    return { ok: true, nodes, negated }
  }

  node(tree: TreeNode): FeelNode {
    const at = { from: tree.from, to: tree.to }
    const parts = childrenOf(tree)
    const lower = this.forms[tree.name]
    if (!lower) throw new UnknownSyntax(`\`${this.slice(tree)}\``, tree.from, tree.to)
    return { ...lower(parts, tree), at }
  }

  private readonly forms: Readonly<Record<string, (parts: TreeNode[], tree: TreeNode) => FeelNode>> = {
    null: (_, at) => ({ kind: 'literal', value: null, at }),
    BooleanLiteral: (_, at) => ({ kind: 'literal', value: this.slice(at) === 'true', at }),
    NumericLiteral: (_, at) => ({ kind: 'literal', value: numberFromText(this.slice(at).replace(/\s/g, '')), at }),
    StringLiteral: (_, at) => ({ kind: 'literal', value: readStringLiteral(this.slice(at)), at }),
    VariableName: (_, at) => ({ kind: 'variable', names: this.names(at), at }),
    SpecialFunctionName: (_, at) => ({ kind: 'variable', names: this.names(at), at }),
    DateTimeConstructor: (_, at) => ({ kind: 'variable', names: this.names(at), at }),
    '?': (_, at) => ({ kind: 'variable', names: ['?'], at }),
    Wildcard: (_, at) => ({ kind: 'any', at }),
    PathExpression: ([target, , name], at) => ({ kind: 'path', target: this.must(target, at), names: this.names(name ?? at), at }),
    ParenthesizedExpression: ([, inner], at) => ({ ...this.must(inner, at), grouped: true }),
    PositiveUnaryTest: ([inner], at) => this.must(inner, at),
    ArithmeticExpression: (parts, at) => this.arithmetic(parts, at),
    Conjunction: ([left, , right], at) => ({ kind: 'and', left: this.must(left, at), right: this.must(right, at), at }),
    Disjunction: ([left, , right], at) => ({ kind: 'or', left: this.must(left, at), right: this.must(right, at), at }),
    Comparison: (parts, at) => this.comparison(parts, at),
    IfExpression: ([, condition, , whenTrue, , otherwise], at) => ({
      kind: 'if',
      condition: this.must(condition, at),
      whenTrue: this.must(whenTrue, at),
      otherwise: this.must(otherwise, at),
      at,
    }),
    ForExpression: (parts, at) => ({ kind: 'for', iterators: this.iterators(parts[1] ?? at), body: this.must(parts[3], at), at }),
    QuantifiedExpression: (parts, at) => ({
      kind: parts[0]?.name === 'every' ? 'every' : 'some',
      iterators: this.iterators(parts[1] ?? at),
      test: this.must(parts[3], at),
      at,
    }),
    FilterExpression: ([target, , condition], at) => ({
      kind: 'filter',
      target: this.must(target, at),
      condition: this.must(condition, at),
      at,
    }),
    FunctionInvocation: (parts, at) => this.invocation(parts, at),
    DateTimeLiteral: (parts, at) => {
      const [literal] = parts
      if (literal?.name === 'AtLiteral') return { kind: 'temporal', text: this.must(childrenOf(literal)[0], at), at }
      return this.invocation(parts, at)
    },
    FunctionDefinition: (parts, at) => this.functionDefinition(parts, at),
    List: (parts, at) => ({
      kind: 'list',
      items: parts.filter((part) => part.name !== '[' && part.name !== ']').map((part) => this.node(part)),
      at,
    }),
    Context: (parts, at) => ({
      kind: 'context',
      entries: parts
        .filter((part) => part.name === 'ContextEntry')
        .map((entry) => {
          const [key, value] = childrenOf(entry)
          return { key: this.key(key ?? entry), value: this.must(value, entry) }
        }),
      at,
    }),
    Interval: ([open, start, , end, close], at) => ({
      kind: 'range',
      start: this.must(start, at),
      end: this.must(end, at),
      startIncluded: this.slice(open ?? at) === '[',
      endIncluded: this.slice(close ?? at) === ']',
      at,
    }),
    SimplePositiveUnaryTest: (parts, at) => {
      const [operator, operand] = parts
      if (!operand) return this.must(operator, at)
      return attachTest(
        (node) => ({ kind: 'unary', operator: this.compareOperator(operator ?? at), operand: node, at: span(at) }),
        this.node(operand),
      )
    },
    InstanceOfExpression: ([value, , , type], at) => ({
      kind: 'instance-of',
      value: this.must(value, at),
      type: this.type(type ?? at),
      at,
    }),
  }

  private must(tree: TreeNode | undefined, parent: TreeNode): FeelNode {
    if (!tree) throw new UnknownSyntax(`an unfinished \`${this.slice(parent)}\``, parent.from, parent.to)
    return this.node(tree)
  }

  private slice(tree: TreeNode): string {
    return this.text.slice(tree.from, tree.to)
  }

  private names(tree: TreeNode): readonly string[] {
    const raw = this.slice(tree).replace(/\s+/g, ' ').trim()
    // Camunda's way to write a name that holds operators
    if (raw.startsWith('`')) return [raw.replaceAll('`', '')]
    const wide = spaced(raw)
    const declared = this.declared.get(wide)
    if (declared !== undefined) return [...new Set([declared, raw, wide])]
    return raw === wide ? [raw] : [raw, wide]
  }

  private key(tree: TreeNode): string {
    const [inner] = childrenOf(tree)
    return inner?.name === 'StringLiteral' ? readStringLiteral(this.slice(inner)) : (this.names(tree)[0] ?? '')
  }

  private compareOperator(tree: TreeNode): CompareOperator {
    return this.slice(tree) as CompareOperator
  }

  private arithmetic(parts: readonly TreeNode[], at: TreeNode): FeelNode {
    const [first, second, third] = parts
    if (!third) return { kind: 'negate', operand: this.must(second, at), at }
    const operator = this.slice(second ?? at)
    return {
      kind: 'arithmetic',
      operator: (operator === '^' ? '**' : operator) as ArithmeticOperator,
      left: this.must(first, at),
      right: this.must(third, at),
      at,
    }
  }

  private comparison(parts: readonly TreeNode[], at: TreeNode): FeelNode {
    const [left, operator, third, , fifth] = parts
    const value = this.must(left, at)
    if (operator?.name === 'between') return { kind: 'between', value, low: this.must(third, at), high: this.must(fifth, at), at }
    if (operator?.name !== 'in') {
      const right = this.must(third, at)
      // `a == b` would read as a comparison with the range `= b`
      if (right.kind === 'unary' && !right.grouped)
        throw new UnknownSyntax(`two comparisons in a row, \`${this.slice(at)}\``, at.from, at.to)
      return { kind: 'compare', operator: this.compareOperator(operator ?? at), left: value, right, at }
    }
    const tests = parts.find((part) => part.name === 'PositiveUnaryTests')
    if (tests) return { kind: 'in', value, tests: childrenOf(tests).map((test) => this.node(test)), at }
    return attachTest((test) => ({ kind: 'in', value, tests: [test], at: span(at) }), this.must(third, at))
  }

  private iterators(tree: TreeNode): Iterator[] {
    return childrenOf(tree)
      .filter((part) => part.name === 'InExpression')
      .map((part) => {
        const [name, , source] = childrenOf(part)
        const [from, , to] = childrenOf(source ?? part)
        const iterator = { name: this.names(name ?? part)[0] ?? '', from: this.must(from, part) }
        return to ? { ...iterator, to: this.node(to) } : iterator
      })
  }

  private invocation(parts: readonly TreeNode[], at: TreeNode): FeelNode {
    const target = this.must(parts[0], at)
    const named = parts.find((part) => part.name === 'NamedParameters')
    if (named) {
      const values = childrenOf(named).map((part) => {
        const [name, value] = childrenOf(part)
        return { name: this.names(name ?? part)[0] ?? '', value: this.must(value, part) }
      })
      return { kind: 'invoke-named', target, named: values, at }
    }
    const positional = parts.find((part) => part.name === 'PositionalParameters')
    return { kind: 'invoke', target, positional: positional ? childrenOf(positional).map((part) => this.node(part)) : [], at }
  }

  private functionDefinition(parts: readonly TreeNode[], at: TreeNode): FeelNode {
    const formal = parts.find((part) => part.name === 'FormalParameters')
    const body = parts.find((part) => part.name === 'FunctionBody')
    const parameters = (formal ? childrenOf(formal) : []).map((part): FormalParameter => {
      const [name, type] = childrenOf(part)
      const parameter = { name: this.names(name ?? part)[0] ?? '' }
      return type ? { ...parameter, type: this.type(type) } : parameter
    })
    const external = parts.some((part) => part.name === 'external')
    return { kind: 'function', parameters, body: this.must(body && childrenOf(body)[0], at), external, at }
  }

  private type(tree: TreeNode): FeelType {
    const [inner] = childrenOf(tree)
    if (!inner || tree.name !== 'Type') return this.namedType(tree)
    const parts = childrenOf(inner)
    const element = parts.find((part) => part.name === 'Type')
    switch (inner.name) {
      case 'ListType':
        return {
          kind: this.slice(inner).startsWith('range') ? 'range' : 'list',
          element: element ? this.type(element) : { kind: 'name', name: 'Any' },
        }
      case 'FunctionType':
        return { kind: 'function' }
      case 'ContextType': {
        const entries = parts.find((part) => part.name === 'ContextEntryTypes')
        return {
          kind: 'context',
          entries: (entries ? childrenOf(entries) : []).map((entry) => {
            const [name, type] = childrenOf(entry)
            return { name: this.names(name ?? entry)[0] ?? '', type: this.type(type ?? entry) }
          }),
        }
      }
      default:
        return this.namedType(inner)
    }
  }

  private namedType(tree: TreeNode): FeelType {
    const name = this.slice(tree).replace(/\s+/g, ' ').trim()
    return this.declarations.types?.get(name) ?? { kind: 'name', name }
  }
}

/** A plain span: a tree node would keep the whole tree alive. */
function span(tree: TreeNode): Span {
  return { from: tree.from, to: tree.to }
}

/** The grammar's own spelling of a name: one space around every operator. */
function spaced(name: string): string {
  return name
    .replace(/\s*([./\-'+]|\*\*?)\s*/g, ' $1 ')
    .replace(/\s{2,}/g, ' ')
    .trim()
}
