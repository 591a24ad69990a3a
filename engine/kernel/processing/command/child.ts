import type { Element } from '../../model/executable-process.ts'
import type { ChildEnded } from '../../record/command.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { deliverError, findErrorTarget, uncaughtMessage } from '../behavior/error.ts'
import { escalate } from '../behavior/escalation.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

export const childHandlers: Handlers<'childEnded' | 'childEscalated'> = {
  childEnded: (step, command) => {
    const instance = step.find(command.elementInstanceKey)
    if (instance?.childInstanceKey !== command.childInstanceKey) {
      return reject(
        'NOT_FOUND',
        `Expected call activity ${command.elementInstanceKey} to wait for instance ${command.childInstanceKey}, but it does not (any more)`,
      )
    }
    step.emit({
      type: 'child.ended',
      elementInstanceKey: instance.key,
      childInstanceKey: command.childInstanceKey,
      outcome: command.outcome.kind,
    })
    goOn(step, step.elementOf(instance), instance, command.outcome)
    return undefined
  },
  childEscalated: (step, command) => {
    const instance = step.find(command.elementInstanceKey)
    if (instance?.childInstanceKey !== command.childInstanceKey) {
      return reject(
        'NOT_FOUND',
        `Expected call activity ${command.elementInstanceKey} to wait for instance ${command.childInstanceKey}, but it does not (any more)`,
      )
    }
    escalate(step, instance, command.escalationCode, command.variables)
    return undefined
  },
}

function goOn(step: Step, element: Element, instance: ElementInstance, outcome: ChildEnded['outcome']): void {
  switch (outcome.kind) {
    case 'completed':
      complete(step, element, instance, handedUp(element, outcome.variables))
      return
    case 'error': {
      const target = findErrorTarget(step, instance, outcome.errorCode)
      if (target) deliverError(step, target, instance, outcome, outcome.variables)
      else raiseIncident(step, instance, { type: 'UNHANDLED_ERROR_EVENT', message: uncaughtMessage(element.id, outcome) })
      return
    }
    case 'notStarted':
      raiseIncident(step, instance, { type: 'CALLED_ELEMENT_ERROR', message: outcome.reason })
      return
    case 'terminated':
      raiseIncident(step, instance, {
        type: 'CALLED_ELEMENT_ERROR',
        message: `Expected the process called by ${element.id} to complete, but it was cancelled; resolve the incident to call it again, or cancel this instance`,
      })
  }
}

/** Without propagation only output mappings carry child variables up. */
function handedUp(element: Element, variables: Variables): Variables {
  return element.calledElement?.propagateAllChildVariables || element.outputs.length > 0 ? variables : {}
}
