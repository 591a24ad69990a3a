import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Access, type NewAccount, openAccess } from '../../engine/access/index.ts'
import { type Api, type ApiSettings, buildApi } from '../../engine/api/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { type Engine, openEngine, systemClock } from '../../engine/runtime/index.ts'
import { openStore, type Store } from '../../engine/store/index.ts'
import { Verifier, type VerifierOptions } from '../../engine/verify/index.ts'
import { loadForms } from '../../engine/window/forms/index.ts'
import { openWindow, type SingleWindow } from '../../engine/window/index.ts'
import { documentedAnswers } from './documented-answers.ts'
import { type ProcessBuilder, process } from './process-builder.ts'

export const FUZHOU = '91350100M000100Y43'
export const XIAMEN = '91350200M000100Y44'

/** Accounts that the API tests act as; each has one API key. */
const ACCOUNTS = {
  admin: { name: 'admin', roles: ['administrator'] },
  analyst: { name: 'analyst', roles: ['analyst'] },
  operator: { name: 'operator', roles: ['operator'] },
  lin: { name: 'lin', roles: ['officer'], agency: 'customs', groups: ['customs.doc-officer'] },
  zhou: { name: 'zhou', roles: ['officer'], agency: 'customs', groups: ['customs.doc-officer'] },
  wu: { name: 'wu', roles: ['officer'], agency: 'inspection', groups: ['inspection.officer'] },
  fuzhou: { name: 'fuzhou', roles: ['enterprise'], enterprise: FUZHOU },
  xiamen: { name: 'xiamen', roles: ['enterprise'], enterprise: XIAMEN },
  customsSystem: { name: 'customs-system', roles: ['agency'], agency: 'customs' },
  inspectionSystem: { name: 'inspection-system', roles: ['agency'], agency: 'inspection' },
} as const satisfies Record<string, NewAccount>
export type AccountName = keyof typeof ACCOUNTS

const LISTEN = { correlationKey: '=receiptNo' }

/** A service that meets every door: an officer, an agency's worker, a message of the agency, a task of the enterprise, a document. */
export function permitProcess(): ProcessBuilder {
  return process('permit')
    .start('received')
    .userTask('review', { name: 'Review', candidateGroups: 'customs.doc-officer', externalReference: 'customs-document-review' })
    .serviceTask('tell-customs', { type: 'agency.customs', name: 'Tell customs', headers: { message: 'cus.dec' } })
    .catchEvent('decision', { message: 'customs.answer', ...LISTEN }, { name: 'Customs decides' })
    .userTask('confirm', {
      name: 'Confirm',
      candidateGroups: 'enterprise',
      assignee: '=enterprise',
      externalReference: 'withdrawal-consent',
    })
    .serviceTask('issue', { type: 'window.issue-document', headers: { document: 'release-note' } })
    .end('granted')
    .eventSubProcess('withdrawal', (inner) => inner.startOn('withdraw', { message: 'declaration.withdrawn', ...LISTEN }).end('withdrawn'))
}

const name = (en: string, zh: string) => ({ en, zh })
const PERMIT_SERVICE = {
  id: 'permit',
  name: name('Permit', '许可'),
  description: name('A permit for goods', '货物许可'),
  bpmnProcessId: 'permit',
  formId: 'goods-declaration',
  owner: 'customs',
  agencies: ['customs'],
  validFrom: '2017-01-01',
  ends: {
    granted: { state: 'granted', name: name('Granted', '准予') },
    withdrawn: { state: 'withdrawn', name: name('Withdrawn', '已撤回') },
  },
  facts: {},
  messages: { amended: 'declaration.amended', withdrawn: 'declaration.withdrawn' },
  documents: { 'release-note': { name: name('Release note', '放行通知书') } },
  correctionElements: ['review'],
}
const AGENCIES = ['customs', 'inspection'].map((agencyId) => ({
  agencyId,
  name: name(agencyId, agencyId),
  validFrom: '2015-01-01',
  validTo: null,
  transport: { kind: 'worker' },
}))

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of all routes pass here; each test knows what it asked for
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
}
export interface Asked {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The whole server over real parts, asked without a socket. */
export class ApiHarness {
  readonly api: Api
  readonly access: Access
  readonly engine: Engine
  readonly store: Store
  readonly window: SingleWindow
  readonly #keys: Readonly<Record<string, string>>
  readonly #close: () => Promise<void>
  readonly #undocumented: ReturnType<typeof documentedAnswers>

  private constructor(
    parts: Pick<ApiHarness, 'api' | 'access' | 'engine' | 'store' | 'window'>,
    keys: Readonly<Record<string, string>>,
    close: () => Promise<void>,
  ) {
    this.api = parts.api
    this.access = parts.access
    this.engine = parts.engine
    this.store = parts.store
    this.window = parts.window
    this.#keys = keys
    this.#close = close
    this.#undocumented = documentedAnswers(parts.api.swagger())
  }

  static async open(settings: Partial<ApiSettings> = {}, verifying: VerifierOptions = {}): Promise<ApiHarness> {
    const folder = mkdtempSync(join(tmpdir(), 'api-'))
    const processesFolder = join(folder, 'processes')
    mkdirSync(join(processesFolder, 'permit'), { recursive: true })
    writeFileSync(join(processesFolder, 'permit', 'permit.bpmn'), permitProcess().xml())
    writeFileSync(join(processesFolder, 'permit', 'service.json'), JSON.stringify(PERMIT_SERVICE))
    writeFileSync(join(processesFolder, 'agencies.json'), JSON.stringify(AGENCIES))
    copyFileSync(join(projectRoot(), 'processes', 'ledgers.json'), join(processesFolder, 'ledgers.json'))
    const store = await openStore({ dataDir: join(folder, 'data') })
    const log = (): void => undefined
    const engine = await openEngine({ store, clock: systemClock(), zone: 'Asia/Shanghai', log })
    const window = await openWindow({ engine, store, forms: await loadForms(), log, processesFolder })
    const access = openAccess({ store, now: () => Date.now() })
    const keys = await makeAccounts(access)
    const all = {
      zone: 'Asia/Shanghai',
      version: '0.0.0',
      bodyLimitBytes: 4_194_304,
      uploadLimitBytes: 8_388_608,
      requestsPerMinute: 0,
      openApi: false,
      trustProxy: false as const,
      ...settings,
    }
    const verifier = new Verifier(verifying)
    const api = await buildApi({ engine, window, access, verifier, settings: all })
    return new ApiHarness({ api, access, engine, store, window }, keys, async () => {
      await api.close()
      await verifier.close()
      await window.close()
      await engine.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    })
  }

  close(): Promise<void> {
    return this.#close()
  }
  key(account: AccountName): string {
    return this.#keys[account] ?? ''
  }

  /** Asks as an account (or as nobody). An object body goes as JSON, a text as it is. Every answer must be as documented. */
  async ask(account: AccountName | undefined, request: string, asked: Asked = {}): Promise<Answer> {
    const [method = 'GET', url = '/'] = request.split(' ')
    const response = await this.api.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(account === undefined ? {} : { authorization: `Bearer ${this.key(account)}` }),
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...asked.headers,
      },
      ...(asked.body === undefined ? {} : { payload: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body) }),
    })
    const isJson = /json/.test(String(response.headers['content-type']))
    const body = isJson ? response.json() : response.body
    if (isJson) expect(this.#undocumented(method, url, response.statusCode, body)).toEqual([])
    return { status: response.statusCode, body, headers: response.headers }
  }

  async declare(account: AccountName = 'fuzhou', data: object = {}, idempotencyKey: string = crypto.randomUUID()): Promise<string> {
    const answer = await this.ask(account, 'POST /window/v1/services/permit/declarations', {
      body: { operator: 'OP-FZ', data },
      headers: { 'idempotency-key': idempotencyKey },
    })
    if (answer.status !== 201) throw new Error(`Expected 201, but found ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body.receiptNo
  }

  async deploy(
    files: Readonly<Record<string, string>>,
    account: AccountName | undefined = 'analyst',
    asked: { readonly path?: string; readonly query?: string; readonly fields?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const form = new FormData()
    for (const [file, content] of Object.entries(files)) form.append('resources', new Blob([content], { type: 'application/xml' }), file)
    for (const [field, value] of Object.entries(asked.fields ?? {})) form.append(field, value)
    const encoded = new Response(form)
    const payload = Buffer.from(await encoded.arrayBuffer())
    const response = await this.api.inject({
      method: 'POST',
      url: `${asked.path ?? '/v2/deployments'}${asked.query ?? ''}`,
      headers: {
        'content-type': encoded.headers.get('content-type') ?? '',
        ...(account ? { authorization: `Bearer ${this.key(account)}` } : {}),
      },
      payload,
    })
    return { status: response.statusCode, body: response.json(), headers: response.headers }
  }
}

/** Keys of persons are made as a demonstration makes them: the door for systems refuses persons. */
async function makeAccounts(access: Access): Promise<Readonly<Record<string, string>>> {
  const keys = Object.fromEntries(
    Object.keys(ACCOUNTS).map((account, index) => [account, `swk_test${index}test_${String(index).repeat(43)}`]),
  )
  await access.installDemoAccounts(Object.entries(ACCOUNTS).map(([account, request]) => ({ ...request, apiKey: keys[account] ?? '' })))
  return keys
}
