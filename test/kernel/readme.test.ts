import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROCESSORS } from '../../engine/kernel/processing/processors.ts'
import { projectRoot } from '../../engine/root.ts'

test('the table of elements in the README names exactly those that execute', () => {
  const readme = readFileSync(join(projectRoot(), 'engine/kernel/README.md'), 'utf8')

  const executing = [...readme.matchAll(/^\| (\w+) \| executes \|$/gm)].map((match) => match[1])

  expect(executing).toEqual(Object.keys(PROCESSORS))
})
