import type { Access } from '../../engine/access/index.ts'
import { openAccess } from '../../engine/access/index.ts'
import { type Api, buildApi } from '../../engine/api/index.ts'
import { type Engine, openEngine, systemClock } from '../../engine/runtime/index.ts'
import type { Store } from '../../engine/store/index.ts'
import { Verifier } from '../../engine/verify/index.ts'
import { type Forms, openWindow, type SingleWindow } from '../../engine/window/index.ts'
import type { Answer, Asked } from './api-harness.ts'

const ZONE = 'Asia/Shanghai'
const ROLES = ['administrator', 'analyst', 'operator', 'officer', 'enterprise', 'agency'] as const
export type NodeAccount = (typeof ROLES)[number]
const BELONGS = {
  officer: { agency: 'inspection', groups: ['inspection.officer'] },
  enterprise: { enterprise: '91350100M000100Y43' },
  agency: { agency: 'inspection' },
} as const

/** One server process over a store that others may share, with an account for each role. */
export interface WindowNode {
  readonly api: Api
  readonly engine: Engine
  readonly window: SingleWindow
  /** What the window logged as warnings and errors. */
  readonly complaints: readonly string[]
  ask(account: NodeAccount, request: string, asked?: Asked): Promise<Answer>
  /** Posts files as one upload; their names are paths. */
  upload(
    account: NodeAccount,
    url: string,
    files: Readonly<Record<string, string>>,
    fields?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  close(): Promise<void>
}

export async function openWindowNode(
  store: Store,
  folders: { readonly forms: Forms; readonly formsFolder: string; readonly processesFolder: string },
): Promise<WindowNode> {
  const complaints: string[] = []
  const log = (level: string, message: string, details?: unknown) => {
    if (level !== 'info') complaints.push(`${level}: ${message} ${JSON.stringify(details ?? {})}`)
  }
  const engine = await openEngine({ store, clock: systemClock(), zone: ZONE, log })
  const window = await openWindow({ engine, store, log, ...folders })
  const access = openAccess({ store, now: () => Date.now() })
  await makeAccounts(access)
  const settings = {
    zone: ZONE,
    version: '0.0.0',
    bodyLimitBytes: 4_194_304,
    uploadLimitBytes: 8_388_608,
    requestsPerMinute: 0,
    openApi: false,
    trustProxy: false as const,
  }
  const verifier = new Verifier()
  const api = await buildApi({ engine, window, access, verifier, settings })
  const inject = async (
    account: NodeAccount,
    method: string,
    url: string,
    headers: Asked['headers'],
    payload?: string | Buffer,
  ): Promise<Answer> => {
    const response = await api.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${keyOf(account)}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = /json/.test(String(response.headers['content-type']))
    return { status: response.statusCode, body: isJson ? response.json() : response.rawPayload, headers: response.headers }
  }
  return {
    api,
    engine,
    window,
    complaints,
    ask(account, request, { body, headers } = {}) {
      const [method = 'GET', url = '/'] = request.split(' ')
      const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers }
      return inject(account, method, url, typed, body === undefined ? undefined : JSON.stringify(body))
    },
    async upload(account, url, files, fields = {}) {
      const form = new FormData()
      for (const [path, content] of Object.entries(files)) form.append('resources', new Blob([content]), path)
      for (const [field, value] of Object.entries(fields)) form.append(field, value)
      const encoded = new Response(form)
      const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
      return inject(account, 'POST', url, headers, Buffer.from(await encoded.arrayBuffer()))
    },
    async close() {
      await api.close()
      await verifier.close()
      await window.close()
      await engine.close()
    },
  }
}

const keyOf = (account: NodeAccount): string => {
  const index = ROLES.indexOf(account)
  return `swk_node${index}node_${String(index).repeat(43)}`
}

async function makeAccounts(access: Access): Promise<void> {
  if (await access.hasAdministrator()) return
  await access.installDemoAccounts(
    ROLES.map((role) => ({
      name: role,
      roles: [role],
      apiKey: keyOf(role),
      ...(role in BELONGS ? BELONGS[role as keyof typeof BELONGS] : {}),
    })),
  )
}
