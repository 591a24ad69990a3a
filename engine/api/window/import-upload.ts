import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { charsetOf, detectFormat, type ImportFormat } from '../../window/index.ts'
import type { Api } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'

/** The largest file that is taken. */
export const FILE_LIMIT_BYTES = 20 * 1024 * 1024
/** What a form sends around its file. */
const FRAME_BYTES = 64 * 1024
export const BODY_LIMIT_BYTES = FILE_LIMIT_BYTES + FRAME_BYTES
const LONGEST_NAME = 255

export interface UploadedFile {
  readonly bytes: Uint8Array
  readonly format: ImportFormat
  readonly fileName?: string
  readonly charset?: string
  /** Fields that stood beside it. */
  readonly fields: Readonly<Record<string, string>>
}

/** The routes of the scope take a file as the body itself, whatever its type, or as the part `file` of a form. */
export async function takeFiles(app: Api): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(multipart, { limits: { fileSize: FILE_LIMIT_BYTES, files: 1, fields: 10, parts: 11 } })
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => done(null, body))
}

/** @throws ProblemError when there is no file. */
export async function readUploadedFile(request: FastifyRequest, allowed: readonly string[]): Promise<UploadedFile> {
  const sent = request.isMultipart() ? await readParts(request, allowed) : ofBody(request)
  if (sent.bytes.byteLength === 0) {
    throw new ProblemError('INVALID_ARGUMENT', {
      en: 'Expected a file as the body, or in a part named "file", found none',
      zh: '请求体应为文件，或在名为 "file" 的部分中提供文件',
    })
  }
  if (sent.bytes.byteLength > FILE_LIMIT_BYTES) throw tooLarge()
  const { bytes, contentType, fileName, fields } = sent
  const charset = charsetOf(contentType)
  return {
    bytes,
    format: detectFormat(bytes, { contentType, name: fileName }),
    fields,
    ...(fileName === undefined ? {} : { fileName: fileName.slice(0, LONGEST_NAME) }),
    ...(charset === undefined ? {} : { charset }),
  }
}

interface Sent {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly fileName?: string
  readonly fields: Readonly<Record<string, string>>
}

function ofBody(request: FastifyRequest): Sent {
  const bytes = Buffer.isBuffer(request.body) ? request.body : new Uint8Array()
  return { bytes, contentType: request.headers['content-type'] ?? '', fields: {} }
}

async function readParts(request: FastifyRequest, allowed: readonly string[]): Promise<Sent> {
  const fields: Record<string, string> = {}
  let file: Pick<Sent, 'bytes' | 'contentType' | 'fileName'> = { bytes: new Uint8Array(), contentType: '' }
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file' && part.fieldname === 'file')
        file = { bytes: await part.toBuffer(), contentType: part.mimetype, fileName: part.filename }
      else if (part.type !== 'file' && allowed.includes(part.fieldname)) fields[part.fieldname] = String(part.value)
      else throw unknownPart(part.fieldname, ['file', ...allowed])
    }
  } catch (error) {
    if (error instanceof ProblemError || (error as { code?: string }).code?.startsWith('FST_')) throw error
    throw new ProblemError(
      'BROKEN_MULTIPART',
      {
        en: 'Expected a multipart/form-data body, but it cannot be read; nothing was stored',
        zh: '无法读取 multipart/form-data 请求体；未存储任何内容',
      },
      { cause: error },
    )
  }
  return { ...file, fields }
}

function unknownPart(name: string, known: readonly string[]): ProblemError {
  const names = known.map((each) => JSON.stringify(each)).join(', ')
  return new ProblemError('INVALID_ARGUMENT', {
    en: `Expected no parts but ${names}, but found ${JSON.stringify(name)}`,
    zh: `只接受 ${names} 部分，实际有 ${JSON.stringify(name)}`,
  })
}

function tooLarge(): Error {
  return Object.assign(new Error('too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
}
