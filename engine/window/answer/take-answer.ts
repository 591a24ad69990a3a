import type { Actor, Json, JsonObject } from '../../kernel/index.ts'
import { EngineFailure } from '../../runtime/index.ts'
import type { ItemError } from '../contract.ts'
import { type Declarations, newestVersion, versionOf } from '../declaration-record.ts'
import type { SentInterchanges } from '../sent-interchange.ts'
import { MESSAGE_TIME_TO_LIVE_MS, TENANT, type WindowParts } from '../window-parts.ts'
import type { AnswerFault, ReadAnswer } from './answer.ts'
import type { AnswerMappingFile } from './answer-mapping.ts'
import { itemErrorsOf } from './error-pointer.ts'
import { type AnswerBody, type ReadFile, readAnswerFile } from './read-answer-file.ts'

export interface AnswerRequest {
  readonly agencyId: string
  readonly body: AnswerBody
  readonly actor: Actor
}
export interface TakenAnswer {
  readonly receiptNo: string
  readonly version: number
  readonly status: string
  readonly messageId: string
  /** True when the same answer had been taken before. */
  readonly replayed: boolean
}
export interface AnswerResult {
  /** Empty when there are faults: a file is taken whole or not at all. */
  readonly taken: readonly TakenAnswer[]
  readonly faults: readonly AnswerFault[]
  /** CONTRL, where the agency sent an interchange. */
  readonly control?: string
}

/** An answer that speaks of a declaration there is. */
interface Placed {
  readonly answer: ReadAnswer
  readonly version: number
  readonly errors: readonly ItemError[]
}

/** Takes in what agencies answer in their own formats, and tells the process of it as it is told of any answer. */
export function takingAnswers(
  parts: WindowParts,
  declarations: Declarations,
  sent: SentInterchanges,
): (request: AnswerRequest) => Promise<AnswerResult> {
  const { engine, forms, services } = parts

  async function place(agencyId: string, answer: ReadAnswer, file: AnswerMappingFile): Promise<Placed | AnswerFault> {
    const stored = await declarations.find(answer.receiptNo)
    if (stored === undefined) return fault('answer.receipt', answer, `a receipt number of this window`, answer.receiptNo, '本平台的回执号')
    const record = stored.body
    const service = services.find(record.service)
    if (service === undefined || !service.agencies.includes(agencyId)) {
      const found = `${answer.receiptNo} of service ${record.service}`
      return fault('answer.agency', answer, `a declaration that goes to ${agencyId}`, found, `送交 ${agencyId} 的申报`)
    }
    const version = answer.version ?? newestVersion(record).version
    if (versionOf(record, version) === undefined) {
      const newest = newestVersion(record).version
      return fault(
        'answer.version',
        answer,
        `a version of ${answer.receiptNo} from 1 to ${newest}`,
        String(version),
        `版本号 1 至 ${newest}`,
      )
    }
    return { answer, version, errors: itemErrorsOf(forms, service.formId, answer.errors, file) }
  }

  async function publish(agencyId: string, { answer, version, errors }: Placed, actor: Actor): Promise<TakenAnswer> {
    const messageId = `${agencyId}/${answer.id}`
    const { receiptNo, status, reference, note } = answer
    const said = {
      status,
      version,
      reference: reference ?? null,
      note: note ?? null,
      errors: errors as readonly (ItemError & JsonObject)[] as Json,
    }
    const message = {
      name: `${agencyId}.answer`,
      correlationKey: receiptNo,
      messageId,
      variables: { [`${agencyId}Answer`]: said as JsonObject },
      timeToLiveMs: MESSAGE_TIME_TO_LIVE_MS,
      tenantId: TENANT,
    }
    try {
      await engine.publishMessage(message, actor)
      return { receiptNo, version, status, messageId, replayed: false }
    } catch (error) {
      if (error instanceof EngineFailure && error.code === 'ALREADY_EXISTS')
        return { receiptNo, version, status, messageId, replayed: true }
      throw error
    }
  }

  /** A CONTRL names an interchange of ours; what it says is said of the declaration that was in it. */
  async function fromControls(agencyId: string, file: ReadFile): Promise<readonly (ReadAnswer | AnswerFault)[]> {
    return Promise.all(
      file.controls.map(async ({ id, control, place: at }) => {
        const interchange = await sent.find(agencyId, control.reference)
        if (interchange === undefined) {
          return { rule: 'answer.reference', ...at, text: unknownReference(control.reference) }
        }
        const errors = control.errors.map(({ code, segment }) => ({
          rule: `contrl.${code}`,
          text: `CONTRL ${code}${segment === undefined ? '' : `, segment ${segment}`} (${interchange.messageType} ${interchange.reference})`,
        }))
        const { receiptNo, version } = interchange
        return {
          id,
          receiptNo,
          version,
          status: control.isRefused ? ('rejected' as const) : ('received' as const),
          reference: control.reference,
          errors: control.isRefused && errors.length === 0 ? [{ rule: 'contrl', text: `CONTRL (${interchange.messageType})` }] : errors,
          place: at,
        }
      }),
    )
  }

  return async ({ agencyId, body, actor }) => {
    const file = readAnswerFile(forms, agencyId, body)
    const controls = file.faults.length > 0 ? [] : await fromControls(agencyId, file)
    const answers = [...file.answers, ...controls.filter((each): each is ReadAnswer => 'status' in each)]
    const unknown = controls.filter((each): each is AnswerFault => !('status' in each))
    const placed = file.faults.length > 0 ? [] : await Promise.all(answers.map((answer) => place(agencyId, answer, file.mapping)))
    const faults = [...file.faults, ...unknown, ...placed.filter((each): each is AnswerFault => 'rule' in each)]
    const taken: TakenAnswer[] = []
    if (faults.length === 0) for (const each of placed as readonly Placed[]) taken.push(await publish(agencyId, each, actor))
    const control = file.control?.(faults, engine.clock.now())
    return { taken, faults, ...(control === undefined ? {} : { control }) }
  }
}

function fault(rule: string, answer: ReadAnswer, expected: string, found: string, expectedZh: string): AnswerFault {
  return {
    rule,
    ...answer.place,
    text: { en: `Expected ${expected}, found ${found}; nothing was taken`, zh: `应为${expectedZh}，现为 ${found}；未接收任何内容` },
  }
}

function unknownReference(reference: string) {
  return {
    en: `Expected the reference of an interchange that went to this agency, found ${reference || 'none'}; nothing was taken`,
    zh: `没有以 ${reference || '（空）'} 为参考号发往本机构的交换；未接收任何内容`,
  }
}
