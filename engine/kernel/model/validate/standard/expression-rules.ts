import { one, text } from '../../moddle.ts'
import { idOf, typeOf } from './model-view.ts'
import type { StandardRule } from './standard-rule.ts'

const CONDITIONS = ['conditionExpression', 'completionCondition', 'loopCondition', 'activationCondition', 'condition']
/** A number or a string alone. */
const CONSTANT = /^\s*=?\s*(?:-?\d+(?:\.\d+)?|"[^"]*")\s*$/
const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+(;.*)?$/
/** RFC 3986: letters, digits and marks; `%` only before two hexadecimal digits. */
const URI_REFERENCE = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-fA-F]{2})*$/

/** Texts inside a model: expressions, scripts, documentation (BPMN 2.0.2 §8.4.7, §8.4.10). */
export const EXPRESSION_RULES: readonly StandardRule[] = [
  {
    name: 'EXPRESSION_NOT_FORMAL',
    clause: '§8.4.7',
    on: ['Expression'],
    isForPlainFiles: true,
    check: (expression, model) =>
      model.isExecutable(expression)
        ? `Expected a formal expression in ${idOf(expression)}, because its process is executable, but found '${text(expression, 'body') ?? ''}' in natural language; set xsi:type="tFormalExpression"`
        : undefined,
  },
  {
    name: 'EXPRESSION_EMPTY',
    clause: '§8.4.7',
    on: ['FormalExpression'],
    isForPlainFiles: true,
    check: (expression, model) =>
      model.isExecutable(expression) && !text(expression, 'body')?.trim()
        ? `Expected the expression in ${idOf(expression)} to say something, but it is empty; write it`
        : undefined,
  },
  {
    name: 'CONDITION_NOT_BOOLEAN',
    clause: '§10.3.8, §10.5.5, §10.6',
    on: [
      'SequenceFlow',
      'MultiInstanceLoopCharacteristics',
      'StandardLoopCharacteristics',
      'AdHocSubProcess',
      'ComplexGateway',
      'ConditionalEventDefinition',
    ],
    check: (element) => {
      const bodies = CONDITIONS.flatMap((property) => text(one(element, property) ?? element, 'body') ?? [])
      const constant = bodies.find((body) => CONSTANT.test(body))
      return (
        constant &&
        `Expected a condition in ${idOf(element)}, but '${constant.trim()}' is always the same and neither true nor false; write a comparison`
      )
    },
  },
  {
    name: 'INVALID_URI',
    clause: '§8.4.7 table 8.51, §10.3.5 table 10.22',
    on: ['FormalExpression', 'Transaction'],
    isForPlainFiles: true,
    check: (element) => {
      const uri = text(element, typeOf(element) === 'Transaction' ? 'method' : 'language')
      return uri === undefined || URI_REFERENCE.test(uri) ? undefined : `Expected a URI in ${idOf(element)}, but found '${uri}'; correct it`
    },
  },
  {
    name: 'TEXT_FORMAT',
    clause: '§8.4.1 table 8.24, §8.4.2',
    on: ['Documentation', 'TextAnnotation'],
    isForPlainFiles: true,
    check: (element) => {
      const format = text(element, 'textFormat')
      return format === undefined || MIME_TYPE.test(format)
        ? undefined
        : `Expected the text format of ${idOf(element)} to be a MIME type such as text/plain, but found '${format}'; correct it`
    },
  },
  {
    name: 'SCRIPT_FORMAT_MISSING',
    clause: '§10.3.3 table 10.14',
    on: ['ScriptTask'],
    isForPlainFiles: true,
    check: (task) =>
      text(task, 'script') && !text(task, 'scriptFormat')
        ? `Expected ${idOf(task)} to name the language of its script, but it does not; set scriptFormat`
        : undefined,
  },
]
