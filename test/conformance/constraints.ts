import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { STANDARD_RULES } from './constraint-rules.ts'
import { errorsOf, readModel } from './read-model.ts'
import type { Suite } from './suite.ts'

interface ConstraintFile {
  readonly file: string
  readonly constraint: string
}

function entries(root: string, index: string): readonly ConstraintFile[] {
  const path = join(root, index)
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as ConstraintFile[]).filter(({ file }) => existsSync(join(root, file)))
    : []
}

/** Files that break a rule of the standard. A refusal counts when it names an element and one of the rules this constraint is about. */
export const betsyConstraints: Suite = {
  name: 'betsy-constraints',
  isFast: true,
  cases: (root) =>
    entries(root, 'betsy-constraints.json').map(({ file, constraint }) => ({
      id: basename(file, '.bpmn'),
      run: async () => {
        const parsed = await readModel(join(root, file))
        const rules = STANDARD_RULES[constraint] ?? []
        const hit = parsed.problems.find(
          ({ rule, severity, elementId }) => severity === 'error' && elementId !== '' && rules.includes(rule),
        )
        if (hit) return undefined
        const others = errorsOf(parsed)
        return others.length === 0
          ? 'accepted, but it must be refused'
          : `refused for another reason than ${constraint} (${rules.join(', ') || 'no rule of ours'}): ${others.join(' | ')}`
      },
    })),
}

/** Their valid counterparts: accepted. */
export const betsyConstraintsOk: Suite = {
  name: 'betsy-constraints-ok',
  isFast: true,
  cases: (root) =>
    entries(root, 'betsy-constraints-ok.json').map(({ file }) => ({
      id: basename(file, '.bpmn'),
      run: async () => {
        const errors = errorsOf(await readModel(join(root, file)))
        return errors.length === 0 ? undefined : `refused: ${errors.join(' | ')}`
      },
    })),
}
