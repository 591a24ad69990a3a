import type { EpochMs } from '../kernel/index.ts'
import type { DocumentCollection, Store, StoredDocument } from '../store/index.ts'
import type { Account, AccountChanges, AccountView, NewAccount, Role } from './contract.ts'
import { AccessFailure } from './contract.ts'
import { checkPassword, hashPassword } from './password.ts'
import { randomId } from './secret.ts'
import { isStoreFailure } from './store-failure.ts'

const NAME = /^[a-z0-9][a-z0-9._-]{1,62}$/
const AGENCY = /^[a-z][a-z0-9-]{1,30}$/
/** GB 32100-2015 alphabet: no I, O, S, V, Z. */
const USCC = /^[0-9A-HJ-NPQRTUWXY]{18}$/

type Rights = Pick<Account, 'roles' | 'agency' | 'groups' | 'enterprise'>

/** Accounts as documents, each change guarded by the revision it was decided on. */
export class Accounts {
  readonly #documents: DocumentCollection<Account>
  readonly #now: () => EpochMs

  constructor(store: Store, now: () => EpochMs) {
    this.#documents = store.documents<Account>({ name: 'accounts', indexes: ['name', 'roles'], unique: ['name'] })
    this.#now = now
  }

  async create(request: NewAccount, by: string): Promise<Account> {
    if (!NAME.test(request.name)) {
      throw new AccessFailure(
        'INVALID_ARGUMENT',
        `Expected an account name of 2 to 63 lower-case letters, digits, dots, dashes or underscores, but found ${JSON.stringify(request.name)}`,
      )
    }
    if (request.password !== undefined) checkPassword(request.password, request.name)
    const rights: Rights = {
      roles: [...new Set(request.roles)],
      agency: request.agency ?? null,
      groups: request.groups ?? [],
      enterprise: request.enterprise ?? null,
    }
    checkRights(rights)
    const account: Account = {
      ...rights,
      accountId: randomId(),
      name: request.name,
      displayName: request.displayName ?? request.name,
      passwordHash: request.password === undefined ? null : await hashPassword(request.password),
      disabled: false,
      failedSignIns: 0,
      lockedUntil: 0,
      createdAt: this.#now(),
      createdBy: by,
    }
    try {
      return (await this.#documents.insert(account.accountId, account)).body
    } catch (error) {
      if (isStoreFailure(error, 'DUPLICATE'))
        throw new AccessFailure('ALREADY_EXISTS', `Expected a new account name, but ${request.name} is taken; choose another one`)
      throw error
    }
  }

  async change(accountId: string, changes: AccountChanges): Promise<Account> {
    const passwordHash = changes.password === undefined ? undefined : await this.#hashNew(accountId, changes.password)
    return this.update(accountId, (account) => {
      const changed: Account = {
        ...account,
        displayName: changes.displayName ?? account.displayName,
        roles: changes.roles ? [...new Set(changes.roles)] : account.roles,
        agency: changes.agency === undefined ? account.agency : changes.agency,
        groups: changes.groups ?? account.groups,
        enterprise: changes.enterprise === undefined ? account.enterprise : changes.enterprise,
        disabled: changes.disabled ?? account.disabled,
        // A new password set by an administrator also ends a lock.
        ...(passwordHash === undefined ? {} : { passwordHash, failedSignIns: 0, lockedUntil: 0 }),
      }
      checkRights(changed)
      return changed
    })
  }
  async #hashNew(accountId: string, password: string): Promise<string> {
    const { name } = await this.get(accountId)
    checkPassword(password, name)
    return hashPassword(password)
  }

  /** Decides again when another node changed the account in between. */
  async update(accountId: string, change: (account: Account) => Account): Promise<Account> {
    for (;;) {
      const stored = await this.#load(accountId)
      try {
        return (await this.#documents.replace(accountId, stored.revision, change(stored.body))).body
      } catch (error) {
        if (!isStoreFailure(error, 'REVISION_CONFLICT')) throw error
      }
    }
  }

  async get(accountId: string): Promise<Account> {
    return (await this.#load(accountId)).body
  }
  async find(accountId: string): Promise<Account | undefined> {
    return (await this.#documents.get(accountId))?.body
  }
  async findByName(name: string): Promise<Account | undefined> {
    return (await this.#documents.find({ filter: { name }, limit: 1 })).items[0]?.body
  }
  async list(query: { readonly role?: Role; readonly from: number; readonly limit: number }): Promise<{ items: Account[]; total: number }> {
    const page = await this.#documents.find({
      ...(query.role ? { filter: { roles: query.role } } : {}),
      sort: [{ field: 'name', order: 'asc' }],
      from: query.from,
      limit: query.limit,
    })
    return { items: page.items.map((item) => item.body), total: page.total }
  }

  async #load(accountId: string): Promise<StoredDocument<Account>> {
    const stored = await this.#documents.get(accountId)
    if (!stored) throw new AccessFailure('NOT_FOUND', `Expected an account ${accountId}, but there is none`)
    return stored
  }
}

export function viewOf(account: Account): AccountView {
  const { passwordHash, failedSignIns: _, ...shown } = account
  return { ...shown, hasPassword: passwordHash !== null }
}

/** A role brings the facts it needs, and no facts come without their role. */
function checkRights(rights: Rights): void {
  const wrong = (expected: string): never => {
    throw new AccessFailure('INVALID_ARGUMENT', expected)
  }
  if (rights.roles.length === 0) wrong('Expected at least one role')
  const ofAgency = rights.roles.includes('officer') || rights.roles.includes('agency')
  if (ofAgency !== (rights.agency !== null)) wrong('Expected an agency for the roles officer and agency, and for no other role')
  if (rights.agency !== null && !AGENCY.test(rights.agency))
    wrong(`Expected an agency id such as "customs", but found ${JSON.stringify(rights.agency)}`)
  if (rights.groups.length > 0 && !rights.roles.includes('officer')) wrong('Expected groups for the role officer only')
  const foreign = rights.groups.find((group) => !group.startsWith(`${rights.agency}.`))
  if (foreign !== undefined) wrong(`Expected groups of the officer's own agency (${rights.agency}.…), but found ${JSON.stringify(foreign)}`)
  if (rights.roles.includes('enterprise') !== (rights.enterprise !== null))
    wrong('Expected a unified social credit code for the role enterprise, and for no other role')
  if (rights.enterprise !== null && !USCC.test(rights.enterprise)) {
    wrong(`Expected a unified social credit code of 18 characters, but found ${JSON.stringify(rights.enterprise)}`)
  }
}
