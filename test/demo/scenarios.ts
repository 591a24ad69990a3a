import {
  EXPORTER_USCC,
  faultyDeclaration,
  type GoodsDeclaration,
  greenDeclaration,
  OTHER_EXPORTER_USCC,
  redDeclaration,
  yellowDeclaration,
} from '../fixtures/goods-declarations.ts'
import type { Values } from './decision.ts'

/** One kind of declaration that the demonstration files, and how it must end. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly service: string
  readonly expected: string
  /** USCC of who declares. */
  readonly enterprise: string
  readonly operator: 'OP-FZ' | 'OP-XM'
  readonly data: GoodsDeclaration
  /** What the enterprise sends when items are found wrong. */
  readonly amended?: GoodsDeclaration
  /** The enterprise withdraws once it may and this clock was reached. */
  readonly withdrawAfter?: string
  /** Everybody leaves it alone once it waits at this element. */
  readonly restsAt?: string
  /** What people of this case say in a form, by form id; all else they find in order. */
  readonly said?: Readonly<Record<string, Values>>
}

const SERVICE = 'goods-export'

/** Code of a certificate of origin among the requested certificates. */
const CERTIFICATE_OF_ORIGIN = '95'

function withCertificateOfOrigin(declaration: GoodsDeclaration): GoodsDeclaration {
  const requested = { requested_cert: { code: CERTIFICATE_OF_ORIGIN, originals: 1, copies: 1 } }
  return { ...declaration, documents: [...declaration.documents, requested] }
}

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'green',
    title: 'Shirts and shoes of an enterprise in good standing: no officer needs to see it',
    service: SERVICE,
    expected: 'exported',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: greenDeclaration(),
  },
  {
    id: 'yellow',
    title: 'Batteries and paint: a documents officer reviews, and a certificate of origin is signed',
    service: SERVICE,
    expected: 'exported',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: withCertificateOfOrigin(yellowDeclaration()),
  },
  {
    id: 'red-joint-inspection',
    title: 'Pine boards: customs and inspection open the boxes once, together',
    service: SERVICE,
    expected: 'exported',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: redDeclaration(),
  },
  {
    id: 'wrong-data',
    title: 'Declared by a hurried clerk: comes back with item errors, is amended',
    service: SERVICE,
    expected: 'exported',
    enterprise: OTHER_EXPORTER_USCC,
    operator: 'OP-FZ',
    data: faultyDeclaration(),
    amended: greenDeclaration(),
  },
  {
    id: 'rejected-by-customs',
    title: 'In order as a document, but the yard has lost its licence: customs rejects, the enterprise amends',
    service: SERVICE,
    expected: 'exported',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: greenDeclaration({ goods_location: 'SUSPENDED YARD 7' }),
    amended: greenDeclaration(),
  },
  {
    id: 'withdrawn',
    title: 'The buyer cancels: withdrawn before release',
    service: SERVICE,
    expected: 'withdrawn',
    enterprise: OTHER_EXPORTER_USCC,
    operator: 'OP-FZ',
    data: yellowDeclaration(),
    withdrawAfter: 'sent-to-agency',
  },
  {
    id: 'red-returned',
    title: 'Inspection finds living insects: the goods go back to the shipper',
    service: SERVICE,
    expected: 'returned-to-shipper',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: redDeclaration(),
    said: {
      'joint-inspection-record': {
        decision: 'problem',
        customsFinding: 'Boxes as declared',
        inspectionFinding: 'Living insects in the boards',
      },
      'inspection-failed-decision': { decision: 'return', legalGround: 'Plant quarantine law, article 17' },
    },
  },
]

/** Left open on purpose, for whoever looks at the running server. */
export const OPEN_CASES: { readonly unsigned: Scenario; readonly inReview: Scenario } = {
  unsigned: {
    id: 'unsigned',
    title: 'Left open: waits for the signature of its enterprise',
    service: SERVICE,
    expected: 'in-progress',
    enterprise: OTHER_EXPORTER_USCC,
    operator: 'OP-FZ',
    data: greenDeclaration(),
    restsAt: 'confirm-and-sign',
  },
  inReview: {
    id: 'in-review',
    title: 'Left open: batteries and paint lie before the documents officer of customs',
    service: SERVICE,
    expected: 'in-progress',
    enterprise: EXPORTER_USCC,
    operator: 'OP-XM',
    data: yellowDeclaration(),
    restsAt: 'customs-review',
  },
}

export const ENTERPRISES: readonly string[] = [EXPORTER_USCC, OTHER_EXPORTER_USCC]
