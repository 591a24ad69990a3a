import { expect, test } from 'vitest'
import { contentHash } from '../../engine/window/content-hash.ts'

test('equal content hashes equal, whatever the order of its fields', () => {
  expect(contentHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(contentHash({ b: { d: null, c: [1, 2] }, a: 1 }))
})

test('the order of a list and the kind of a value count', () => {
  expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }))
  expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: '1' }))
})
