import { beginNext } from '../element/multi-instance-body.ts'
import { type Handlers, reject } from './handler.ts'

export const multiInstanceHandlers: Handlers<'continueMultiInstance'> = {
  continueMultiInstance: (step, command) => {
    const body = step.find(command.elementInstanceKey)
    if (!body?.loop || body.loop.begun === body.loop.items.length) {
      return reject('NOT_FOUND', `Expected multi-instance body ${command.elementInstanceKey} to have items left to begin, but it has none`)
    }
    beginNext(step, step.elementOf(body), body.key)
    return undefined
  },
}
