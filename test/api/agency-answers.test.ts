import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readInterchange } from '../../engine/window/edifact/index.ts'
import { fullDeclaration } from '../fixtures/goods-declarations.ts'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const EDIFACT = { 'content-type': 'application/edifact', 'accept-language': 'en' }
const IN_WORDS = { ...EDIFACT, accept: 'application/json' }
const ROUTE = 'POST /window/v1/agencies/customs/answers'

let interchanges = 0
function cusres(receiptNo: string, segments: readonly string[], reference = `R${++interchanges}`): string {
  const body = [...segments, `RFF+ABE:${receiptNo}`]
  return [
    `UNB+UNOC:3+CUSTOMS:ZZZ+FJSW:ZZZ+260316:1512+${reference}++CUSRES'`,
    "UNH+000001+CUSRES:D:16B:UN'",
    ...body.map((segment) => `${segment}'`),
    `UNT+${body.length + 2}+000001'`,
    `UNZ+1+${reference}'`,
  ].join('\n')
}

/** A declaration whose process waits for customs. */
async function waitingForCustoms(): Promise<{ receiptNo: string; jobKey: string; body: string }> {
  const receiptNo = await server.declare('fuzhou', fullDeclaration())
  const task = await until(async () => {
    const { body } = await server.ask('lin', 'GET /desk/v1/tasks?limit=200')
    return body.items.find((each: { receiptNo: string }) => each.receiptNo === receiptNo)
  })
  await server.ask('lin', `POST /desk/v1/tasks/${task.taskKey}/claim`, { body: {} })
  const form = { decision: 'accept', note: 'fine' }
  const done = await server.ask('lin', `POST /desk/v1/tasks/${task.taskKey}/completion`, { body: { variables: form } })
  if (done.status >= 300) throw new Error(JSON.stringify(done.body))
  const job = await until(async () => {
    const { body } = await server.ask('customsSystem', 'POST /v2/jobs/activation', {
      body: { type: 'agency.customs', timeout: 60_000, maxJobsToActivate: 50, worker: 'customs' },
    })
    return body.jobs.find((each: { variables: { receiptNo: string } }) => each.variables.receiptNo === receiptNo)
  })
  return { receiptNo, jobKey: job.jobKey, body: job.variables.message.body }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error('Expected it to come, but it did not')
}

describe('customs that takes EDIFACT', () => {
  beforeAll(() =>
    server.window.putAgency({
      agencyId: 'customs',
      name: { en: 'Customs', zh: '海关' },
      validFrom: '2015-01-01',
      validTo: null,
      format: 'edi',
      transport: { kind: 'worker' },
    }),
  )

  test('is sent a CUSDEC, and what it answers reaches the process', async () => {
    const { receiptNo, jobKey, body } = await waitingForCustoms()
    expect(readInterchange(body)).toMatchObject({ faults: [], messages: [{ type: 'CUSDEC' }] })
    await server.ask('customsSystem', `POST /v2/jobs/${jobKey}/completion`, { body: { variables: {} } })

    const answer = await server.ask('customsSystem', ROUTE, { body: cusres(receiptNo, ['BGM+962+CUS9+9', 'GEI+5+4']), headers: EDIFACT })

    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/edifact; charset=us-ascii'])
    expect(readInterchange(answer.body)).toMatchObject({ faults: [], messages: [{ type: 'CONTRL' }] })
    const status = await until(async () => {
      const shown = await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`)
      return shown.body.waitingFor.some((wait: { elementId: string }) => wait.elementId === 'confirm') ? shown.body : undefined
    })
    expect(status.errors).toEqual([])
  })

  test('points at what is wrong, and the enterprise sees it at the item', async () => {
    const { receiptNo, jobKey } = await waitingForCustoms()
    await server.ask('customsSystem', `POST /v2/jobs/${jobKey}/completion`, { body: { variables: {} } })
    const errors = ['ERP+2:1+CST', 'ERC+X1', 'FTX+AAO+++UNKNOWN COMMODITY', 'ERP+2:1', 'ERC+FJ0421', 'FTX+AAO+++NET EXCEEDS GROSS']
    const body = cusres(receiptNo, ['BGM+963+CUS9+9'])
      .replace(/UNT\+\d+/, `UNT+${4 + errors.length}`)
      .replace('UNT', `${errors.join("'\n")}'\nUNT`)

    const answer = await server.ask('customsSystem', ROUTE, { body, headers: IN_WORDS })

    expect(answer.body).toMatchObject({ faults: [], taken: [{ status: 'rejected' }] })
    const shown = await until(async () => {
      const status = await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`)
      return status.body.errors.length > 0 ? status.body.errors : undefined
    })
    expect(shown).toEqual([
      { item: 'hs_code', group: 'lines', line: 1, rule: 'X1', text: 'UNKNOWN COMMODITY' },
      { item: 'net_weight', rule: 'FJ0421', text: 'NET EXCEEDS GROSS' },
    ])
  })

  test('refuses an interchange by CONTRL: the enterprise sees why', async () => {
    const { receiptNo, body } = await waitingForCustoms()
    const { reference } = readInterchange(body).header
    const segments = [`UCI+${reference}+FJSW:ZZZ+CUSTOMS:ZZZ+4'`, "UCM+000001+CUSDEC:D:16B:UN+4'", "UCS+7+39'"]
    const contrl = ["UNB+UNOB:3+CUSTOMS:ZZZ+FJSW:ZZZ+260316:1512+C1++CONTRL'", "UNH+1+CONTRL:D:3:UN'", ...segments, "UNT+5+1'", "UNZ+1+C1'"]

    const answer = await server.ask('customsSystem', ROUTE, { body: contrl.join('\n'), headers: IN_WORDS })

    expect(answer.body).toEqual({
      taken: [{ receiptNo, version: 1, status: 'rejected', messageId: 'customs/C1/1', replayed: false }],
      faults: [],
    })
  })
})

test('the operator says in which format an agency takes its messages', async () => {
  const body = { name: { en: 'Port', zh: '港口' }, validFrom: '2015-01-01', validTo: null, format: 'edi', transport: { kind: 'worker' } }

  const stored = await server.ask('operator', 'PUT /ops/v1/agencies/port', { body })
  const refused = await server.ask('operator', 'PUT /ops/v1/agencies/port', { body: { ...body, format: 'csv' } })
  const { format: _, ...usual } = body
  const again = await server.ask('operator', 'PUT /ops/v1/agencies/port', { body: usual })

  expect([stored.body.format, refused.status, again.body.format]).toEqual(['edi', 400, undefined])
})

describe('an answer', () => {
  test('that comes twice is taken once', async () => {
    const receiptNo = await server.declare('fuzhou', fullDeclaration())
    const body = cusres(receiptNo, ['BGM+961+CUS9+9'])

    const first = await server.ask('customsSystem', ROUTE, { body, headers: IN_WORDS })
    const second = await server.ask('customsSystem', ROUTE, { body, headers: IN_WORDS })

    expect([first.status, first.body.taken[0].replayed, second.status, second.body.taken[0].replayed]).toEqual([200, false, 200, true])
  })

  test('in XML and in JSON is taken too', async () => {
    const receiptNo = await server.declare('fuzhou', fullDeclaration())
    const xml = `<Response><FunctionalReferenceID>X1</FunctionalReferenceID><FunctionCode>DMSACC</FunctionCode><Declaration><FunctionalReferenceID>${receiptNo}</FunctionalReferenceID></Declaration></Response>`

    const ofXml = await server.ask('customsSystem', ROUTE, { body: xml, headers: { 'content-type': 'application/xml' } })
    const ofJson = await server.ask('customsSystem', ROUTE, { body: { id: 'J1', receiptNo, status: 'examine' } })

    expect(ofXml.body.taken).toEqual([{ receiptNo, version: 1, status: 'accepted', messageId: 'customs/X1', replayed: false }])
    expect(ofJson.body.taken).toEqual([{ receiptNo, version: 1, status: 'examine', messageId: 'customs/J1', replayed: false }])
  })

  test('of one message at fault leaves the whole file untaken', async () => {
    const receiptNo = await server.declare('fuzhou', fullDeclaration())
    const good = cusres(receiptNo, ['BGM+961+CUS9+9'], 'TWO')
    const lines = good.split('\n')
    const second = lines.slice(1, -1).map((line) => line.replace('000001', '000002').replace(receiptNo, 'SW-UNKNOWN'))
    const body = [...lines.slice(0, -1), ...second, "UNZ+2+TWO'"].join('\n')

    const refused = await server.ask('customsSystem', ROUTE, { body, headers: IN_WORDS })
    const again = await server.ask('customsSystem', ROUTE, { body: good, headers: IN_WORDS })

    expect(refused.status).toBe(422)
    expect(refused.body.taken).toEqual([])
    expect(refused.body.faults).toMatchObject([{ rule: 'answer.receipt', line: 8, column: 9, tag: 'RFF' }])
    expect(again.body.taken).toMatchObject([{ replayed: false }])
  })

  test.each([
    ['an unknown receipt number', (_receiptNo: string) => cusres('SW-UNKNOWN', ['BGM+961+CUS9+9']), 'answer.receipt'],
    ['a version there never was', (receiptNo: string) => cusres(`${receiptNo}::9`, ['BGM+961+CUS9+9']), 'answer.version'],
    ['a wrong count', (receiptNo: string) => cusres(receiptNo, ['BGM+961+CUS9+9']).replace(/UNT\+\d+/, 'UNT+313'), 'edifact.count'],
    [
      'another agency’s name in UNB',
      (receiptNo: string) => cusres(receiptNo, ['BGM+961+CUS9+9']).replace('CUSTOMS', 'MSA'),
      'answer.party',
    ],
  ])('with %s is refused, by CONTRL or in words', async (_what, make, rule) => {
    const receiptNo = await server.declare('fuzhou', fullDeclaration())
    const body = make(receiptNo)

    const control = await server.ask('customsSystem', ROUTE, { body, headers: EDIFACT })
    const words = await server.ask('customsSystem', ROUTE, { body, headers: IN_WORDS })

    expect([control.status, words.status]).toEqual([422, 422])
    expect(readInterchange(control.body).faults).toEqual([])
    expect(control.body).toMatch(/UCI\+R\d+\+\w+:ZZZ\+FJSW:ZZZ\+4/)
    expect(words.body.faults.map((fault: { rule: string }) => fault.rule)).toEqual([rule])
    expect(words.body.faults[0].message).toMatch(/^Expected .*found/)
  })

  test('is given by the agency itself alone', async () => {
    const body = { id: 'J9', receiptNo: 'SW1', status: 'examine' }

    const ofAnother = await server.ask('inspectionSystem', ROUTE, { body })
    const ofEnterprise = await server.ask('fuzhou', ROUTE, { body })
    const ofNobody = await server.ask(undefined, ROUTE, { body })

    expect([ofAnother.status, ofEnterprise.status, ofNobody.status]).toEqual([403, 403, 401])
  })

  test('to a declaration that never goes to the agency is refused', async () => {
    const receiptNo = await server.declare('fuzhou', fullDeclaration())
    const answer = await server.ask('inspectionSystem', 'POST /window/v1/agencies/inspection/answers', {
      body: { id: 'J2', receiptNo, status: 'released' },
    })

    expect([answer.status, answer.body.faults[0].rule]).toEqual([422, 'answer.agency'])
  })

  test('with entities is refused unread', async () => {
    const body = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'
    const answer = await server.ask('customsSystem', ROUTE, { body, headers: { 'content-type': 'application/xml' } })

    expect([answer.status, answer.body.faults[0].rule]).toEqual([422, 'xml.doctype'])
  })

  test('that is a book is refused', async () => {
    const answer = await server.ask('customsSystem', ROUTE, { body: `UNB${' '.repeat(1_100_000)}`, headers: EDIFACT })

    expect([answer.status, answer.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })

  test('of no content type that is agreed is refused', async () => {
    const answer = await server.ask('customsSystem', ROUTE, { body: 'a,b', headers: { 'content-type': 'text/csv' } })

    expect(answer.status).toBe(415)
  })
})
