/** Offsets in the text of the expression. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What a text may speak of beside FEEL's own words. */
export interface Declarations {
  /** Names that hold spaces or operators, or hide a built-in function. Others need not be told. */
  readonly names?: readonly string[]
  /** Types a modeller defined, by name. */
  readonly types?: ReadonlyMap<string, FeelType>
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**'
export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** A FEEL type as written after `instance of` or a parameter name (DMN 1.5 §10.3.2.9). */
export type FeelType =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'range'; readonly element: FeelType }
  | { readonly kind: 'context'; readonly entries: readonly { readonly name: string; readonly type: FeelType }[] }
  | { readonly kind: 'function' }

export interface Iterator {
  readonly name: string
  readonly from: FeelNode
  /** Present for `from..to`. */
  readonly to?: FeelNode
}

export interface FormalParameter {
  readonly name: string
  readonly type?: FeelType
}

interface Base {
  readonly at: Span
  /** Written in parentheses: operators do not reach into it. */
  readonly grouped?: boolean
}

/** `names` of a variable or path: spellings to try, most likely first (`a-b` may be one name, spelled `a-b` or `a - b`). */
export type FeelNode = Base &
  (
    | { readonly kind: 'literal'; readonly value: null | boolean | string | number | object }
    | { readonly kind: 'temporal'; readonly text: FeelNode }
    | { readonly kind: 'variable'; readonly names: readonly string[] }
    | { readonly kind: 'path'; readonly target: FeelNode; readonly names: readonly string[] }
    | { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly left: FeelNode; readonly right: FeelNode }
    | { readonly kind: 'negate'; readonly operand: FeelNode }
    | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly left: FeelNode; readonly right: FeelNode }
    | { readonly kind: 'between'; readonly value: FeelNode; readonly low: FeelNode; readonly high: FeelNode }
    | { readonly kind: 'in'; readonly value: FeelNode; readonly tests: readonly FeelNode[] }
    | { readonly kind: 'and' | 'or'; readonly left: FeelNode; readonly right: FeelNode }
    | { readonly kind: 'if'; readonly condition: FeelNode; readonly whenTrue: FeelNode; readonly otherwise: FeelNode }
    | { readonly kind: 'for'; readonly iterators: readonly Iterator[]; readonly body: FeelNode }
    | { readonly kind: 'some' | 'every'; readonly iterators: readonly Iterator[]; readonly test: FeelNode }
    | { readonly kind: 'filter'; readonly target: FeelNode; readonly condition: FeelNode }
    | { readonly kind: 'invoke'; readonly target: FeelNode; readonly positional: readonly FeelNode[] }
    | {
        readonly kind: 'invoke-named'
        readonly target: FeelNode
        readonly named: readonly { readonly name: string; readonly value: FeelNode }[]
      }
    | { readonly kind: 'function'; readonly parameters: readonly FormalParameter[]; readonly body: FeelNode; readonly external: boolean }
    | { readonly kind: 'list'; readonly items: readonly FeelNode[] }
    | { readonly kind: 'context'; readonly entries: readonly { readonly key: string; readonly value: FeelNode }[] }
    | {
        readonly kind: 'range'
        readonly start: FeelNode
        readonly end: FeelNode
        readonly startIncluded: boolean
        readonly endIncluded: boolean
      }
    /** `> 3` without a left side: a test, or a half-open range. */
    | { readonly kind: 'unary'; readonly operator: CompareOperator; readonly operand: FeelNode }
    | { readonly kind: 'instance-of'; readonly value: FeelNode; readonly type: FeelType }
    /** `-` of a decision table cell. */
    | { readonly kind: 'any' }
  )

export type NodeOf<K extends FeelNode['kind']> = Extract<FeelNode, { readonly kind: K }>
