import { parseSelector, type Selector } from '../edifact/index.ts'
import { ANSWER_STATUSES, type AnswerFormat, type AnswerStatus } from './answer.ts'

type Paths = string | readonly string[]

/**
 * `forms/answers/<agency>.<format>.json`: how an agency's own answer becomes one of the window's words. For EDIFACT the texts are selectors
 * (`SG3[1.1=ABE]/RFF.1.2`), for XML and JSON paths (`Response.FunctionCode`); the first that finds something counts.
 */
export interface AnswerMappingFile {
  /** EDIFACT message type. */
  readonly message?: string
  /** Own number of the answer (XML and JSON; an interchange has its references). */
  readonly id?: Paths
  readonly receiptNo: Paths
  readonly version?: Paths
  readonly reference?: Paths
  readonly note?: Paths
  /** Tried in order: EDIFACT by what is in the message, else by the value at `from`. */
  readonly status: {
    readonly from?: Paths
    readonly codes?: Readonly<Record<string, string>>
    readonly when?: readonly { readonly status: string; readonly all: readonly string[] }[]
  }
  readonly errors?: {
    /** Group or list with one row for each error. */
    readonly rows: Paths
    readonly rule?: Paths
    readonly text?: Paths
    readonly item?: Paths
    readonly group?: Paths
    readonly line?: Paths
    /** The agency's name of the item. */
    readonly tag?: Paths
    /** Section of the message or document the error is in. */
    readonly section?: Paths
    /** XML and JSON: list of pointers in the row, outermost first; `line`, `tag` and `section` are then read in each. */
    readonly pointers?: string
  }
  /** Groups of the form by the agency's section. */
  readonly sections?: Readonly<Record<string, string>>
  /** Items by the agency's name of them, `<section>/<tag>` or `<tag>`; for what `x-reference` and `x-tag` of the dictionary do not tell. */
  readonly tags?: Readonly<Record<string, string>>
  /** Items by the agency's own error codes. */
  readonly rules?: Readonly<Record<string, { readonly item: string; readonly group?: string }>>
}

export interface AnswerMapping {
  readonly agencyId: string
  readonly format: AnswerFormat
  readonly file: AnswerMappingFile
  /** Compiled selectors by their text; empty but for EDIFACT. */
  readonly selectors: ReadonlyMap<string, Selector>
}

/** For agencies without a file of their own. */
export const ANY_AGENCY = 'any'
const FORMATS: readonly AnswerFormat[] = ['edifact', 'xml', 'json']

/** @param name name of the file without its ending: `customs.edifact`. @throws Error that says what does not fit. */
export function toAnswerMapping(name: string, file: AnswerMappingFile): AnswerMapping {
  const [agencyId = '', ending] = name.split('.')
  const format = FORMATS.find((each) => each === ending)
  if (format === undefined) throw new Error(`Expected a name such as customs.edifact.json, found ${name}.json`)
  const statuses = [...Object.values(file.status.codes ?? {}), ...(file.status.when ?? []).map(({ status }) => status)]
  const unknown = statuses.find((status) => !isStatus(status))
  if (unknown !== undefined) throw new Error(`Expected one of ${ANSWER_STATUSES.join(', ')}, found ${unknown}`)
  if (format === 'edifact' && file.message === undefined) throw new Error('Expected the message type in `message`, found none')
  const texts = format === 'edifact' ? selectorTexts(file) : []
  return { agencyId, format, file, selectors: new Map(texts.map((text) => [text, parseSelector(text)])) }
}

export function isStatus(text: string): text is AnswerStatus {
  return (ANSWER_STATUSES as readonly string[]).includes(text)
}

export function toPaths(paths: Paths | undefined): readonly string[] {
  return paths === undefined ? [] : typeof paths === 'string' ? [paths] : paths
}

function selectorTexts({ receiptNo, version, reference, note, status, errors }: AnswerMappingFile): readonly string[] {
  const ofErrors =
    errors === undefined ? [] : [errors.rule, errors.text, errors.item, errors.group, errors.line, errors.tag, errors.section]
  return [
    ...[receiptNo, version, reference, note, status.from, ...ofErrors].flatMap(toPaths),
    ...(status.when ?? []).flatMap(({ all }) => all),
    ...(errors === undefined ? [] : toPaths(errors.rows)),
  ]
}
