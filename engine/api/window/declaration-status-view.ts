import { Type } from 'typebox'
import type { DeclarationStatus, TimelineEntry } from '../../window/index.ts'
import type { DeclarationStatusView, IssuedDocument, TimelineRow } from '../contract.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { itemProblem } from '../problem-handlers.ts'
import { nullable, Time } from '../schema.ts'

export const IssuedDocumentSchema = Type.Object(
  {
    documentId: Type.String(),
    number: Type.String(),
    kind: Type.String(),
    name: Type.String(),
    issuedAt: Time,
    validUntil: nullable(Time),
    state: Type.Enum(['valid', 'revoked', 'superseded', 'used', 'expired']),
  },
  { title: 'IssuedDocument' },
)
export const TimelineRowSchema = Type.Object(
  {
    at: Time,
    elementId: Type.String(),
    elementType: Type.String(),
    name: Type.String(),
    what: Type.Enum(['started', 'finished', 'ended', 'incident']),
  },
  { title: 'TimelineRow' },
)
export const ItemProblems = Type.Array(
  Type.Object({
    item: Type.String(),
    line: Type.Optional(Type.Integer()),
    group: Type.Optional(Type.String()),
    rule: Type.String(),
    text: Type.String(),
  }),
)
export const DeclarationStatusSchema = Type.Object(
  {
    receiptNo: Type.String(),
    service: Type.String(),
    serviceName: Type.String(),
    enterprise: Type.String(),
    operator: Type.String(),
    version: Type.Integer(),
    state: Type.String({ description: '`in-progress`, or how it ended' }),
    stateName: Type.String(),
    submittedAt: Time,
    endedAt: nullable(Time),
    clocks: Type.Record(Type.String(), Time, { description: 'When each clock was reached' }),
    errors: ItemProblems,
    waitingFor: Type.Array(
      Type.Object({ elementId: Type.String(), name: Type.String(), since: Time, dueAt: nullable(Time), note: nullable(Type.String()) }),
    ),
    nextActions: Type.Array(
      Type.Object({ action: Type.String(), name: Type.String(), taskKey: nullable(Type.String()), elementId: nullable(Type.String()) }),
    ),
    documents: Type.Array(IssuedDocumentSchema),
    timeline: Type.Array(TimelineRowSchema),
  },
  { title: 'DeclarationStatus' },
)

/** The status in one language, with zoned times. */
export function statusView(status: DeclarationStatus, language: Language, zone: string): DeclarationStatusView {
  const time = (ms: number): string => isoTime(ms, zone)
  return {
    receiptNo: status.receiptNo,
    service: status.service,
    serviceName: status.serviceName[language],
    enterprise: status.enterprise,
    operator: status.operator,
    version: status.version,
    state: status.state,
    stateName: status.stateName[language],
    submittedAt: time(status.submittedAt),
    endedAt: status.endedAt === undefined ? null : time(status.endedAt),
    clocks: Object.fromEntries(Object.entries(status.clocks).map(([clock, at]) => [clock, time(at)])),
    errors: status.errors.map((error) => itemProblem(error, language)),
    waitingFor: status.waitingFor.map(({ elementId, name, since, dueAt, note }) => ({
      elementId,
      name: name[language],
      since: time(since),
      dueAt: dueAt === undefined ? null : time(dueAt),
      note: note?.[language] ?? null,
    })),
    nextActions: status.nextActions.map(({ action, name, taskKey, elementId }) => ({
      action,
      name: name[language],
      taskKey: taskKey ?? null,
      elementId: elementId ?? null,
    })),
    documents: issuedDocuments(status, language, zone),
    timeline: timelineRows(status.timeline, language, zone),
  }
}

export function issuedDocuments(status: DeclarationStatus, language: Language, zone: string): IssuedDocument[] {
  return status.documents.map(({ documentId, number, kind, name, issuedAt, validUntil, state }) => ({
    documentId,
    number,
    kind,
    name: name[language],
    issuedAt: isoTime(issuedAt, zone),
    validUntil: validUntil === null ? null : isoTime(validUntil, zone),
    state,
  }))
}

export function timelineRows(timeline: readonly TimelineEntry[], language: Language, zone: string): TimelineRow[] {
  return timeline.map(({ at, elementId, elementType, name, what }) => ({
    at: isoTime(at, zone),
    elementId,
    elementType,
    name: name[language],
    what,
  }))
}
