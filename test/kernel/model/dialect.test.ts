import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'
import { OWN_EXTENSIONS } from '../../../engine/kernel/model/validate/own-extensions.ts'

/** One row of what the dialect says: carried out as Camunda does, refused by a rule, or carried out by us alone and noted. */
interface Row {
  readonly row: string
  readonly verdict: 'executed' | 'refused' | 'noted'
  readonly rule?: string
  readonly note?: string
  /** The element that is named. Default `x`. */
  readonly at?: string
  readonly root?: string
  readonly processExtensions?: string
  readonly body: string
}
const ROWS = JSON.parse(readFileSync(new URL('dialect.json', import.meta.url), 'utf8')) as readonly Row[]

const fileOf = ({ root = '', processExtensions, body }: Row): string => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:other="http://other.example/1"
  id="d" targetNamespace="t" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">
  ${root}
  <process id="p" isExecutable="true">
    ${processExtensions ? `<extensionElements>${processExtensions}</extensionElements>` : ''}
    ${/<startEvent id="[xy]"|instantiate=/.test(body) ? '' : '<startEvent id="start" />'}
    ${body}
  </process>
</definitions>`

describe('the Zeebe dialect', () => {
  test.each(ROWS.filter(({ verdict }) => verdict === 'executed').map((row) => [row.row, row] as const))(
    'carries out: %s',
    async (_, row) => {
      const { problems, notes } = await parseBpmn(fileOf(row))

      expect(problems).toEqual([])
      expect(notes).toEqual([])
    },
  )

  test.each(ROWS.filter(({ verdict }) => verdict === 'refused').map((row) => [row.row, row] as const))('refuses: %s', async (_, row) => {
    const { problems } = await parseBpmn(fileOf(row))
    const told = problems.filter(({ severity }) => severity === 'error').map(({ rule, elementId }) => `${rule} ${elementId}`)

    expect(told).toContain(`${row.rule} ${row.at ?? 'x'}`)
    for (const { message } of problems) expect(message).toMatch(/^Expected .*(?:; |, but ).+/s)
  })

  test.each(ROWS.filter(({ verdict }) => verdict === 'noted').map((row) => [row.row, row] as const))(
    'notes as ours: %s',
    async (_, row) => {
      const { problems, notes } = await parseBpmn(fileOf(row))

      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(notes.map(({ extension, elementId }) => `${extension} ${elementId}`)).toContain(`${row.note} ${row.at ?? 'x'}`)
      for (const { message } of notes) expect(message).toContain('; to deploy the file there, ')
    },
  )

  test('has a row for each extension of ours', () => {
    expect(OWN_EXTENSIONS.filter((extension) => !ROWS.some(({ note }) => note === extension))).toEqual([])
  })
})

describe('a file with many faults', () => {
  test('is told all of them at once, each with its element and the way out', async () => {
    const isAlone = ({ root, at, body }: Row): boolean => root === undefined && at === undefined && !/startEvent|id="(?!x"|in")/.test(body)
    const single = ROWS.filter((row) => row.verdict === 'refused' && isAlone(row))
    const bodies = single.map(({ body }, index) => body.replaceAll(/id="(x|in)"/g, (_, id) => `id="${id}${index}"`)).join('\n')
    const { problems } = await parseBpmn(fileOf({ row: 'all', verdict: 'refused', body: bodies }))
    const told = new Set(problems.map(({ rule, elementId }) => `${rule} ${elementId}`))

    expect(single.length).toBeGreaterThan(25)
    expect(single.map(({ rule }, index) => `${rule} x${index}`).filter((wanted) => !told.has(wanted))).toEqual([])
  })
})
