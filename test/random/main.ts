import { parseArgs } from 'node:util'
import fc from 'fast-check'
import type { JsonObject } from '../../engine/kernel/index.ts'
import type { Forms } from '../../engine/window/contract.ts'
import { loadForms } from '../../engine/window/forms/index.ts'
import { anyDeclaration } from '../helpers/any-declaration.ts'
import { findLeaks, findLosses, messagesToTry, onlyShown, renderTried, type TriedMessage } from '../helpers/message-trial.ts'
import { toRandom, validDeclaration } from '../helpers/valid-declaration.ts'

const HELP = `npm run forms:random -- [--runs 1000] [--form <id>] [--seed 1] [--json]
Renders every message of every form from random declarations: right ones, which are read back and compared, and ones whose values are
all different, in which no value of another agency's item may appear. Exit 1 when something is wrong.
`
/** Problems told; more of one kind help nobody. */
const MAX_PROBLEMS = 20

interface FormResult {
  readonly runs: number
  readonly messages: number
  readonly problems: number
  readonly milliseconds: number
}

async function main(): Promise<void> {
  const options = readOptions()
  if (options === undefined) return
  const { runs, seed, formId, json } = options
  const forms = await loadForms()
  const messages = await messagesToTry()
  const known = forms.formIds()
  if (formId !== undefined && !known.includes(formId))
    return refuse(`Expected --form to be one of ${known.join(', ')}, but found ${formId}`)
  const results: Record<string, FormResult> = {}
  for (const id of formId === undefined ? known : [formId]) {
    results[id] = tryForm(
      messages.filter((message) => message.form.id === id),
      { forms, id, runs, seed },
    )
    if (!json) process.stdout.write(`${id}: ${JSON.stringify(results[id])}\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify(results)}\n`)
  if (Object.values(results).some(({ problems }) => problems > 0)) process.exitCode = 1
}

interface Trial {
  readonly forms: Forms
  readonly id: string
  readonly runs: number
  readonly seed: number
}

function tryForm(messages: readonly TriedMessage[], { forms, id, runs, seed }: Trial): FormResult {
  const started = performance.now()
  let rendered = 0
  let problems = 0
  const tell = (found: readonly string[], run: number) => {
    for (const problem of found) {
      problems += 1
      if (problems <= MAX_PROBLEMS) process.stderr.write(`${id}, run ${run}: ${problem}\n`)
    }
  }
  const schema = forms.schema(id) ?? {}
  for (let run = 0; run < runs; run++) {
    const right = validDeclaration(forms, id, toRandom(seed * 1_000_003 + run), { leftOut: (run % 4) / 4 })
    const [different = {}] = fc.sample(anyDeclaration(schema), { seed: seed * 1_000_003 + run, numRuns: 1 })
    for (const message of messages) {
      tell(tryMessage(message, { forms, right, different }), run)
      rendered += 2
    }
  }
  return { runs, messages: rendered, problems, milliseconds: Math.round(performance.now() - started) }
}

function tryMessage(
  message: TriedMessage,
  { forms, right, different }: { readonly forms: Forms; readonly right: JsonObject; readonly different: JsonObject },
): readonly string[] {
  try {
    const body = renderTried(forms, message, right)
    const losses = findLosses(message, right, body)
    if (message.format !== 'edi') return [...losses, ...findLeaks(message, different, renderTried(forms, message, different))]
    const same = renderTried(forms, message, onlyShown(message, right)) === body
    return same ? losses : [...losses, `${message.id} changes with an item that its template does not name`]
  } catch (error) {
    return [`${message.id}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function readOptions(): { runs: number; seed: number; formId: string | undefined; json: boolean } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string' },
        seed: { type: 'string' },
        form: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return undefined
    }
    const [runs, seed] = [Number(values.runs ?? 1000), Number(values.seed ?? 1)]
    if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) throw new Error(`Expected --runs and --seed to be whole numbers`)
    return { runs, seed, formId: values.form, json: values.json === true }
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

function refuse(problem: string): void {
  process.stderr.write(`${problem}\n${HELP}`)
  process.exitCode = 2
}

await main()
