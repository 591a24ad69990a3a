import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { type Access, AccessFailure, SHORTEST_PASSWORD } from './access/index.ts'

export const HOW_TO_CREATE_ADMIN = `There is no administrator yet, so nobody can sign in. Stop this server first (its SQLite store takes one program at a time), then make one:

  npm start -- --create-admin NAME

and start the server again
(add the same --data or STORE_URL that the server uses; the password is asked for, or taken from SINGLE_WINDOW_ADMIN_PASSWORD)`

/** Makes an administrator whose password comes from the environment or is typed in unseen. */
export async function createAdmin(access: Access, name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const password = env.SINGLE_WINDOW_ADMIN_PASSWORD || (await askPassword(name))
  if (!password) throw new AccessFailure('INVALID_ARGUMENT', 'Expected a password, at the prompt or in SINGLE_WINDOW_ADMIN_PASSWORD')
  const account = await access.createAccount({ name, roles: ['administrator'], password }, 'create-admin')
  return `Administrator ${account.name} can sign in at POST /access/v1/sign-in`
}

async function askPassword(name: string): Promise<string> {
  const { stdin, stderr } = process
  if (stdin.isTTY) stderr.write(`Password for ${name} (at least ${SHORTEST_PASSWORD} characters, not shown): `)
  // What readline echoes goes nowhere: a password is not shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: stdin.isTTY })
  try {
    return (await lines[Symbol.asyncIterator]().next()).value ?? ''
  } finally {
    lines.close()
    if (stdin.isTTY) stderr.write('\n')
  }
}
