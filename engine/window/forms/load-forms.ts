import { join } from 'node:path'
import type { Json, JsonObject } from '../../kernel/index.ts'
import { projectRoot } from '../../root.ts'
import { ANY_AGENCY, type AnswerMapping, toAnswerMapping } from '../answer/answer-mapping.ts'
import type { Envelope, Forms, ItemError, ValidateOptions } from '../contract.ts'
import {
  declarationSteps,
  type MappingFile,
  type MessageMapping,
  readDeclarations,
  toMessageMapping,
  writeInterchange,
} from '../edifact/index.ts'
import { type FileSet, readFileSet } from '../file-set.ts'
import { type Template, type TemplateCompiler, toTemplateCompiler } from './compile-template.ts'
import type { DeclarationForm } from './declaration-form.ts'
import { interchangeOf, partiesOf } from './edifact-settings.ts'
import { metaSchemaFaults } from './form-file-shape.ts'
import { type FormFolder, parseFormFolder, type TemplateFile } from './form-folder.ts'
import { type FormProblem, FormProblems } from './form-problem.ts'
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
 * item or list, a rule that is not FEEL, a template that uses an item its agency may not see. Everything that does not fit is told.
 */
export async function loadForms(folder: string = join(projectRoot(), 'forms')): Promise<Forms> {
  const built = await buildForms(await readFileSet(folder))
  if (!built.forms) throw new Error(built.problems.map(({ message }) => message).join('\n'))
  return built.forms
}

export interface BuildOptions {
  /** Holds schemas to the meta-schema, too: for files that no test has seen. */
  readonly checksSchemas?: boolean
}
export interface BuiltForms {
  /** Absent when there are problems. */
  readonly forms?: Forms
  readonly problems: readonly FormProblem[]
}

/** Compiles the files of `forms/`, by their paths in it. Gives way to other work between one piece and the next. */
export async function buildForms(given: FileSet, options: BuildOptions = {}): Promise<BuiltForms> {
  const { read: files, problems } = parseFormFolder(given)
  const told = new FormProblems()
  told.all.push(...problems)
  await breathe()
  const compiler = toTemplateCompiler(files.codelists)
  const checks = new Map<string, Check>()
  for (const form of files.declarations.values()) {
    const check = toCheck(form, files, told, options)
    if (check) checks.set(form.id, check)
    await breathe()
  }
  for (const id of files.rules.keys()) {
    const path = `declarations/${id}.rules.json`
    if (!files.declarations.has(id) && !told.has(schemaPath(id)))
      told.add(path, '', `Expected forms/${schemaPath(id)} beside forms/${path}, found none; add the form, or leave its rules out`)
  }
  const messages = await compileTemplates(files.messages, compiler, told, {
    check: (file) => refuseForeignItems(file, files, compiler, told),
    finish: toFinish(files, compiler),
  })
  const documents = await compileTemplates(files.documents, compiler, told, {
    check: (file) => refuseUnknownNames(file, templateItems(file, files, compiler, DOCUMENT_ROOTS).problems),
    finish: (_file, fill) => fill,
  })
  for (const [formId, officerForm] of files.officerForms)
    told.attempt(`decisions/${formId}.form.json`, () => refuseFaultyOfficerForm(formId, officerForm))
  const mappings = [...told.each(files.imports, importPath, (id, file) => readImport(id, file, files)).values()]
  const answers = told.each(
    files.answers,
    (id) => `answers/${id}.json`,
    (id, file) => namingFile({ id: `answers/${id}` }, () => toAnswerMapping(id, file)),
  )
  if (told.all.length > 0) return { problems: told.all }
  return { forms: toForms(files, { checks, messages, documents, mappings, answers }), problems: [] }
}

const importPath = (id: string) => `imports/${id}.json`
const schemaPath = (formId: string) => `declarations/${formId}.schema.json`

/** Lets requests that wait have their turn. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface CompiledFiles {
  readonly checks: ReadonlyMap<string, Check>
  readonly messages: ReadonlyMap<string, Rendering>
  readonly documents: ReadonlyMap<string, Rendering>
  readonly mappings: readonly MessageMapping[]
  readonly answers: ReadonlyMap<string, AnswerMapping>
}

function toForms(files: FormFolder, { checks, messages, documents, mappings, answers }: CompiledFiles): Forms {
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
    edifactSteps: (bytes, formId) => declarationSteps(bytes, mappings, formId),
    example: (formId, service) => files.examples.get(`${formId}.${service}`) ?? files.examples.get(formId),
    officerForm: (formId) => files.officerForms.get(formId),
    schema: (formId) => files.declarations.get(formId)?.schema,
  }
}

type Check = (data: Json, options?: ValidateOptions) => readonly ItemError[]

/** Undefined, and a problem for each thing at fault, when the form or its rules do not compile. */
function toCheck(form: DeclarationForm, files: FormFolder, told: FormProblems, { checksSchemas }: BuildOptions): Check | undefined {
  const rules = files.rules.get(form.id) ?? { form: form.id, rules: [] }
  const rulesPath = `declarations/${form.id}.rules.json`
  const before = told.all.length
  if (checksSchemas)
    for (const { pointer, message } of metaSchemaFaults(form.schema))
      told.add(schemaPath(form.id), pointer, `Expected JSON Schema, but ${pointer} ${message}`)
  if (rules.form !== form.id) told.add(rulesPath, '/form', `Expected form ${form.id}, found ${rules.form}`)
  const compiled = told.attempt(rulesPath, () => compileRules(form, { ...rules, rules: [] }, files.codelists))
  // One by one only where one of them is at fault: then each fault is told.
  const all = compiled && told.all.length === before && attemptQuietly(() => compileRules(form, rules, files.codelists))
  if (compiled && !all)
    for (const [index, rule] of rules.rules.entries()) {
      const fault = faultOf(() => compileRules(form, { ...rules, rules: [rule] }, files.codelists))
      if (fault !== undefined) told.add(rulesPath, `/rules/${index}`, fault)
    }
  if (told.all.length > before) return undefined
  return told.attempt(schemaPath(form.id), () =>
    toDeclarationCheck(form, files.codelists, all || compileRules(form, rules, files.codelists)),
  )
}

function attemptQuietly<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
function faultOf(make: () => unknown): string | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readImport(id: string, file: MappingFile, files: FormFolder): MessageMapping {
  return namingFile({ id: `imports/${id}` }, () => {
    refuseUnknownItems(file, getByName(files.declarations, file.form, 'form'))
    return toMessageMapping(file, files.codelists)
  })
}

async function compileTemplates(
  templates: ReadonlyMap<string, TemplateFile>,
  compiler: TemplateCompiler,
  told: FormProblems,
  { check, finish }: { readonly check: (file: TemplateFile) => void; readonly finish: (file: TemplateFile, fill: Template) => Template },
): Promise<ReadonlyMap<string, Rendering>> {
  const compiled = told.each(
    templates,
    (_, { path }) => path,
    (_, file) => {
      check(file)
      const { contentType } = file.format
      return { contentType, fill: finish(file, compiler.compile(file.tree, file.format)) }
    },
  )
  await breathe()
  return compiled
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
function refuseForeignItems(file: TemplateFile, files: FormFolder, compiler: TemplateCompiler, told: FormProblems): void {
  const { formId, items, problems } = templateItems(file, files, compiler)
  refuseUnknownNames(file, problems)
  const form = formId === undefined ? undefined : files.declarations.get(formId)
  // Its own fault is told already.
  if (formId !== undefined && told.has(schemaPath(formId))) return
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
