import type { Static } from 'typebox'
import { Type } from 'typebox'
import { type CalendarDocument, PUBLIC_DAYS, WEEK } from '../../runtime/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { notFound, ProblemError } from '../problem.ts'
import { answers, closed, nullable } from '../schema.ts'

const IsoDate = Type.String({ format: 'date' })
const Label = Type.String({ minLength: 1, maxLength: 200 })
const Hours = Type.Array(closed({ from: Type.String({ maxLength: 5 }), to: Type.String({ maxLength: 5 }) }), {
  maxItems: 10,
  description: 'In order, without overlap; empty: no work on that day',
})
const weekDay = Type.Optional(Hours)
const CalendarBody = closed(
  {
    name: closed({ en: Label, zh: Label }),
    zone: Type.Optional(nullable(Type.String({ maxLength: 100, description: 'IANA zone; absent: that of the server' }))),
    week: closed({
      monday: weekDay,
      tuesday: weekDay,
      wednesday: weekDay,
      thursday: weekDay,
      friday: weekDay,
      saturday: weekDay,
      sunday: weekDay,
    }),
    holidays: Type.Optional(
      nullable(
        closed({
          country: Type.String({ maxLength: 10, description: 'ISO 3166 alpha-2' }),
          years: Type.Optional(
            Type.Array(Type.Integer({ minimum: 1900, maximum: 2200 }), { maxItems: 300, description: 'Absent: all known' }),
          ),
        }),
      ),
    ),
    days: Type.Optional(
      Type.Array(
        closed({
          date: IsoDate,
          kind: Type.Enum(['off', 'work']),
          hours: Type.Optional(Hours),
          note: Type.Optional(Type.String({ maxLength: 200 })),
        }),
        { maxItems: 5_000 },
      ),
    ),
    validFrom: Type.Optional(nullable(IsoDate)),
    validTo: Type.Optional(nullable(IsoDate)),
    operators: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z][A-Z0-9-]{1,30}$' }), { maxItems: 100 })),
  },
  { title: 'BusinessCalendarRequest' },
)
const CalendarView = Type.Object(
  { calendarId: Type.String(), holidayYears: Type.Array(Type.Integer(), { description: 'Years whose public days are known' }) },
  { title: 'BusinessCalendar', description: 'As it was put', additionalProperties: true },
)
const CalendarId = closed({ calendarId: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }) })

/** Business calendars: which days and hours count for deadlines in working time. */
export function addCalendarRoutes(app: Api, { engine }: ApiParts): void {
  app.get(
    '/calendars',
    {
      config: { guard: 'ops.calendar.read' },
      schema: {
        summary: 'All business calendars; `default` counts where neither service nor operator has one',
        response: answers({ 200: Type.Object({ items: Type.Array(CalendarView) }) }),
      },
    },
    async () => ({ items: engine.calendars.all().map(calendarView) }),
  )

  app.get(
    '/calendars/:calendarId',
    {
      config: { guard: 'ops.calendar.read' },
      schema: { summary: 'One business calendar', params: CalendarId, response: answers({ 200: CalendarView }) },
    },
    async (request) => {
      const { calendarId } = request.params
      const found = engine.calendars.find(calendarId)
      if (!found) throw notFound({ en: `a business calendar ${calendarId}`, zh: `工作日历 ${calendarId}` })
      return calendarView(found)
    },
  )

  app.put(
    '/calendars/:calendarId',
    {
      config: { guard: 'ops.calendar.write' },
      schema: {
        summary: 'Make or change a business calendar',
        description: 'It counts for timers that are set from then on; those that run already keep the time people were told.',
        params: CalendarId,
        body: CalendarBody,
        response: answers({ 200: CalendarView }),
      },
    },
    async (request) => {
      const calendar = calendarOf(request.params.calendarId, request.body)
      const problems = engine.calendars.problems(calendar)
      if (problems.length > 0) throw refusal(problems)
      await engine.calendars.put(calendar)
      return calendarView(calendar)
    },
  )
}

function refusal(problems: ReturnType<ApiParts['engine']['calendars']['problems']>): ProblemError {
  const list = (language: 'en' | 'zh', comma: string): string => problems.map(({ path, text }) => `${path}: ${text[language]}`).join(comma)
  return new ProblemError(
    'INVALID_ARGUMENT',
    { en: `Expected a business calendar that can be counted by, but ${list('en', '; ')}`, zh: `工作日历无效：${list('zh', '；')}` },
    { fields: problems.map(({ path, rule, text }) => ({ in: 'body', path, rule, message: text.en, zh: text.zh })) },
  )
}

function calendarOf(calendarId: string, body: Static<typeof CalendarBody>): CalendarDocument {
  const { name, zone, week, holidays, days = [], validFrom, validTo, operators = [] } = body
  return {
    calendarId,
    name,
    week: Object.fromEntries(WEEK.map((day) => [day, week[day] ?? []])) as unknown as CalendarDocument['week'],
    days: [...days].sort((a, b) => a.date.localeCompare(b.date)) as CalendarDocument['days'],
    operators,
    ...(zone ? { zone } : {}),
    ...(holidays ? { holidays } : {}),
    ...(validFrom ? { validFrom } : {}),
    ...(validTo ? { validTo } : {}),
  }
}

function calendarView(calendar: CalendarDocument) {
  const { country = '', years } = calendar.holidays ?? {}
  const known = PUBLIC_DAYS[country]?.years ?? []
  return { ...calendar, holidayYears: years ? known.filter((year) => years.includes(year)) : known }
}
