import { readFileSync } from 'node:fs'
import { type ParsedBpmn, parseBpmn } from '../../engine/kernel/index.ts'

/** The text of an XML file in the encoding that it names, or that its byte-order mark tells. */
export function readXmlFile(path: string): string {
  const bytes = readFileSync(path)
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const named = /^[^>]*?encoding=["']([\w.-]+)["']/.exec(bytes.subarray(0, 200).toString('latin1'))?.[1] ?? 'utf-8'
  // UTF-16 is told by its mark: a file in another encoding that says so was re-coded by a tool that forgot to.
  return named.toLowerCase().startsWith('utf-16') ? 'utf-8' : named
}

export function readModel(path: string): Promise<ParsedBpmn> {
  return parseBpmn(readXmlFile(path))
}

/** The errors of a file, one line each; empty when it may be deployed. */
export function errorsOf(parsed: ParsedBpmn): readonly string[] {
  return parsed.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ elementId, rule, message }) => `${rule} on ${elementId}: ${message}`)
}
