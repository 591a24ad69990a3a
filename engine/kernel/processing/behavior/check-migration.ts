import type { ExecutableProcess } from '../../model/executable-process.ts'
import type { MappingInstruction, MigrationViolation } from '../../record/command.ts'
import type { ElementInstance, InstanceState } from '../../state/instance-state.ts'
import { checkCatches, checkCompensations } from './check-migrated-catches.ts'
import { checkAlike, checkNesting, idsOf, type Migration } from './migration.ts'

/**
 * All that stands against migrating an instance. Pure: the dry run and the command ask the same question.
 * What can only be told by evaluating (names and dates of new events) is found out by the command itself.
 */
export function checkMigration(
  source: ExecutableProcess,
  target: ExecutableProcess,
  state: InstanceState,
  mapping: readonly MappingInstruction[],
): readonly MigrationViolation[] {
  const found = new Map<string, MigrationViolation>()
  const violate: Migration['violate'] = (rule, elementId, message) => {
    if (!found.has(`${rule} ${elementId}`)) found.set(`${rule} ${elementId}`, { rule, elementId, message })
  }
  const migration: Migration = { source, target, state, ids: readMapping(source, target, mapping, violate), violate }
  for (const instance of Object.values(state.elements)) {
    if (instance.scopeKey !== undefined) checkInstance(migration, instance)
    checkTokens(migration, instance)
  }
  checkBeginning(migration)
  checkCatches(migration)
  checkCompensations(migration)
  return [...found.values()]
}

function readMapping(
  source: ExecutableProcess,
  target: ExecutableProcess,
  mapping: readonly MappingInstruction[],
  violate: Migration['violate'],
): ReadonlyMap<string, string> {
  const seen = new Set<string>()
  const known: MappingInstruction[] = []
  for (const instruction of mapping) {
    const { sourceElementId: from, targetElementId: to } = instruction
    if (seen.has(from)) violate('MAPPED_TWICE', from, `Expected one mapping for ${from}, but there are several; leave one`)
    seen.add(from)
    const [kind, targetKind] = [kindOf(source, from), kindOf(target, to)]
    if (kind === undefined)
      violate('UNKNOWN_SOURCE', from, `Expected ${from} to be in process ${source.bpmnProcessId}, but it is not; correct the mapping`)
    else if (targetKind === undefined)
      violate(
        'UNKNOWN_TARGET',
        from,
        `Expected ${from} to be mapped to an element of ${target.bpmnProcessId}, but it has no ${to}; correct the mapping`,
      )
    else if (kind !== targetKind)
      violate('KIND_DIFFERS', from, `Expected ${from} to be mapped to ${kind}, but ${to} is ${targetKind}; correct the mapping`)
    else known.push(instruction)
  }
  return idsOf(source, target, known)
}

function kindOf(process: ExecutableProcess, id: string): 'an element' | 'a flow' | 'the process' | undefined {
  if (id === process.root.id) return 'the process'
  if (process.elements.has(id)) return 'an element'
  return process.flows.has(id) ? 'a flow' : undefined
}

/** Where an instance that is still held on its way in is to begin. */
function checkBeginning(migration: Migration): void {
  const { source, target, state, ids, violate } = migration
  if (state.elements[state.key]?.state !== 'activating') return
  const { startElementId, startElementIds = startElementId === undefined ? [] : [startElementId] } = state
  for (const id of startElementIds) {
    const from = source.elements.get(id)
    const to = target.elements.get(ids.get(id) ?? '')
    if (from && to) checkAlike(migration, from, to)
    else if (!ids.has(id))
      violate('NOT_MAPPED', id, `Expected a mapping for ${id}, at which the instance is still to begin, but there is none; map it`)
  }
}

function checkInstance(migration: Migration, instance: ElementInstance): void {
  const { source, target, state, ids, violate } = migration
  const { elementId } = instance
  const from = source.elements.get(elementId)
  const to = target.elements.get(ids.get(elementId) ?? '')
  if (!from) throw new Error(`Expected element ${elementId} in process ${source.bpmnProcessId}, but the definition has none`)
  if (!to) {
    // An unknown target has been told already.
    if (!ids.has(elementId))
      violate(
        'NOT_MAPPED',
        elementId,
        `Expected a mapping for ${elementId}, which is active, but there is none; map it to an element of ${target.bpmnProcessId}`,
      )
    return
  }
  checkAlike(migration, from, to)
  const scope = state.elements[instance.scopeKey ?? '']
  // A repetition lives in its own body.
  if (scope && scope.elementId !== elementId) checkNesting(migration, from, to, scope)
  if (from.type === 'adHocSubProcess') checkChosen(migration, instance)
}

/** What an ad-hoc subprocess is still to begin. */
function checkChosen({ ids, violate }: Migration, instance: ElementInstance): void {
  const { loop } = instance
  for (const id of loop?.items.slice(loop.begun) ?? [])
    if (typeof id === 'string' && !ids.has(id))
      violate('NOT_MAPPED', id, `Expected a mapping for ${id}, which ${instance.elementId} is still to begin, but there is none; map it`)
}

/** Tokens that wait at a join, or were taken by a complex gateway that is to be reset. */
function checkTokens(migration: Migration, scope: ElementInstance): void {
  const { source } = migration
  const taken = new Map<string, Set<string>>()
  const add = (elementId: string, flowId: string) => taken.set(elementId, (taken.get(elementId) ?? new Set()).add(flowId))
  for (const flowId of Object.keys(scope.tokens ?? {})) add(source.flows.get(flowId)?.targetId ?? '', flowId)
  for (const [elementId, flows] of Object.entries(scope.fired ?? {})) for (const flowId of flows) add(elementId, flowId)
  for (const [elementId, flows] of taken) checkDoor(migration, elementId, [...flows], scope)
}

function checkDoor(migration: Migration, elementId: string, flows: readonly string[], scope: ElementInstance): void {
  const { source, target, ids, violate } = migration
  const from = source.elements.get(elementId)
  const to = target.elements.get(ids.get(elementId) ?? '')
  if (!from) throw new Error(`Expected the target of a flow in ${source.bpmnProcessId}, but there is no ${elementId}`)
  if (!to) {
    if (!ids.has(elementId))
      violate(
        'NOT_MAPPED',
        elementId,
        `Expected a mapping for ${elementId}, at which tokens wait, but there is none; map it to a join of ${target.bpmnProcessId}`,
      )
    return
  }
  checkAlike(migration, from, to)
  checkNesting(migration, from, to, scope)
  if (to.incoming.length < from.incoming.length)
    violate(
      'FLOWS_MISSING',
      elementId,
      `Expected ${to.id} to have at least ${from.incoming.length} incoming flows, but it has ${to.incoming.length}; map ${elementId} to a join with as many`,
    )
  if ((to.startQuantity ?? 1) !== (from.startQuantity ?? 1))
    violate(
      'QUANTITY_DIFFERS',
      elementId,
      `Expected ${to.id} to begin with ${from.startQuantity ?? 1} tokens, but it begins with ${to.startQuantity ?? 1}; map ${elementId} to one that is alike`,
    )
  const used = new Map<string, string>()
  for (const flowId of flows) {
    const targetId = ids.get(flowId)
    if (targetId === undefined) {
      violate(
        'FLOW_NOT_MAPPED',
        flowId,
        `Expected a mapping for flow ${flowId}, on which a token waits at ${elementId}, but there is none; map it to an incoming flow of ${to.id}`,
      )
      continue
    }
    if (target.flows.get(targetId)?.targetId !== to.id)
      violate(
        'FLOW_DIFFERS',
        flowId,
        `Expected flow ${flowId} to be mapped to an incoming flow of ${to.id}, but ${targetId} is none; correct the mapping`,
      )
    const other = used.get(targetId)
    if (other !== undefined)
      violate(
        'FLOW_MAPPED_TWICE',
        flowId,
        `Expected each flow with a token at ${elementId} to have its own target, but ${other} and ${flowId} are both mapped to ${targetId}; map one to another flow`,
      )
    used.set(targetId, flowId)
  }
}
