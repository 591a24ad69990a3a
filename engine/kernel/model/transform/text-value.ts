import type { CompiledExpression } from '../../expression/contract.ts'
import { compileExpression } from '../../expression/index.ts'
import type { TextValue } from '../executable-process.ts'
import type { Problems } from '../problems.ts'

/** Compiles FEEL; a syntax error is a problem of the element, and a harmless null stands in for it. */
export function compileFeel(text: string, elementId: string, what: string, problems: Problems): CompiledExpression {
  const result = compileExpression(text)
  if (result.ok) {
    for (const { name, position } of result.compiled.foreignCalls)
      problems.error(
        elementId,
        'UNKNOWN_FUNCTION',
        `Expected ${what} of ${elementId} to call functions of FEEL, but found ${name}(…) at position ${position.from + 1} of \`${text}\`, which gives null; correct its name, or let a worker do it`,
      )
    return result.compiled
  }
  problems.error(elementId, 'INVALID_EXPRESSION', `Expected ${what} of ${elementId} to be a FEEL expression, but ${result.message}`)
  const substitute = compileExpression('null')
  if (!substitute.ok) throw new Error('Expected the FEEL text null to compile')
  return substitute.compiled
}

/** A value that starts with `=` is FEEL, everything else is literal. */
export function textValue(text: string, elementId: string, what: string, problems: Problems): TextValue {
  return text.startsWith('=')
    ? { kind: 'feel', expression: compileFeel(text.slice(1), elementId, what, problems) }
    : { kind: 'literal', text }
}

/** With the leading `=` where it is FEEL: it is evaluated when the definition is deployed. */
export function startTimerText(
  value: { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'feel'; readonly expression: { readonly text: string } },
): string {
  return value.kind === 'literal' ? value.text : `=${value.expression.text}`
}

/** A value that must be FEEL: a literal is refused. */
export function feelValue(text: string, elementId: string, what: string, problems: Problems): CompiledExpression {
  if (!text.startsWith('='))
    problems.error(
      elementId,
      'EXPRESSION_EXPECTED',
      `Expected ${what} of ${elementId} to start with '=', but found '${text}'; write ${`'=${text}'`} if it is FEEL`,
    )
  return compileFeel(text.startsWith('=') ? text.slice(1) : text, elementId, what, problems)
}
