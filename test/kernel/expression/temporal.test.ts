import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../../engine/kernel/expression/index.ts'
import { expr } from '../../helpers/feel.ts'

describe('the clock is the caller’s', () => {
  expr('now()', '2026-06-10T08:30:00+08:00')
  expr('today()', '2026-06-10')
  expr('string(now())', '2026-06-10T08:30:00@Asia/Shanghai')

  test('and is read anew at every evaluation', () => {
    const compiled = compileExpression('today()')
    const at = (now: number) => compiled.ok && compiled.compiled.evaluate(() => undefined, { now, zone: 'UTC' })
    expect(at(0)).toMatchObject({ value: '1970-01-01' })
    expect(at(86_400_000)).toMatchObject({ value: '1970-01-02' })
  })
})

describe('dates', () => {
  expr('date("2026-02-29")', null)
  expr('date("2024-02-29")', '2024-02-29')
  expr('date(2026, 1, 2)', '2026-01-02')
  expr('date(date and time("2026-01-02T10:00:00Z"))', '2026-01-02')
  expr('@"2026-01-02".weekday', 5)
  expr('day of week(@"2026-01-02")', 'Friday')
  expr('day of year(@"2026-03-01")', 60)
  expr('week of year(@"2026-01-01")', 1)
  expr('week of year(@"2021-01-01")', 53)
  expr('month of year(@"2026-03-01")', 'March')
  expr('last day of month(@"2026-02-03")', '2026-02-28')
  expr('@"2026-01-31" + @"P1M"', '2026-02-28')
  expr('@"2024-02-29" - @"P1Y"', '2023-02-28')
  expr('@"2026-03-01" - @"2026-02-01"', 'P28D')
  expr('@"2026-01-01" + @"PT36H"', '2026-01-02')
  expr('today() <= @"2026-06-10"', true)
  expr('@"2026-06-10" in [@"2026-06-01"..@"2026-06-30"]', true)
})

describe('times', () => {
  expr('time("10:00:00+08:00") < time("03:00:00Z")', true)
  expr('time("23:30:00") + @"PT1H"', '00:30:00')
  expr('time("25:00:00")', null)
  expr('time(10, 30, 0, @"PT8H")', '10:30:00+08:00')
  expr('time("10:30:00").minute', 30)
  expr('time("10:30:00+08:00").time offset', 'PT8H')
})

describe('dates and times', () => {
  expr('date and time("2026-01-01T00:00:00+08:00") = date and time("2025-12-31T16:00:00Z")', true)
  expr('date and time("2026-01-01T00:00:00@Asia/Shanghai") = date and time("2025-12-31T16:00:00Z")', true)
  expr('date and time("2026-01-01T00:00:00@Nowhere/Land")', null)
  expr('date and time("2026-01-01T10:00:00Z") - date and time("2026-01-01T09:30:00Z")', 'PT30M')
  expr('date and time(@"2026-01-01", @"10:00:00")', '2026-01-01T10:00:00')
  // One without zone is meant in the zone of the engine, here Asia/Shanghai
  expr('date and time("2026-01-01T00:00:00Z") > date and time("2026-01-01T00:00:00")', true)
  expr('date and time("2026-01-01T08:00:00") = date and time("2026-01-01T00:00:00Z")', true)
  expr('date and time("2026-01-01T08:00:00") != date and time("2026-01-01T00:00:00Z")', false)
  expr('date and time("2026-01-01T07:59:59") < date and time("2026-01-01T00:00:00Z")', true)
  expr('now() between date and time("2026-06-10T08:30:00") and date and time("2026-06-10T08:30:01")', true)
  expr('now() in [date and time("2026-06-10T08:30:00")..date and time("2026-06-10T09:00:00")]', true)
  expr('now() in (< date and time("2026-06-10T08:30:00"), date and time("2026-06-10T08:30:00"))', true)
  expr('time("10:00:00Z") < time("10:00:00")', null)
  expr('date and time(date and time("2026-01-01T00:00:00Z"), "Asia/Shanghai")', '2026-01-01T08:00:00+08:00')
  // New York loses an hour on 8 March 2026: a day later by the clock is 23 hours later, a PT24H later shows another hour
  expr('string(date and time("2026-03-07T12:00:00@America/New_York") + @"PT24H")', '2026-03-08T13:00:00@America/New_York')
})

describe('durations', () => {
  expr('duration("P1DT2H").hours', 2)
  expr('@"P14M"', 'P1Y2M')
  expr('@"PT90M"', 'PT1H30M')
  expr('@"-PT1H"', '-PT1H')
  expr('@"PT1H" * 1.5', 'PT1H30M')
  expr('@"P1D" / @"PT6H"', 4)
  expr('@"P1Y" / 4', 'P3M')
  expr('@"P1Y" + @"P1D"', null)
  expr('@"P1M" = @"P30D"', null)
  expr('years and months duration(@"2020-01-31", @"2021-03-01")', 'P1Y1M')
  expr('duration("P")', null)
  expr('duration("soon")', null)
})

describe('ranges', () => {
  expr('before([1..5], 6)', true)
  expr('overlaps([1..5], [5..8])', true)
  expr('overlaps([1..5), [5..8])', false)
  expr('during(3, [1..5])', true)
  expr('includes([1..5], [2..3])', true)
  expr('meets([1..5], [5..6])', true)
  expr('coincides([1..5], [1..5])', true)
  expr('starts(1, [1..5])', true)
  expr('finishes([3..5], [1..5])', true)
  expr('range("[1..3]") = [1..3]', true)
  expr('(>= 3).start', 3)
})
