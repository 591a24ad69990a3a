import type { Engine, EngineOptions } from '../runtime/index.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'

/** Tells the engine which business calendars the services name; one that is not there yet is told to the operator. */
export function assignCalendars(engine: Engine, services: ServiceCatalogue, log: EngineOptions['log']): void {
  const named = services.all().flatMap(({ id, calendar }) => (calendar === undefined ? [] : [[id, calendar] as const]))
  engine.calendars.assign(new Map(named))
  for (const [service, calendar] of named) {
    const missing = (typeof calendar === 'string' ? [calendar] : Object.values(calendar)).filter((id) => !engine.calendars.find(id))
    if (missing.length > 0)
      log('warn', 'A service names business calendars that are not there: until they are stored, others count', {
        service,
        calendars: missing,
      })
  }
}
