import { process } from '../helpers/process-builder.ts'

/** The process all engines are timed on: nine elements, two of them worked on side by side, and a choice. */
export function nineElements(): string {
  return process('nine')
    .start()
    .serviceTask('receive', { type: 'receive' })
    .parallel('fork')
    .serviceTask('customs', { type: 'customs' })
    .parallel('join')
    .exclusive('choice')
    .when('=amount > 1000', 'large')
    .serviceTask('inspect', { type: 'inspect' })
    .end('inspected')
    .at('choice')
    .otherwise('small')
    .to('inspected')
    .at('fork')
    .serviceTask('inspection', { type: 'inspection' })
    .to('join')
    .xml()
}

/** Jobs of one instance with `amount` 1500. */
export const JOBS = ['receive', 'customs', 'inspection', 'inspect'] as const
export const VARIABLES = { amount: 1500, receiptNo: 'SW260301000000001X' }
