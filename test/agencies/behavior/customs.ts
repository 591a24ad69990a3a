import type { AgencyBehavior, BusinessAnswer, Taken } from '../agency-behavior.ts'
import { NOTHING_TO_ANSWER } from '../agency-behavior.ts'
import type { IncomingMessage } from '../incoming-message.ts'
import type { SeededChance, Triangle } from '../seeded-chance.ts'
import { errorOf, type ItemError } from './item-error.ts'
import { CONTRACTS_TO_SHOW, LOST_LICENCES, PARTNERS_TO_EXAMINE, SUSPENDED_PLACES } from './registers.ts'

/** The automatic check; an officer's review is a task on the desk, not the system's business. */
const CHECK_TAKES: Triangle = [2, 4, 9]
const CANCELLING_TAKES: Triangle = [1, 2, 5]

interface DecMessage {
  readonly DecHead: Readonly<Record<string, string | undefined>>
  readonly DecLists?: { readonly DecList?: readonly Readonly<Record<string, string | undefined>>[] }
  readonly DecLicenseDocus?: { readonly DecLicenseDocu?: readonly Readonly<Record<string, string | undefined>>[] }
}

/** The customs' clearance system. Gives each accepted declaration its 18-digit number, and keeps it through amendments. */
export function customs(chance: SeededChance): AgencyBehavior {
  const numbers = new Map<string, string>()

  function numberOf(receiptNo: string, office: string): string {
    const serial = String(Math.floor(chance.draw('declaration number', receiptNo) * 1e9)).padStart(9, '0')
    // Office, year of the receipt number, direction (0 export), serial.
    const number = numbers.get(receiptNo) ?? `${office}20${receiptNo.slice(2, 4)}0${serial}`
    numbers.set(receiptNo, number)
    return number
  }

  function answerDeclaration(message: IncomingMessage): Taken {
    const declaration = (message.body as { DecMessage?: DecMessage }).DecMessage
    if (!declaration?.DecHead) return { refusal: 'Expected a DecMessage with a DecHead', answers: [] }
    const errors = findErrors(declaration)
    if (errors.length > 0) return answers(message, { status: 'rejected', note: 'Not acceptable as declared', errors })
    if (CONTRACTS_TO_SHOW.has(declaration.DecHead.ContrNo ?? '') && !declaration.DecLicenseDocus?.DecLicenseDocu?.length) {
      return answers(message, { status: 'documents-wanted', note: 'Show the contract: the declared price needs its proof', errors: [] })
    }
    const reference = numberOf(message.receiptNo, declaration.DecHead.CustomMaster ?? '0000')
    const examine = PARTNERS_TO_EXAMINE.has(declaration.DecHead.OverseasConsigneeEname ?? '')
    return answers(message, { status: examine ? 'examine' : 'accepted', reference, note: '', errors: [] })
  }

  return {
    agencyId: 'customs',
    transport: 'http',
    take(message) {
      if (message.name === 'cus.dec' || message.name === 'cus.amend') return answerDeclaration(message)
      if (message.name === 'cus.withdraw') return answers(message, { status: 'invalidated', note: '', errors: [] }, CANCELLING_TAKES)
      return NOTHING_TO_ANSWER
    },
  }
}

function findErrors({ DecHead, DecLists }: DecMessage): readonly ItemError[] {
  const errors: ItemError[] = []
  if (SUSPENDED_PLACES.has(DecHead.GoodsPlace ?? '')) {
    errors.push(errorOf('goods_location', 'CUS0207', 'The licence of this supervised place is suspended', '该监管场所资质已暂停'))
  }
  if (LOST_LICENCES.has(DecHead.LicenseNo ?? '')) {
    errors.push(errorOf('licence_no', 'CUS0311', 'This licence was declared lost', '该许可证已挂失'))
  }
  for (const [index, line] of (DecLists?.DecList ?? []).entries()) {
    if (LOST_LICENCES.has(line.ContrItem ?? '')) {
      errors.push({
        ...errorOf('handbook_item_no', 'CUS0312', 'No such item in the handbook', '手册中无此项号'),
        line: index + 1,
        group: 'lines',
      })
    }
  }
  return errors
}

function answers(message: IncomingMessage, answer: Readonly<Record<string, unknown>>, takesMinutes: Triangle = CHECK_TAKES): Taken {
  const due: BusinessAnswer = {
    name: 'customs.answer',
    takesMinutes,
    variables: () => ({ customsAnswer: { ...answer, version: message.version } }),
  }
  return { answers: [due] }
}
