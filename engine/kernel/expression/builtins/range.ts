import type { FeelValue } from '../contract.ts'
import { compareOrder, inRange } from '../value/compare.ts'
import { FeelRange } from '../value/range.ts'
import type { Run } from '../value/run.ts'
import { parseRange } from './read-range.ts'
import { type BuiltinTable, type Signature, signature } from './signature.ts'

type Relation = (a: FeelRange, b: FeelRange) => boolean

/** A point is the range that holds it alone. */
function asRange(value: FeelValue): FeelRange {
  return value instanceof FeelRange ? value : new FeelRange(value, value, true, true)
}

/** Order of two range ends, of which an absent one lies at infinity on its side. */
function order(a: FeelValue | undefined, b: FeelValue | undefined, infinity: 1 | -1): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? infinity : -infinity
  return compareOrder(a, b) ?? Number.NaN
}

/** Where the end of `a` lies to the start of `b`; NaN when that cannot be told. */
function endToStart(a: FeelRange, b: FeelRange): number {
  if (a.end === undefined || b.start === undefined) return 1
  return compareOrder(a.end, b.start) ?? Number.NaN
}

const before: Relation = (a, b) => {
  const gap = endToStart(a, b)
  return gap < 0 || (gap === 0 && !(a.endIncluded && b.startIncluded))
}
const meets: Relation = (a, b) => endToStart(a, b) === 0 && a.endIncluded && b.startIncluded

/** Negative when `a` starts earlier; an included start is earlier than an excluded one. */
function startOrder(a: FeelRange, b: FeelRange): number {
  return order(a.start, b.start, -1) || Number(b.startIncluded) - Number(a.startIncluded)
}
function endOrder(a: FeelRange, b: FeelRange): number {
  return order(a.end, b.end, 1) || Number(a.endIncluded) - Number(b.endIncluded)
}

const overlaps: Relation = (a, b) => !before(a, b) && !before(b, a)
const overlapsBefore: Relation = (a, b) => startOrder(a, b) < 0 && endOrder(a, b) <= 0 && overlaps(a, b)
const covers: Relation = (a, b) => startOrder(a, b) <= 0 && endOrder(a, b) >= 0
const finishes: Relation = (a, b) => endOrder(a, b) === 0 && startOrder(a, b) >= 0
const starts: Relation = (a, b) => startOrder(a, b) === 0 && endOrder(a, b) <= 0
const coincides: Relation = (a, b) => startOrder(a, b) === 0 && endOrder(a, b) === 0

function flipped(relation: Relation): Relation {
  return (a, b) => relation(b, a)
}

/** Null when the two have no order, or a bound is null. */
function answer(relation: Relation, a: FeelValue, b: FeelValue, run: Run): boolean | null {
  const [x, y] = [asRange(a), asRange(b)]
  const ends = [x.start, x.end, y.start, y.end].filter((end) => end !== undefined)
  const [first] = ends
  if (ends.some((end) => end === null || compareOrder(end, first) === null)) return run.warn('The two have no common order')
  return relation(x, y)
}

const points = 'number|string|date|time|date and time|duration'

type Two = readonly [FeelValue, FeelValue]

function rangesOnly(relation: Relation): readonly Signature[] {
  return [signature('range1: range, range2: range', ([a, b]: Two, run) => answer(relation, a, b, run))]
}

/** `of`: which of the two may be a point. */
function withPoints(relation: Relation, of: 'both' | 'first' | 'second'): readonly Signature[] {
  const body = ([a, b]: Two, run: Run) => answer(relation, a, b, run)
  const signatures = [...rangesOnly(relation)]
  if (of !== 'second') signatures.push(signature(`point: ${points}, range: range`, body))
  if (of !== 'first') signatures.push(signature(`range: range, point: ${points}`, body))
  if (of === 'both') signatures.push(signature(`point1: ${points}, point2: ${points}`, body))
  return signatures
}

/** DMN 1.5 §10.3.4.7. */
export const rangeFunctions: BuiltinTable = {
  before: withPoints(before, 'both'),
  after: withPoints(flipped(before), 'both'),
  meets: rangesOnly(meets),
  'met by': rangesOnly(flipped(meets)),
  overlaps: rangesOnly(overlaps),
  'overlaps before': rangesOnly(overlapsBefore),
  'overlaps after': rangesOnly(flipped(overlapsBefore)),
  finishes: withPoints(finishes, 'first'),
  'finished by': withPoints(flipped(finishes), 'second'),
  includes: [
    signature('range: range, point: number|string|date|time|date and time|duration', ([range, point]: readonly [FeelRange, FeelValue]) =>
      inRange(range, point),
    ),
    ...rangesOnly(covers),
  ],
  during: withPoints(flipped(covers), 'first'),
  starts: withPoints(starts, 'first'),
  'started by': withPoints(flipped(starts), 'second'),
  coincides: withPoints(coincides, 'both'),
  range: [signature('from: string', ([text]: readonly [string], run) => parseRange(text) ?? run.warn(`"${text}" is not a range`))],
}
