import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readProcessesFolder } from '../../engine/window/service-catalogue.ts'

const SERVICE = {
  id: 'permit',
  name: { en: 'Permit', zh: '许可' },
  description: { en: 'A permit', zh: '一项许可' },
  bpmnProcessId: 'permit',
  formId: 'goods-declaration',
  owner: 'customs',
  agencies: ['customs'],
  validFrom: '2017-01-01',
  ends: { granted: { state: 'granted', name: { en: 'Granted', zh: '准予' } } },
  facts: { lineCount: '=count(lines)' },
  messages: { amended: 'declaration.amended', withdrawn: 'declaration.withdrawn' },
  documents: {},
  correctionElements: [],
}

const folders: string[] = []
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'processes-'))
  folders.push(folder)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

describe('the processes folder', () => {
  test('gives the services with their facts, and the shared models before those that call them', async () => {
    const folder = await folderOf({
      'permit/service.json': JSON.stringify(SERVICE),
      'permit/permit.bpmn': '<a/>',
      'permit/risk.dmn': '<b/>',
      'permit/README.md': 'no model',
      'shared/inspect.bpmn': '<c/>',
      'notes/readme.md': 'no service',
    })

    const { services, models } = await readProcessesFolder(folder)

    expect(services.all().map(({ id }) => id)).toEqual(['permit'])
    expect([...services.facts('permit').keys()]).toEqual(['lineCount'])
    expect(models.map((m) => m.resources.map(({ name }) => name))).toEqual([
      ['shared/inspect.bpmn'],
      ['permit/permit.bpmn', 'permit/risk.dmn'],
    ])
  })

  test('is refused with the file and the place of every mistake', async () => {
    const folder = await folderOf({
      'permit/service.json': JSON.stringify({ ...SERVICE, name: { en: 'Permit' }, surplus: 1 }),
      'other/service.json': JSON.stringify(SERVICE),
      'broken/service.json': '{',
      'facts/service.json': JSON.stringify({ ...SERVICE, id: 'facts', facts: { bad: '=(' } }),
    })

    const reading = readProcessesFolder(folder)

    await expect(reading).rejects.toThrow(/permit\/service\.json \/name: must have required property 'zh'/)
    await expect(reading).rejects.toThrow(/permit\/service\.json \/: must NOT have additional properties \(surplus\)/)
    await expect(reading).rejects.toThrow(/other\/service\.json \/id: expected the folder's name other, found permit/)
    await expect(reading).rejects.toThrow(/broken\/service\.json expected JSON/)
    await expect(reading).rejects.toThrow(/facts\/service\.json facts\.bad/)
  })
})
