import { type BusinessCalendar, type Json, WEEKDAYS } from '../kernel/index.ts'
import { type DocumentCollection, type Store, StoreFailure } from '../store/index.ts'
import { businessCalendar, PUBLIC_DAYS } from './business-calendar.ts'
import { type CalendarDocument, calendarProblems, DEFAULT_CALENDAR_ID } from './calendar-document.ts'
import { type BusinessCalendars, EngineFailure, type ServiceCalendars } from './contract.ts'

const PAGE = 1_000

interface Known {
  readonly document: CalendarDocument
  readonly revision: number
  readonly calendar: BusinessCalendar
}

/** Business calendars by id, and which of them an instance goes by. What other nodes store is taken up by `refresh`. */
export class Calendars implements BusinessCalendars {
  private readonly collection: DocumentCollection<CalendarDocument>
  private readonly builtIn: CalendarDocument | undefined
  private known = new Map<string, Known>()
  private byService: ServiceCalendars = new Map()

  constructor(store: Store, builtIn: CalendarDocument | undefined) {
    this.collection = store.documents<CalendarDocument>({ name: 'business_calendar', indexes: [], unique: [] })
    this.builtIn = builtIn
    this.take([])
  }

  async refresh(): Promise<void> {
    const { items } = await this.collection.find({ sort: [{ field: 'id', order: 'asc' }], limit: PAGE })
    const isSame = items.every(({ id, revision }) => this.known.get(id)?.revision === revision)
    if (!isSame) this.take(items.map(({ body, revision }) => ({ document: body, revision })))
  }

  all(): readonly CalendarDocument[] {
    return [...this.known.values()].map(({ document }) => document)
  }

  find(calendarId: string): CalendarDocument | undefined {
    return this.known.get(calendarId)?.document
  }

  problems(document: CalendarDocument): ReturnType<BusinessCalendars['problems']> {
    const problems = calendarProblems(document, Object.keys(PUBLIC_DAYS))
    for (const [index, operator] of document.operators.entries()) {
      const other = this.all().find(({ calendarId, operators }) => calendarId !== document.calendarId && operators.includes(operator))
      if (!other) continue
      problems.push({
        path: `/operators/${index}`,
        rule: 'taken',
        text: {
          en: `expected an operator without calendar, but ${operator} has ${other.calendarId}; take it away there first`,
          zh: `运营主体 ${operator} 已使用日历 ${other.calendarId}；请先在该日历中移除`,
        },
      })
    }
    return problems
  }

  async put(document: CalendarDocument): Promise<void> {
    await this.refresh()
    const [first] = this.problems(document)
    if (first) throw new EngineFailure('INVALID_ARGUMENT', `Expected a business calendar, but ${first.path}: ${first.text.en}`)
    for (;;) {
      const stored = await this.collection.get(document.calendarId)
      try {
        if (stored) await this.collection.replace(document.calendarId, stored.revision, document)
        else await this.collection.insert(document.calendarId, document)
        break
      } catch (error) {
        // Another node stored it at the same time: the later one stays.
        if (!(error instanceof StoreFailure) || !['REVISION_CONFLICT', 'DUPLICATE'].includes(error.code)) throw error
      }
    }
    await this.refresh()
  }

  assign(services: ServiceCalendars): void {
    this.byService = services
  }

  /** By the `service` and `operator` among its variables: what the service names, else the operator's, else the default. */
  of(variable: (name: string) => Json | undefined): BusinessCalendar | undefined {
    const operator = variable('operator')
    const named = this.byService.get(String(variable('service')))
    const chosen = typeof named === 'string' ? named : named?.[String(operator)]
    const found =
      (chosen === undefined ? undefined : this.known.get(chosen)) ??
      [...this.known.values()].find(({ document }) => typeof operator === 'string' && document.operators.includes(operator)) ??
      this.known.get(DEFAULT_CALENDAR_ID)
    return found?.calendar
  }

  private take(stored: readonly Omit<Known, 'calendar'>[]): void {
    const all = new Map(stored.map((one) => [one.document.calendarId, one]))
    if (this.builtIn && !all.has(DEFAULT_CALENDAR_ID)) all.set(DEFAULT_CALENDAR_ID, { document: this.builtIn, revision: 0 })
    const standard = all.get(DEFAULT_CALENDAR_ID)
    const otherwise = standard ? businessCalendar(standard.document, WEEKDAYS) : WEEKDAYS
    this.known = new Map(
      [...all.values()]
        .sort((a, b) => a.document.calendarId.localeCompare(b.document.calendarId))
        .map((one) => [
          one.document.calendarId,
          { ...one, calendar: one === standard ? otherwise : businessCalendar(one.document, otherwise) },
        ]),
    )
  }
}
