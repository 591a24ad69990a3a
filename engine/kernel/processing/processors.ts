import { adHocInner } from './element/ad-hoc-inner.ts'
import { adHocSubProcess } from './element/ad-hoc-sub-process.ts'
import { boundaryEvent } from './element/boundary-event.ts'
import { businessRuleTask } from './element/business-rule-task.ts'
import { callActivity } from './element/call-activity.ts'
import { complexGateway } from './element/complex-gateway.ts'
import { endEvent } from './element/end-event.ts'
import { eventBasedGateway } from './element/event-based-gateway.ts'
import { eventSubProcess } from './element/event-sub-process.ts'
import { exclusiveGateway } from './element/exclusive-gateway.ts'
import { inclusiveGateway } from './element/inclusive-gateway.ts'
import { intermediateCatchEvent } from './element/intermediate-catch-event.ts'
import { intermediateThrowEvent } from './element/intermediate-throw-event.ts'
import { loopBody } from './element/loop-body.ts'
import { manualTask } from './element/manual-task.ts'
import { multiInstanceBody } from './element/multi-instance-body.ts'
import { parallelGateway } from './element/parallel-gateway.ts'
import { process } from './element/process.ts'
import { receiveTask } from './element/receive-task.ts'
import { scriptTask } from './element/script-task.ts'
import { sendTask } from './element/send-task.ts'
import { serviceTask } from './element/service-task.ts'
import { startEvent } from './element/start-event.ts'
import { subProcess } from './element/sub-process.ts'
import { task } from './element/task.ts'
import { transaction } from './element/transaction.ts'
import { userTask } from './element/user-task.ts'
import type { Processors } from './element-processor.ts'

/** One element, one file, one row. A new element type does not compile before it has its row. */
export const PROCESSORS: Processors = {
  process,
  subProcess,
  eventSubProcess,
  transaction,
  adHocSubProcess,
  adHocInner,
  loopBody,
  callActivity,
  multiInstanceBody,
  serviceTask,
  userTask,
  scriptTask,
  businessRuleTask,
  sendTask,
  receiveTask,
  manualTask,
  task,
  exclusiveGateway,
  parallelGateway,
  inclusiveGateway,
  complexGateway,
  eventBasedGateway,
  startEvent,
  endEvent,
  intermediateCatchEvent,
  intermediateThrowEvent,
  boundaryEvent,
}
