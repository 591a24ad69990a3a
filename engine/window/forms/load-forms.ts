import { join } from 'node:path'
import type { Json, JsonObject } from '../../kernel/index.ts'
import { projectRoot } from '../../root.ts'
import { ANY_AGENCY, toAnswerMapping } from '../answer/answer-mapping.ts'
import type { Envelope, Forms, ItemError, ValidateOptions } from '../contract.ts'
import { type MappingFile, readDeclarations, toMessageMapping, writeInterchange } from '../edifact/index.ts'
import { type Template, type TemplateCompiler, toTemplateCompiler } from './compile-template.ts'
import type { DeclarationForm } from './declaration-form.ts'
import { interchangeOf, partiesOf } from './edifact-settings.ts'
import { type FormFolder, readFormFolder, type TemplateFile } from './form-folder.ts'
import { refuseFaultyOfficerForm } from './officer-form.ts'
import { routedItemIds, routeItems } from './route-items.ts'
import { compileRules } from './rule-check.ts'
import { collectTemplateItems, type TemplateItems } from './template-items.ts'
import { toDeclarationCheck } from './validate-declaration.ts'

/** A template ready to be filled. */
interface Rendering {
  readonly contentType: string
  readonly fill: Template
}

/**
 * Reads and compiles `forms/` once (default: the project's). Throws when something in it does not fit: a schema that names an unknown
 * item or list, a rule that is not FEEL, a template that uses an item its agency may not see.
 */
export async function loadForms(folder: string = join(projectRoot(), 'forms')): Promise<Forms> {
  const files = await readFormFolder(folder)
  const compiler = toTemplateCompiler(files.codelists)
  const checks = new Map([...files.declarations.values()].map((form) => [form.id, toCheck(form, files)]))
  const messages = compileTemplates(
    files.messages,
    compiler,
    (file) => refuseForeignItems(file, files, compiler),
    toFinish(files, compiler),
  )
  const documents = compileTemplates(files.documents, compiler, (file) =>
    refuseUnknownNames(file, templateItems(file, files, compiler, DOCUMENT_ROOTS).problems),
  )
  for (const [formId, officerForm] of files.officerForms) refuseFaultyOfficerForm(formId, officerForm)
  const mappings = [...files.imports].map(([id, file]) =>
    namingFile({ id: `imports/${id}` }, () => toMessageMapping(file, files.codelists)),
  )
  for (const [id, file] of files.imports)
    namingFile({ id: `imports/${id}` }, () => refuseUnknownItems(file, getByName(files.declarations, file.form, 'form')))
  const answers = new Map(
    [...files.answers].map(([id, file]) => [id, namingFile({ id: `answers/${id}` }, () => toAnswerMapping(id, file))]),
  )
  const form = (formId: string): DeclarationForm => getByName(files.declarations, formId, 'form')

  return {
    validate: (formId, data, options) => getByName(checks, formId, 'form')(data, options),
    codelist: (id) => files.codelists.get(id),
    codelists: () => [...files.codelists.keys()].sort(),
    formIds: () => [...files.declarations.keys()].sort(),
    routedItems: (formId, agencyId) => routedItemIds(form(formId), agencyId),
    renderMessage(messageId, { formId, data, envelope, format }) {
      const { agencyId } = envelope
      const id = messageId.startsWith(`${agencyId}/`) ? messageId : `${agencyId}/${messageId}`
      const { contentType, fill } = getByName(messages, inFormat(id, format, messages), 'message')
      const context = { items: routeItems(form(formId), agencyId, data), envelope: envelope as Envelope & JsonObject }
      return { contentType, body: fill(context) }
    },
    renderDocument(documentId, context) {
      const { contentType, fill } = getByName(documents, documentId, 'document')
      return { contentType, body: fill(context) }
    },
    answerMapping: (agencyId, format) => answers.get(`${agencyId}.${format}`) ?? answers.get(`${ANY_AGENCY}.${format}`),
    interchangeParties: (agencyId) => partiesOf(files.edifact, agencyId),
    rulePlace(formId, rule) {
      const found = files.rules.get(formId)?.rules.find(({ id }) => id === rule)
      return found && { item: found.item, ...(found.group === undefined ? {} : { group: found.group }) }
    },
    readEdifact: (bytes, formId) => readDeclarations(bytes, mappings, formId),
    officerForm: (formId) => files.officerForms.get(formId),
    schema: (formId) => files.declarations.get(formId)?.schema,
  }
}

function toCheck(form: DeclarationForm, files: FormFolder): (data: Json, options?: ValidateOptions) => readonly ItemError[] {
  const rules = files.rules.get(form.id) ?? { form: form.id, rules: [] }
  return toDeclarationCheck(form, files.codelists, compileRules(form, rules, files.codelists))
}

function compileTemplates(
  templates: ReadonlyMap<string, TemplateFile>,
  compiler: TemplateCompiler,
  check: (file: TemplateFile) => void,
  finish: (file: TemplateFile, fill: Template) => Template = (_file, fill) => fill,
): ReadonlyMap<string, Rendering> {
  return new Map(
    [...templates].map(([id, file]) => {
      check(file)
      const { contentType } = file.format
      const fill = compiler.compile(file.tree, file.format)
      return [id, { contentType, fill: finish(file, fill) }]
    }),
  )
}

/** EDIFACT wants an envelope around what the template made. */
function toFinish(files: FormFolder, compiler: TemplateCompiler): (file: TemplateFile, fill: Template) => Template {
  return (file, fill) => {
    if (file.format.extension !== 'edi') return fill
    const { messageType } = templateItems(file, files, compiler)
    const settingsFor = namingFile(file, () => interchangeOf(files.edifact, file.id.split('/')[0] ?? '', messageType))
    return (context) => writeInterchange(fill(context), settingsFor(context.envelope as unknown as Envelope))
  }
}

function namingFile<T>(file: { readonly id: string }, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw new Error(`${file.id}: ${(cause as Error).message}`, { cause })
  }
}

/** The message in the agency's format when there is one, else as it is; EDIFACT where that is all there is. */
function inFormat(id: string, format: string | undefined, messages: ReadonlyMap<string, Rendering>): string {
  const edifact = `${id}.edi`
  return messages.has(edifact) && (format === 'edi' || !messages.has(id)) ? edifact : id
}

/** Stops at a template that wants more than its agency is given: a slip here would leave the element out of every message in silence. */
function refuseForeignItems(file: TemplateFile, files: FormFolder, compiler: TemplateCompiler): void {
  const { formId, items, problems } = templateItems(file, files, compiler)
  refuseUnknownNames(file, problems)
  const form = formId === undefined ? undefined : files.declarations.get(formId)
  if (form === undefined) throw new Error(`Expected message ${file.id} to name its form in a comment "form: id", found ${formId ?? 'none'}`)
  const agencyId = file.id.split('/')[0] ?? ''
  const routed = new Set(routedItemIds(form, agencyId))
  const foreign = [...items].filter((item) => !routed.has(item))
  if (foreign.length > 0) throw new Error(`Expected message ${file.id} to use items routed to ${agencyId}, but found ${foreign.join(', ')}`)
}

/** Stops at a mapping into items that the form does not have. */
function refuseUnknownItems({ items, groups = [] }: MappingFile, form: DeclarationForm): void {
  const known = new Set(form.items.map((item) => `${item.group ?? ''}/${item.id}`))
  const named = [{ group: '', items }, ...groups].flatMap((each) => each.items.map(({ item }) => `${each.group}/${item.split('.')[0]}`))
  const unknown = named.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`Expected items of ${form.id}, found ${unknown.join(', ')}`)
}

function refuseUnknownNames(file: TemplateFile, problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(`Expected template ${file.id} to read items.x, rows by name, and what it is given, but found ${problems.join('; ')}`)
}

const MESSAGE_ROOTS = new Set(['envelope'])
/** What a document is given beside `items`. */
const DOCUMENT_ROOTS = new Set([
  'number',
  'receiptNo',
  'version',
  'service',
  'serviceName',
  'enterprise',
  'operator',
  'operatorName',
  'issuedAt',
  'validUntil',
  'variables',
])

/** Items that a template uses. */
export function templateItems(
  file: TemplateFile,
  files: FormFolder,
  compiler: TemplateCompiler,
  roots: ReadonlySet<string> = MESSAGE_ROOTS,
): TemplateItems {
  const groups = new Set([...files.declarations.values()].flatMap((form) => [...form.groups.keys()]))
  return collectTemplateItems(file.tree, { groups, helpers: new Set(compiler.helperNames(file.format)), roots })
}

function getByName<T>(map: ReadonlyMap<string, T>, name: string, what: string): T {
  const found = map.get(name)
  if (found === undefined) throw new Error(`Expected a ${what} ${name}, but forms/ has ${[...map.keys()].join(', ') || 'none'}`)
  return found
}
