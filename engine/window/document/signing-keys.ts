import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import { type Store, StoreFailure } from '../../store/index.ts'

/** A key pair (Ed25519) of the operator, as it is kept. The newest signs; all verify. */
interface StoredKey extends JsonObject {
  readonly keyId: string
  /** 1, 2, 3 …: the id of its record, so that two servers starting at once make one key. */
  readonly generation: number
  readonly createdAt: EpochMs
  /** PKCS 8 and SPKI, DER in base 64. */
  readonly privateKey: string
  readonly publicKey: string
  /** Makes the check codes of documents issued under this key. */
  readonly codeSecret: string
}

export interface SigningKey {
  readonly keyId: string
  readonly createdAt: EpochMs
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly codeSecret: string
}

export interface SigningKeys {
  /** The one that signs now. */
  current(): Promise<SigningKey>
  find(keyId: string): Promise<SigningKey | undefined>
  /** Newest first. */
  all(): Promise<readonly SigningKey[]>
  /** Makes a new key to sign with; what the old ones signed stays good. */
  rotate(): Promise<SigningKey>
}

const MAX_KEYS = 1000
const KEY_ID_LENGTH = 16

/** The signing keys of a store; makes the first when there is none. */
export function signingKeys(store: Store, now: () => EpochMs): SigningKeys {
  const collection = store.documents<StoredKey>({ name: 'document_keys', indexes: ['keyId', 'generation'], unique: ['keyId'] })
  const stored = async (): Promise<readonly StoredKey[]> => {
    const page = await collection.find({ sort: [{ field: 'generation', order: 'desc' }], limit: MAX_KEYS })
    return page.items.map(({ body }) => body)
  }

  async function add(generation: number): Promise<StoredKey> {
    const key = newKey(generation, now())
    try {
      return (await collection.insert(String(generation), key)).body
    } catch (error) {
      const first = error instanceof StoreFailure && error.code === 'DUPLICATE' ? await collection.get(String(generation)) : undefined
      if (first) return first.body
      throw error
    }
  }

  return {
    current: async () => toSigningKey((await stored())[0] ?? (await add(1))),
    async find(keyId) {
      const [found] = (await collection.find({ filter: { keyId }, limit: 1 })).items
      return found && toSigningKey(found.body)
    },
    all: async () => (await stored()).map(toSigningKey),
    rotate: async () => toSigningKey(await add(((await stored())[0]?.generation ?? 0) + 1)),
  }
}

function newKey(generation: number, createdAt: EpochMs): StoredKey {
  const pair = generateKeyPairSync('ed25519')
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' })
  return {
    keyId: createHash('sha256').update(publicKey).digest('hex').slice(0, KEY_ID_LENGTH),
    generation,
    createdAt,
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: publicKey.toString('base64'),
    codeSecret: randomBytes(32).toString('base64'),
  }
}

function toSigningKey({ keyId, createdAt, privateKey, publicKey, codeSecret }: StoredKey): SigningKey {
  return {
    keyId,
    createdAt,
    privateKey: createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }),
    codeSecret,
  }
}
