import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failureText } from '../../engine/api/failure-text.ts'
import { FAILURE_PHRASES, FAILURE_TEXTS } from '../../engine/api/failure-texts.ts'
import { projectRoot } from '../../engine/root.ts'

const CHINESE = /[\u4e00-\u9fff]/
/** Where failures come from that an enterprise, an officer or an administrator can meet. */
const SPOKEN = [
  'engine/access',
  'engine/window',
  'engine/kernel/processing/command/user-task.ts',
  'engine/kernel/processing/behavior/task-listener.ts',
  'engine/runtime/engine.ts',
  'engine/runtime/instance-loop.ts',
  'engine/runtime/payload-limit.ts',
  'engine/runtime/publications.ts',
  'engine/api/upload.ts',
  'engine/api/deploy-upload.ts',
]
const THROWN = /(?:new (?:Window|Access|Engine|Ledger)Failure|new ProblemError|\breject|\brefuse|\bwrong)\(\s*(?:'[A-Z_]+',\s*)?(?=['"`])/g

function filesIn(path: string): string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(join(projectRoot(), path), { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name)
    return entry.isDirectory() ? filesIn(inner) : entry.name.endsWith('.ts') ? [inner] : []
  })
}

/** The texts of a source file's failures; what is put in at run time is `{}`. */
function textsOf(source: string): string[] {
  return [...source.matchAll(THROWN)].map((match) => literalAt(source, match.index + match[0].length))
}
function literalAt(source: string, start: number): string {
  const quote = source[start]
  let text = ''
  for (let at = start + 1; source[at] !== quote; at++) {
    if (source[at] === '\\') text += source[++at]
    else if (quote === '`' && source.startsWith('${', at)) {
      for (let depth = 1, inner = at + 2; depth > 0; at = inner++) depth += source[inner] === '{' ? 1 : source[inner] === '}' ? -1 : 0
      text += '{}'
    } else text += source[at]
  }
  return text
}

describe('a failure', () => {
  test('has both texts, which speak of the same things, under every code', () => {
    for (const [code, { en, zh }] of Object.entries(FAILURE_TEXTS)) {
      const places = new Set(en.match(/\{\w+\}/g))
      expect(zh, code).toMatch(CHINESE)
      expect(
        [...(zh.match(/\{\w+\}/g) ?? [])].filter((place) => !places.has(place)),
        code,
      ).toEqual([])
    }
    for (const [phrase, zh] of Object.entries(FAILURE_PHRASES)) expect(zh, phrase).toMatch(CHINESE)
  })

  test('that a room can throw at a person is in the table', () => {
    const known = new Set(Object.values(FAILURE_TEXTS).map(({ en }) => en.replace(/\{\w+\}/g, '{}')))
    const missing = SPOKEN.flatMap(filesIn).flatMap((path) =>
      textsOf(readFileSync(join(projectRoot(), path), 'utf8'))
        .filter((text) => /^[A-Z].* /.test(text) && !known.has(text))
        .map((text) => `${path}: ${text}`),
    )

    expect(missing).toEqual([])
  })

  test('is told in Chinese with what was found', () => {
    expect(failureText('Expected a declaration with receipt number X-1, but there is none')).toMatchObject({
      zh: '未找到回执编号为 X-1 的申报',
      code: 'RECEIPT_UNKNOWN',
    })
    expect(
      failureText('Expected to amend declaration X-1, but its process does not take that now; possible is withdraw, complete').zh,
    ).toBe('申报 X-1 当前不能更正；可进行的操作：撤回、complete')
    expect(failureText('Service permit takes declarations from 2017-01-01 to further notice').zh).toContain('另行通知')
    expect(failureText('something else')).toEqual({ en: 'something else', zh: 'something else' })
  })
})
