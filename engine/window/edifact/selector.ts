/**
 * Where in a message a value is, as mappings write it:
 *
 * - `BGM.2.1`: element 2, component 1 of the node's BGM; `NAD.4.1-5`: its components 1 to 5 together
 * - `SG6[1=EX|IM]/NAD.2.1`: of the groups SG6 whose first segment has EX or IM in element 1
 * - `RFF[1.1=BM].1.2`, `SG32[SG37[1.1=AAQ]/RFF.1.2={container_no}]`: a condition may be a selector, its value an item of the row
 * - `../CNI.1`: from the group around this one; `/SG32/CST.1`: from the message
 */
export interface Selector {
  readonly isFromRoot: boolean
  readonly up: number
  readonly steps: readonly Step[]
  readonly leaf?: Leaf
}
export interface Step {
  /** Tag of a segment or id of a group. */
  readonly name: string
  readonly conditions: readonly Condition[]
}
export interface Leaf {
  readonly element: number
  readonly component: number
  /** Components up to this one are put together. */
  readonly lastComponent: number
}
export interface Condition {
  readonly left: Leaf | Selector
  readonly isNegated: boolean
  /** Any of these; `{item}` stands for an item of the row. */
  readonly values: readonly string[]
}

/** @throws Error when the text is no selector. */
export function parseSelector(text: string): Selector {
  const reader = new SelectorReader(text)
  const selector = reader.selector()
  reader.end()
  return selector
}

class SelectorReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  selector(): Selector {
    const isFromRoot = this.#eat('/')
    let up = 0
    while (this.#eat('../')) up += 1
    const steps = [this.#step()]
    while (this.#eat('/')) steps.push(this.#step())
    return { isFromRoot, up, steps, ...(this.#eat('.') ? { leaf: this.#leaf() } : {}) }
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail('the end')
  }

  #step(): Step {
    const name = this.#match(/[A-Z][A-Z0-9]{2,4}/y, 'a segment or group')
    const conditions: Condition[] = []
    if (this.#eat('[')) {
      do conditions.push(this.#condition())
      while (this.#eat(','))
      if (!this.#eat(']')) this.#fail(']')
    }
    return { name, conditions }
  }

  #condition(): Condition {
    const left = /\d/.test(this.#text[this.#at] ?? '') ? this.#leaf() : this.selector()
    const isNegated = this.#eat('!')
    if (!this.#eat('=')) this.#fail('=')
    return { left, isNegated, values: this.#match(/[^\],]*/y, 'a value').split('|') }
  }

  #leaf(): Leaf {
    const element = Number(this.#match(/\d+/y, 'the number of an element'))
    const component = this.#eat('.') ? Number(this.#match(/\d+/y, 'the number of a component')) : 1
    const lastComponent = this.#eat('-') ? Number(this.#match(/\d+/y, 'the number of a component')) : component
    return { element, component, lastComponent }
  }

  #eat(symbol: string): boolean {
    if (!this.#text.startsWith(symbol, this.#at)) return false
    this.#at += symbol.length
    return true
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return this.#fail(what)
    this.#at += found.length
    return found
  }

  #fail(what: string): never {
    throw new Error(
      `Expected ${what} at character ${this.#at + 1} of the selector ${this.#text}, found ${this.#text.slice(this.#at) || 'its end'}`,
    )
  }
}
