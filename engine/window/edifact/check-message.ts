import type { GroupUse, MessagePart, SegmentUse } from './directory/read-tables.ts'
import type { EdifactFault, TextPlace } from './fault.ts'
import type { Segment } from './tokenize.ts'

/** A message, or a group in it, as the grammar sees it: its own segments, and the groups inside. */
export interface MessageNode {
  /** Message type or id of the group (`SG7`). */
  readonly id: string
  readonly segments: readonly Segment[]
  readonly groups: readonly MessageNode[]
}

/** Lays segments (UNH to UNT) into the message's table. After a segment that fits nowhere the order of the rest cannot be told. */
export function checkMessage(
  type: string,
  parts: readonly MessagePart[],
  segments: readonly Segment[],
  placeOf: (offset: number) => TextPlace,
): { readonly tree: MessageNode; readonly faults: readonly EdifactFault[] } {
  const walk = new GrammarWalk(segments)
  const tree = walk.node(type, parts)
  walk.finish(type)
  const faults = walk.findings.map(({ segment, rule, en, zh }) => ({
    rule,
    ...placeOf(segment.offset),
    segment: segment.index,
    tag: segment.tag,
    text: { en, zh },
  }))
  return { tree, faults }
}

interface Finding {
  readonly segment: Segment
  readonly rule: EdifactFault['rule']
  readonly en: string
  readonly zh: string
}

class GrammarWalk {
  readonly findings: Finding[] = []
  readonly #segments: readonly Segment[]
  #at = 0
  /** What could have come at the segment that is looked at now. */
  #expected = new Set<string>()
  /** Said of a segment that stands once too often. */
  #exhausted: { readonly id: string; readonly max: number } | undefined

  constructor(segments: readonly Segment[]) {
    this.#segments = segments
  }

  node(id: string, parts: readonly MessagePart[]): MessageNode {
    const segments: Segment[] = []
    const groups: MessageNode[] = []
    for (const part of parts) {
      if (part.kind === 'segment') segments.push(...this.#take(part))
      else groups.push(...this.#group(part))
    }
    return { id, segments, groups }
  }

  /** Tells of the first segment that fitted nowhere. */
  finish(type: string): void {
    const segment = this.#segments[this.#at]
    if (segment === undefined || this.findings.some((finding) => finding.segment === segment)) return
    if (this.#exhausted !== undefined) {
      const { id, max } = this.#exhausted
      this.findings.push({
        segment,
        rule: 'edifact.repetition',
        en: `Expected ${id} at most ${max} times here, found one more; leave it out or start the next group`,
        zh: `此处 ${id} 最多出现 ${max} 次，现已超出；请删去或开始下一段组`,
      })
      return
    }
    const expected = [...this.#expected].join(', ')
    this.findings.push({
      segment,
      rule: 'edifact.segment',
      en: `Expected ${expected || 'the end of the message'} in ${type}, found ${segment.tag}; put the segments in the order of the message, none left out that starts a group`,
      zh: `${type} 此处应为 ${expected || '报文结尾'}，现为 ${segment.tag}；请按报文结构排列各段，不得缺少段组的首段`,
    })
  }

  #take(use: SegmentUse): Segment[] {
    const taken: Segment[] = []
    while (taken.length < use.max && this.#isNext(use.tag)) {
      taken.push(this.#segments[this.#at] as Segment)
      this.#step()
    }
    if (taken.length === use.max && this.#segments[this.#at]?.tag === use.tag) this.#exhausted = { id: use.tag, max: use.max }
    if (taken.length < use.min) this.#missing(use.tag)
    return taken
  }

  #group(use: GroupUse): MessageNode[] {
    const groups: MessageNode[] = []
    while (groups.length < use.max && this.#isNext(use.trigger)) groups.push(this.node(use.id, use.parts))
    if (groups.length === use.max && this.#segments[this.#at]?.tag === use.trigger) {
      this.#exhausted = { id: `${use.id} (${use.trigger})`, max: use.max }
    }
    if (groups.length < use.min) this.#missing(use.trigger)
    return groups
  }

  #isNext(tag: string): boolean {
    if (this.#segments[this.#at]?.tag === tag) return true
    this.#expected.add(tag)
    return false
  }

  #step(): void {
    this.#at += 1
    this.#expected = new Set()
    this.#exhausted = undefined
  }

  #missing(tag: string): void {
    const segment = this.#segments[this.#at] ?? this.#segments.at(-1)
    // UNT is there: what stands in its way is told as a segment out of place.
    if (tag === 'UNT' || segment === undefined || this.findings.some((finding) => finding.segment === segment)) return
    this.findings.push({
      segment,
      rule: 'edifact.missing-segment',
      en: `Expected segment ${tag} before this, found ${segment.tag}; ${tag} is mandatory`,
      zh: `此处之前应有段 ${tag}，现为 ${segment.tag}；${tag} 为必备段`,
    })
  }
}
