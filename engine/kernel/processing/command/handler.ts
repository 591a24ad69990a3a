import type { Command, CommandType, Rejection } from '../../record/command.ts'
import type { Step } from '../step.ts'

/** Carries out one kind of command, or refuses it before the first event. */
export type Handler<T extends CommandType> = (step: Step, command: Extract<Command, { type: T }>) => Rejection | undefined
export type Handlers<T extends CommandType> = { readonly [K in T]: Handler<K> }

export const reject = (code: Rejection['code'], message: string): Rejection => ({ code, message })
