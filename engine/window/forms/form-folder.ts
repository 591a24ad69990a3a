import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { JsonObject } from '../../kernel/index.ts'
import type { AnswerMappingFile } from '../answer/answer-mapping.ts'
import type { Codelist } from '../contract.ts'
import type { MappingFile } from '../edifact/index.ts'
import { toCodelist } from './codelist.ts'
import { type DeclarationForm, toDeclarationForm } from './declaration-form.ts'
import { type EdifactSettings, toEdifactSettings } from './edifact-settings.ts'
import type { RuleFile } from './rule-check.ts'
import { TEMPLATE_FORMATS, type TemplateFormat } from './template-format.ts'
import { parseTemplate } from './template-items.ts'

/** Everything of `forms/`, read but not compiled. */
export interface FormFolder {
  readonly codelists: ReadonlyMap<string, Codelist>
  readonly declarations: ReadonlyMap<string, DeclarationForm>
  readonly rules: ReadonlyMap<string, RuleFile>
  /** By `<agencyId>/<messageId>`. */
  readonly messages: ReadonlyMap<string, TemplateFile>
  readonly documents: ReadonlyMap<string, TemplateFile>
  readonly officerForms: ReadonlyMap<string, JsonObject>
  /** How agencies' answers are read, by `<agency>.<format>`. */
  readonly answers: ReadonlyMap<string, AnswerMappingFile>
  /** How EDIFACT messages become declarations, by file. */
  readonly imports: ReadonlyMap<string, MappingFile>
  /** Absent when the folder has no `edifact.json`. */
  readonly edifact?: EdifactSettings
}
export interface TemplateFile {
  readonly id: string
  readonly format: TemplateFormat
  readonly tree: hbs.AST.Program
}

/** Reads the folder. Throws, with the file's path, when a file is not what it should be. */
export async function readFormFolder(folder: string): Promise<FormFolder> {
  const [dictionaries, codelists, declarations, ruleFiles, officerForms, documents, messages, settings, imports, answers] =
    await Promise.all([
      readJsonFiles(join(folder, 'dictionary'), '.schema.json'),
      readJsonFiles(join(folder, 'codelists'), '.json'),
      readJsonFiles(join(folder, 'declarations'), '.schema.json'),
      readJsonFiles(join(folder, 'declarations'), '.rules.json'),
      readJsonFiles(join(folder, 'decisions'), '.form.json'),
      readTemplates(join(folder, 'documents')),
      readMessages(join(folder, 'messages')),
      readJsonFiles(folder, '.json'),
      readJsonFiles(join(folder, 'imports'), '.json'),
      readJsonFiles(join(folder, 'answers'), '.json'),
    ])
  const edifact = settings.get('edifact')
  const definitions = new Map([...dictionaries.values()].map((schema) => [String(schema.$id), schema]))
  const lists: ReadonlyMap<string, Codelist> = mapValues(codelists, (_, file) => toCodelist(file, (id) => lists.get(id)))
  return {
    codelists: lists,
    declarations: mapValues(declarations, (id, schema) => toDeclarationForm(id, schema, definitions)),
    rules: mapValues(ruleFiles, (_, file) => file as unknown as RuleFile),
    messages,
    documents,
    officerForms,
    answers: mapValues(answers, (_, file) => file as unknown as AnswerMappingFile),
    imports: mapValues(imports, (_, file) => file as unknown as MappingFile),
    ...(edifact === undefined ? {} : { edifact: toEdifactSettings(edifact) }),
  }
}

async function readMessages(folder: string): Promise<ReadonlyMap<string, TemplateFile>> {
  const messages = new Map<string, TemplateFile>()
  for (const agencyId of await listFolder(folder)) {
    for (const [id, file] of await readTemplates(join(folder, agencyId)))
      messages.set(`${agencyId}/${id}`, { ...file, id: `${agencyId}/${id}` })
  }
  return messages
}

async function readTemplates(folder: string): Promise<ReadonlyMap<string, TemplateFile>> {
  const templates = new Map<string, TemplateFile>()
  for (const name of await listFolder(folder)) {
    const format = TEMPLATE_FORMATS.find((each) => name.endsWith(`.${each.extension}.hbs`))
    if (format === undefined) continue
    // A message may have an EDIFACT version beside the usual one: that has the ending in its id, `cus.dec.edi`.
    const id = basename(name, format.extension === 'edi' ? '.hbs' : `.${format.extension}.hbs`)
    const path = join(folder, name)
    templates.set(id, { id, format, tree: readAs(path, parseTemplate, await readFile(path, 'utf8')) })
  }
  return templates
}

async function readJsonFiles(folder: string, ending: string): Promise<ReadonlyMap<string, JsonObject>> {
  const files = new Map<string, JsonObject>()
  for (const name of await listFolder(folder)) {
    if (!name.endsWith(ending)) continue
    const path = join(folder, name)
    files.set(
      basename(name, ending),
      readAs(path, (text) => JSON.parse(text) as JsonObject, await readFile(path, 'utf8')),
    )
  }
  return files
}

function readAs<T>(path: string, read: (text: string) => T, text: string): T {
  try {
    return read(text)
  } catch (cause) {
    throw new Error(`Expected ${path} to be readable, but: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}

function mapValues<A, B>(map: ReadonlyMap<string, A>, change: (key: string, value: A) => B): ReadonlyMap<string, B> {
  return new Map([...map].map(([key, value]) => [key, change(key, value)]))
}
