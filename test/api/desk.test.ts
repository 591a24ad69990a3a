import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const english = { 'accept-language': 'en' }
const accept = { body: { variables: { decision: 'accept' } } }

/** A fresh declaration and the task of customs that it brings. */
async function reviewTask(data: object = {}): Promise<{ receiptNo: string; taskKey: string }> {
  const receiptNo = await server.declare('fuzhou', data)
  const { body } = await server.ask('lin', `GET /desk/v1/tasks?receiptNo=${receiptNo}`)
  return { receiptNo, taskKey: body.items[0].taskKey }
}

describe('the task list', () => {
  test('holds the tasks of the groups, by mine, group and all, with counts', async () => {
    const { taskKey } = await reviewTask()
    await reviewTask()
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)
    const list = async (account: 'lin' | 'zhou' | 'wu', view: string) => {
      const { body } = await server.ask(account, `GET /desk/v1/tasks?view=${view}`)
      return [body.items.some((task: { taskKey: string }) => task.taskKey === taskKey), body.counts]
    }

    const counts = { mine: 1, group: 1, all: 2 }
    expect(await list('lin', 'mine')).toEqual([true, counts])
    expect(await list('lin', 'group')).toEqual([false, counts])
    expect(await list('zhou', 'all')).toEqual([true, { mine: 0, group: 1, all: 2 }])
    expect(await list('wu', 'all')).toEqual([false, { mine: 0, group: 0, all: 0 }])
  })

  test('pages', async () => {
    for (let i = 0; i < 3; i++) await reviewTask()

    const { body } = await server.ask('lin', 'GET /desk/v1/tasks?from=1&limit=1&sort=createdAt&order=desc')

    expect(body.items).toHaveLength(1)
    expect(body.page).toEqual({ from: 1, limit: 1, total: body.counts.all })
    expect((await server.ask('lin', 'GET /desk/v1/tasks?limit=99999')).status).toBe(400)
  })
})

describe('a task', () => {
  test('shows its form in the language asked for, and of the declaration only what the agency may see', async () => {
    const ofInspection = { overseas_party_address: 'Port Road 1', departure_date: '2026-03-01' }
    const { receiptNo, taskKey } = await reviewTask({
      remarks: 'fragile',
      ...ofInspection,
      lines: [{ hs_code: '0101210010', manufacturer: 'Maker' }, { manufacturer: 'Maker' }],
    })

    const { body } = await server.ask('lin', `GET /desk/v1/tasks/${taskKey}`, { headers: english })

    expect(body.form.title).toBe('Customs review of documents')
    expect(body.form.fields[0].options[0]).toEqual({ value: 'accept', label: 'Accept' })
    expect(body.declaration).toMatchObject({ receiptNo, version: 1 })
    expect(body.declaration.items).toEqual({ remarks: 'fragile', lines: [{ hs_code: '0101210010' }] })
    expect(body.variables).toMatchObject({ receiptNo, service: 'permit', operator: 'OP-FZ' })
    expect((await server.ask('lin', `GET /desk/v1/tasks/${taskKey}`)).body.form.title).toBe('海关审单')
  })

  test('is held by one officer: the next one is told by whom', async () => {
    const { taskKey } = await reviewTask()

    expect((await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)).body.assignee).toBe('lin')
    expect((await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)).status).toBe(200)
    const refused = await server.ask('zhou', `POST /desk/v1/tasks/${taskKey}/claim`, { headers: english })

    expect([refused.status, refused.body.code]).toEqual([409, 'TASK_HELD'])
    expect(refused.body.detail).toContain('lin holds it')
    expect((await server.ask('zhou', `POST /desk/v1/tasks/${taskKey}/release`)).status).toBe(409)
    expect((await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/release`)).body.assignee).toBeNull()
    expect((await server.ask('zhou', `POST /desk/v1/tasks/${taskKey}/claim`)).body.assignee).toBe('zhou')
  })

  test('goes to one of two who claim at once', async () => {
    const { taskKey } = await reviewTask()

    const answers = await Promise.all([
      server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`),
      server.ask('zhou', `POST /desk/v1/tasks/${taskKey}/claim`),
    ])

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('is decided by its holder only, once, and the second is told by whom', async () => {
    const { taskKey } = await reviewTask()
    const complete = (account: 'lin' | 'zhou') =>
      server.ask(account, `POST /desk/v1/tasks/${taskKey}/completion`, { ...accept, headers: english })

    expect((await complete('lin')).body.code).toBe('TASK_NOT_CLAIMED')
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)
    expect((await complete('zhou')).body.code).toBe('TASK_HELD')
    expect((await complete('lin')).status).toBe(204)
    const second = await complete('lin')

    expect([second.status, second.body.code]).toEqual([409, 'ALREADY_DECIDED'])
    expect(second.body.detail).toContain('lin decided task')
  })

  test('is decided once of two completions at once', async () => {
    const { taskKey } = await reviewTask()
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)

    const answers = await Promise.all([1, 2].map(() => server.ask('lin', `POST /desk/v1/tasks/${taskKey}/completion`, accept)))

    expect(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim()).sort()).toEqual(['204', '409 ALREADY_DECIDED'])
  })

  test('takes only what its form asks for', async () => {
    const { taskKey } = await reviewTask()
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)
    const wrong = async (variables: object) => {
      const { status, body } = await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/completion`, { body: { variables } })
      return [status, body.errors.map((error: { path: string; rule: string }) => `${error.path} ${error.rule}`)]
    }

    expect(await wrong({})).toEqual([400, ['/variables/decision required']])
    expect(await wrong({ decision: 'reject' })).toEqual([400, ['/variables/note required']])
    expect(await wrong({ decision: 'perhaps' })).toEqual([400, ['/variables/decision enum']])
    expect(await wrong({ decision: 'accept', note: 7, creditClass: 'AEO' })).toEqual([
      400,
      ['/variables/creditClass additionalProperties', '/variables/note type'],
    ])
  })

  test('without a form takes no variables', async () => {
    await server.deploy({ 'bare.bpmn': process('bare').start().userTask('look', { candidateGroups: 'customs.doc-officer' }).end().xml() })
    await server.ask('operator', 'POST /v2/process-instances', { body: { processDefinitionId: 'bare' } })
    const { body } = await server.ask('lin', 'GET /desk/v1/tasks?process=bare')
    const { taskKey } = body.items[0]
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)
    const complete = async (variables: object) =>
      (await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/completion`, { body: { variables } })).status

    expect((await server.ask('lin', `GET /desk/v1/tasks/${taskKey}`)).body).toMatchObject({ form: null, declaration: null, history: [] })
    expect(await complete({ inspectionAnswer: 'accepted' })).toBe(400)
    expect(await complete({})).toBe(204)
  })

  test('that must be done by another person is refused to who did the other one', async () => {
    const group = { candidateGroups: 'customs.doc-officer' }
    const pair = process('pair')
      .start()
      .userTask('look', group)
      .userTask('decide', { ...group, properties: { notBy: 'look' } })
      .end()
    await server.deploy({ 'pair.bpmn': pair.xml() })
    await server.ask('operator', 'POST /v2/process-instances', { body: { processDefinitionId: 'pair' } })
    const openTask = async () => (await server.ask('lin', 'GET /desk/v1/tasks?process=pair')).body.items[0].taskKey as string
    const act = (account: 'lin' | 'zhou', taskKey: string, what: 'claim' | 'completion') =>
      server.ask(account, `POST /desk/v1/tasks/${taskKey}/${what}`, { headers: english, ...(what === 'completion' && { body: {} }) })

    const look = await openTask()
    await act('lin', look, 'claim')
    await act('lin', look, 'completion')
    const decide = await openTask()

    const refused = await act('lin', decide, 'claim')
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN'])
    expect(refused.body.detail).toContain('lin did that')
    const again = await server.ask('lin', `POST /desk/v1/tasks/${decide}/claim`)
    expect(again.body.detail).toContain('不得由同一人办理')
    await act('zhou', decide, 'claim')
    expect((await act('zhou', decide, 'completion')).status).toBe(204)
  })

  test('does not exist for an officer of another agency', async () => {
    const { taskKey } = await reviewTask()
    const doors = [
      'GET /desk/v1/tasks/KEY',
      'POST /desk/v1/tasks/KEY/claim',
      'POST /desk/v1/tasks/KEY/release',
      'POST /desk/v1/tasks/KEY/completion',
    ]

    for (const door of doors) {
      const asked = door.endsWith('completion') ? accept : {}
      const { status, body } = await server.ask('wu', door.replace('KEY', taskKey), asked)
      const unknown = await server.ask('wu', door.replace('KEY', '4711'), asked)
      expect([status, body.code, body.detail.replace(taskKey, '4711')], door).toEqual([404, 'NOT_FOUND', unknown.body.detail])
    }
  })
})

describe('a declaration', () => {
  test('runs through officer, agency and enterprise to its document', async () => {
    const { receiptNo, taskKey } = await reviewTask()
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/claim`)
    await server.ask('lin', `POST /desk/v1/tasks/${taskKey}/completion`, accept)
    const activation = { body: { type: 'agency.customs', timeout: 60_000, maxJobsToActivate: 100, requestTimeout: 5_000 } }
    const { body: work } = await server.ask('customsSystem', 'POST /v2/jobs/activation', activation)
    const job = work.jobs.find((each: { variables: { receiptNo: string } }) => each.variables.receiptNo === receiptNo)

    expect(Object.keys(job.variables).sort()).toEqual(['idempotencyKey', 'message', 'messageId', 'messageType', 'receiptNo', 'version'])
    expect(
      (await server.ask('customsSystem', `POST /v2/jobs/${job.jobKey}/completion`, { body: { leaseToken: job.leaseToken } })).status,
    ).toBe(204)
    const answer = {
      name: 'customs.answer',
      correlationKey: receiptNo,
      timeToLive: 60_000,
      messageId: 'a1',
      variables: { customsAnswer: { status: 'accepted' } },
    }
    expect((await server.ask('customsSystem', 'POST /v2/messages/publication', { body: answer })).status).toBe(200)

    const tasks = () => server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}/tasks`, { headers: english })
    await expect.poll(async () => (await tasks()).body.items.length).toBe(1)
    const task = (await tasks()).body.items[0]
    const variables = Object.fromEntries(
      task.form.fields.filter((field: { required: boolean; visibleIf?: string }) => field.required && !field.visibleIf).map(fill),
    )
    expect(
      (await server.ask('fuzhou', `POST /window/v1/declarations/${receiptNo}/tasks/${task.taskKey}/completion`, { body: { variables } }))
        .status,
    ).toBe(204)

    const status = () => server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`, { headers: english })
    await expect.poll(async () => (await status()).body.state, { timeout: 10_000 }).toBe('granted')
    const [document] = (await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}/documents`)).body.items
    const own = await server.ask('fuzhou', `GET /window/v1/documents/${document.documentId}`)
    expect([own.status, own.headers['content-type'], own.body.startsWith('%PDF-')]).toEqual([200, 'application/pdf', true])
    expect(own.headers['content-security-policy']).toContain('sandbox')
    expect((await server.ask('xiamen', `GET /window/v1/documents/${document.documentId}`)).status).toBe(404)
    const check = await server.ask('operator', `GET /ops/v1/declarations/${receiptNo}/fold-check`)
    expect(check.body).toMatchObject({ receiptNo, equal: true, instances: [{ equal: true }] })
    expect((await server.ask('operator', `GET /ops/v1/declarations/${receiptNo}/events`)).body.items.length).toBeGreaterThan(3)
  })
})

function fill(field: { name: string; type: string; options?: { value: string }[] }): [string, unknown] {
  const values: Record<string, unknown> = {
    choice: field.options?.[0]?.value,
    text: 'yes',
    number: 1,
    boolean: true,
    date: '2026-03-01',
    errors: [],
  }
  return [field.name, values[field.type]]
}
