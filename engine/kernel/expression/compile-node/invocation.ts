import { type Builtin, builtinOf, callBuiltin, namedSignatures } from '../builtins/index.ts'
import type { FeelValue } from '../contract.ts'
import type { FeelNode, NodeOf } from '../syntax/node.ts'
import { callFunction } from '../value/call-function.ts'
import { FeelFunction } from '../value/function.ts'
import { kindOf } from '../value/kind.ts'
import type { Run } from '../value/run.ts'
import { compileNode } from './compile-node.ts'
import { compileExistence } from './existence.ts'
import { type Evaluator, Frame } from './frame.ts'
import { type Names, resolveName, rootOf } from './names.ts'

/** The built-in a call surely means; undefined when the name may be a value of the caller. */
function builtinTarget(target: FeelNode, names: Names): Builtin | undefined {
  if (target.kind !== 'variable') return undefined
  const { read, declared } = rootOf(names)
  const before = new Set(read)
  const steps = resolveName(target.names, names)
  if (steps.some((step) => step.kind === 'slot') || target.names.some((name) => declared.has(name))) return undefined
  const builtin = target.names.map(builtinOf).find((found) => found !== undefined)
  // a call of a built-in reads no variable
  if (builtin) for (const name of target.names) if (!before.has(name)) read.delete(name)
  return builtin
}

/** Inside a filter the name may be an entry of the element, a function perhaps. */
function noteForeign(target: FeelNode, names: Names): void {
  if (target.kind !== 'variable') return
  const { declared, foreignCalls } = rootOf(names)
  const isForeign =
    resolveName(target.names, names).every(({ kind }) => kind === 'root') && !target.names.some((name) => declared.has(name))
  if (isForeign) foreignCalls?.push({ name: target.names[0] ?? '', position: { from: target.at.from, to: target.at.to } })
}

export function compileInvoke(node: NodeOf<'invoke'>, names: Names): Evaluator {
  const args = node.positional.map((arg) => compileNode(arg, names))
  const builtin = builtinTarget(node.target, names)
  if (builtin?.name === 'is defined' && node.positional[0]) return compileExistence(node.positional[0], names)
  if (builtin) {
    const call: Evaluator = (frame) =>
      callBuiltin(
        builtin,
        builtin.signatures,
        args.map((arg) => arg(frame)),
        frame.run,
      )
    return node.positional.every((arg) => arg.kind === 'literal') && builtin.constant ? onceComputed(call) : call
  }
  noteForeign(node.target, names)
  const target = compileNode(node.target, names)
  return (frame) => {
    const callee = target(frame)
    if (!(callee instanceof FeelFunction)) return notFunction(node.target, callee, frame.run)
    return callFunction(
      callee,
      args.map((arg) => arg(frame)),
      frame.run,
    )
  }
}

/** A call of literals (`date("2026-01-01")`) is computed once; failures run again, for their warning. */
function onceComputed(call: Evaluator): Evaluator {
  let constant: FeelValue = null
  return (frame) => {
    if (constant === null) constant = call(frame)
    return constant
  }
}

export function compileNamedInvoke(node: NodeOf<'invoke-named'>, names: Names): Evaluator {
  const args = node.named.map((arg) => compileNode(arg.value, names))
  const given = node.named.map((arg) => arg.name)
  const builtin = builtinTarget(node.target, names)
  if (builtin) {
    const signatures = namedSignatures(builtin, given)
    return (frame) => {
      if (signatures.length === 0) return frame.run.warn(`${builtin.name}() has no parameters ${given.join(', ')}`)
      return callBuiltin(
        builtin,
        signatures,
        args.map((arg) => arg(frame)),
        frame.run,
      )
    }
  }
  noteForeign(node.target, names)
  const target = compileNode(node.target, names)
  return (frame) => {
    const callee = target(frame)
    if (!(callee instanceof FeelFunction)) return notFunction(node.target, callee, frame.run)
    const own = callee.variadic ? builtinOf(callee.name) : undefined
    if (own) {
      return callBuiltin(
        own,
        namedSignatures(own, given),
        args.map((arg) => arg(frame)),
        frame.run,
      )
    }
    const order = callee.parameters.map((parameter) => given.indexOf(parameter.name))
    if (order.includes(-1) || order.length !== given.length) {
      return frame.run.warn(
        `The function wants ${callee.parameters.map((parameter) => parameter.name).join(', ')}; it got ${given.join(', ')}`,
      )
    }
    return callFunction(
      callee,
      order.map((index) => args[index]?.(frame) ?? null),
      frame.run,
    )
  }
}

function notFunction(target: FeelNode, callee: FeelValue, run: Run): null {
  const name = target.kind === 'variable' || target.kind === 'path' ? target.names[0] : undefined
  return run.warn(name === undefined ? `A ${kindOf(callee)} cannot be called` : `There is no function '${name}'`)
}

export function compileFunction(node: NodeOf<'function'>, names: Names): Evaluator {
  const { parameters } = node
  if (node.external) return (frame) => frame.run.warn('Functions outside FEEL are not called')
  const body = compileNode(node.body, { kind: 'slots', names: parameters.map((parameter) => parameter.name), up: names })
  return (frame) => new FeelFunction('', parameters, (args) => body(new Frame(frame.run, frame, [...args])))
}
