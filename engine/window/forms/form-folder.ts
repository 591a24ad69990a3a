import { basename } from 'node:path'
import type { JsonObject } from '../../kernel/index.ts'
import type { AnswerMappingFile } from '../answer/answer-mapping.ts'
import type { Codelist } from '../contract.ts'
import type { MappingFile } from '../edifact/index.ts'
import { type FileSet, readFileSet } from '../file-set.ts'
import { toCodelist } from './codelist.ts'
import { type DeclarationForm, toDeclarationForm, unknownReferences } from './declaration-form.ts'
import { type EdifactSettings, toEdifactSettings } from './edifact-settings.ts'
import { FILE_SHAPES, type FileShape } from './form-file-shape.ts'
import { type FormProblem, FormProblems } from './form-problem.ts'
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
  /** Right declarations to show how a form is filled in, by `<form>` or `<form>.<service>`. */
  readonly examples: ReadonlyMap<string, JsonObject>
  /** Absent when the folder has no `edifact.json`. */
  readonly edifact?: EdifactSettings
}
export interface TemplateFile {
  readonly id: string
  /** Path in the folder. */
  readonly path: string
  readonly format: TemplateFormat
  readonly tree: hbs.AST.Program
}

/** Reads the folder. Throws, with each file's path, when files are not what they should be. */
export async function readFormFolder(folder: string): Promise<FormFolder> {
  const { read, problems } = parseFormFolder(await readFileSet(folder))
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  return read
}

/** The files of the folder, by their paths in it; what cannot be read is left out and told. */
export function parseFormFolder(files: FileSet): { readonly read: FormFolder; readonly problems: readonly FormProblem[] } {
  const told = new FormProblems()
  const json = (folder: string, ending: string, shape?: FileShape) => readJsonFiles(files, { folder, ending, shape }, told)
  const dictionaries = json('dictionary', '.schema.json', FILE_SHAPES.dictionary)
  const definitions = new Map<string, JsonObject>()
  for (const [name, schema] of dictionaries) {
    const id = String(schema.$id)
    if (definitions.has(id)) told.add(`dictionary/${name}.schema.json`, '/$id', `Expected an id that no other dictionary has, found ${id}`)
    definitions.set(id, schema)
  }
  const lists: ReadonlyMap<string, Codelist> = told.each(
    json('codelists', '.json', FILE_SHAPES.codelist),
    (id) => `codelists/${id}.json`,
    (_, file) => toCodelist(file, (id) => lists.get(id)),
  )
  const schemas = json('declarations', '.schema.json', FILE_SHAPES.declaration)
  const settings = json('', '.json').get('edifact')
  const edifact = settings && told.attempt('edifact.json', () => toEdifactSettings(settings))
  const read: FormFolder = {
    codelists: lists,
    declarations: readDeclarations(schemas, definitions, told),
    rules: as<RuleFile>(json('declarations', '.rules.json', FILE_SHAPES.rules)),
    messages: readTemplates(files, 'messages', told),
    documents: readTemplates(files, 'documents', told),
    officerForms: json('decisions', '.form.json', FILE_SHAPES.decision),
    answers: as<AnswerMappingFile>(json('answers', '.json', FILE_SHAPES.answer)),
    imports: as<MappingFile>(json('imports', '.json', FILE_SHAPES.import)),
    examples: json('examples', '.json'),
    ...(edifact === undefined ? {} : { edifact }),
  }
  return { read, problems: told.all }
}

function readDeclarations(
  schemas: ReadonlyMap<string, JsonObject>,
  definitions: ReadonlyMap<string, JsonObject>,
  told: FormProblems,
): ReadonlyMap<string, DeclarationForm> {
  const path = (id: string) => `declarations/${id}.schema.json`
  const sound = new Map(
    [...schemas].filter(([id, schema]) => {
      const unknown = unknownReferences(schema, definitions)
      for (const { reference, pointer } of unknown)
        told.add(path(id), pointer, `Expected form ${id} to refer to an item of the dictionary, but found no ${reference}`)
      return unknown.length === 0
    }),
  )
  return told.each(sound, path, (id, schema) => toDeclarationForm(id, schema, definitions))
}

/** Messages lie in a folder for each agency, documents in one; a message may have an EDIFACT version beside the usual one: that has the ending in its id, `cus.dec.edi`. */
function readTemplates(files: FileSet, folder: 'messages' | 'documents', told: FormProblems): ReadonlyMap<string, TemplateFile> {
  const templates = new Map<string, TemplateFile>()
  for (const [path, content] of files) {
    const [at, ...rest] = path.split('/')
    const format = TEMPLATE_FORMATS.find((each) => path.endsWith(`.${each.extension}.hbs`))
    if (at !== folder || rest.length !== (folder === 'messages' ? 2 : 1) || format === undefined) continue
    const name = rest.join('/')
    const id = name.slice(0, -(format.extension === 'edi' ? '.hbs' : `.${format.extension}.hbs`).length)
    const tree = told.attempt(path, () => readAs(path, parseTemplate, content))
    if (tree) templates.set(id, { id, path, format, tree })
  }
  return templates
}

interface JsonFiles {
  readonly folder: string
  readonly ending: string
  readonly shape: FileShape | undefined
}

function readJsonFiles(files: FileSet, { folder, ending, shape }: JsonFiles, told: FormProblems): ReadonlyMap<string, JsonObject> {
  const read = new Map<string, JsonObject>()
  for (const [path, content] of files) {
    const name = basename(path)
    if (path !== (folder === '' ? name : `${folder}/${name}`) || !name.endsWith(ending)) continue
    const value = told.attempt(path, () => readAs(path, (text) => JSON.parse(text) as JsonObject, content))
    if (value === undefined) continue
    const faults = shape?.(value) ?? []
    for (const { pointer, message } of faults) told.add(path, pointer, `Expected forms/${path} to be complete, but ${pointer} ${message}`)
    if (faults.length === 0) read.set(name.slice(0, -ending.length), value)
  }
  return read
}

function readAs<T>(path: string, read: (text: string) => T, text: string): T {
  try {
    return read(text)
  } catch (cause) {
    throw new Error(`Expected forms/${path} to be readable, but: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Files whose shape has been checked. */
function as<T>(files: ReadonlyMap<string, JsonObject>): ReadonlyMap<string, T> {
  return files as unknown as ReadonlyMap<string, T>
}
