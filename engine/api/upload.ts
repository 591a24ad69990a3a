import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Api } from './api-parts.ts'
import { ProblemError } from './problem.ts'

const MOST_FILES = 100
const LONGEST_NAME = 255

/** For the documentation: the part that holds the files. */
export const Resources = Type.Array(Type.String({ format: 'binary' }), {
  minItems: 1,
  maxItems: MOST_FILES,
  description: 'BPMN (.bpmn) and DMN (.dmn) files',
})

export interface Upload {
  readonly resources: readonly { readonly name: string; readonly content: string }[]
  readonly fields: Readonly<Record<string, string>>
}

export interface UploadOptions {
  readonly mostFiles?: number
  /** File names are paths, with slashes; without it only what follows the last one counts. */
  readonly withPaths?: boolean
}

/** Lets the routes of a scope take multipart/form-data. */
export async function takeUploads(
  app: Api,
  limit: number,
  { mostFiles = MOST_FILES, withPaths = false }: UploadOptions = {},
): Promise<void> {
  await app.register(multipart, {
    preservePath: withPaths,
    limits: { fileSize: limit, files: mostFiles, fields: 10, parts: mostFiles + 10 },
  })
}

/** Of a route with uploads: refuses by the length that is announced, before anything is read. */
export function refuseTooLarge(limit: number): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (Number(request.headers['content-length']) > limit) throw tooLarge()
  }
}

function tooLarge(): Error {
  return Object.assign(new Error('too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
}

/** Files in parts named `resources`, and the fields that are named here. @throws ProblemError */
export async function readUpload(request: FastifyRequest, limit: number, allowed: readonly string[]): Promise<Upload> {
  const resources: { name: string; content: string }[] = []
  const fields: Record<string, string> = {}
  let size = 0
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const bytes = await part.toBuffer()
        size += bytes.length
        if (size > limit) throw tooLarge()
        if (part.fieldname !== 'resources')
          throw new ProblemError(
            'INVALID_ARGUMENT',
            `Expected files in parts named "resources", but found one in ${JSON.stringify(part.fieldname)}`,
          )
        resources.push({ name: checkedName(part.filename, resources), content: decoded(part.filename, bytes) })
      } else if (allowed.includes(part.fieldname)) fields[part.fieldname] = String(part.value)
      else {
        const names = ['resources', ...allowed].map((name) => JSON.stringify(name)).join(', ')
        throw new ProblemError('INVALID_ARGUMENT', `Expected no parts but ${names}, but found ${JSON.stringify(part.fieldname)}`)
      }
    }
  } catch (error) {
    if (error instanceof ProblemError || (error as { code?: string }).code?.startsWith('FST_')) throw error
    throw new ProblemError(
      'BROKEN_MULTIPART',
      `Expected a multipart/form-data body, but it cannot be read: ${(error as Error).message}; nothing was stored`,
      { cause: error },
    )
  }
  if (resources.length === 0)
    throw new ProblemError('INVALID_ARGUMENT', 'Expected at least one file in a part named "resources", but found none')
  return { resources, fields }
}

function checkedName(name: string, before: readonly { readonly name: string }[]): string {
  if (name.length === 0 || name.length > LONGEST_NAME)
    throw new ProblemError('INVALID_ARGUMENT', `Expected a file name of 1 to ${LONGEST_NAME} characters with its extension`)
  if (before.some((resource) => resource.name === name))
    throw new ProblemError('INVALID_ARGUMENT', `Expected each file name once, but found ${name} twice`)
  return name
}

function decoded(name: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('INVALID_ARGUMENT', `Expected ${name} in UTF-8, but it is in another encoding; save it as UTF-8`)
  }
}
