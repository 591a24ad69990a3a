import { describe, expect, test } from 'vitest'
import { instanceKeyOf } from '../../engine/kernel/index.ts'
import { isReceiptNumber, toReceiptNumber } from '../../engine/window/receipt-number.ts'

const ZONE = 'Asia/Shanghai'
const EVENING_UTC = Date.UTC(2017, 3, 20, 17, 30)

describe('a receipt number', () => {
  test('has 18 characters and begins with the day in the zone of the office', () => {
    const receiptNo = toReceiptNumber(instanceKeyOf(1_000_001), EVENING_UTC, ZONE)

    expect(receiptNo).toHaveLength(18)
    expect(receiptNo.slice(0, 8)).toBe('SW170421')
    expect(isReceiptNumber(receiptNo)).toBe(true)
  })

  test('differs for every instance, up to the largest key there can be', () => {
    const prefixes = [1, 2, 31, 32, 33, 1_000_001, 1_000_033, 999_999_999_999]
    const numbers = prefixes.map((prefix) => toReceiptNumber(instanceKeyOf(prefix), EVENING_UTC, ZONE))

    expect(new Set(numbers).size).toBe(prefixes.length)
    expect(numbers.every((number) => number.length === 18 && isReceiptNumber(number))).toBe(true)
  })

  test('shows every single wrong character', () => {
    const receiptNo = toReceiptNumber(instanceKeyOf(123_456_789), EVENING_UTC, ZONE)
    const wrong = [...receiptNo].flatMap((own, place) =>
      [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']
        .filter((other) => other !== own)
        .map((other) => receiptNo.slice(0, place) + other + receiptNo.slice(place + 1)),
    )

    expect(wrong.filter(isReceiptNumber)).toEqual([])
  })

  test('shows two neighbours that changed places', () => {
    const receiptNo = toReceiptNumber(instanceKeyOf(987_654_321), EVENING_UTC, ZONE)
    const swapped = [...receiptNo].slice(1).map((next, place) => {
      const own = receiptNo.charAt(place)
      return own === next ? '' : receiptNo.slice(0, place) + next + own + receiptNo.slice(place + 2)
    })

    expect(swapped.filter(isReceiptNumber)).toEqual([])
  })
})
