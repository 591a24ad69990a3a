import iconv from 'iconv-lite'
import { fault, type ImportFault } from './import-fault.ts'

const CHINESE_SETS = new Set(['gb18030', 'gbk', 'gb2312'])
const UTF_8 = new Set(['utf-8', 'utf8', 'us-ascii'])

/** Text of a file: by its byte order mark, by the character set that was named, else UTF-8, else GB18030 where that may be guessed. */
export function decodeText(
  bytes: Uint8Array,
  { charset, guesses }: { readonly charset?: string | undefined; readonly guesses: boolean },
): { readonly text: string } | { readonly fault: ImportFault } {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return utf8(bytes.subarray(3)) ?? { fault: NOT_TEXT }
  if (first === 0xff && second === 0xfe) return { text: iconv.decode(Buffer.from(bytes.subarray(2)), 'utf-16le') }
  const named = charset?.toLowerCase()
  if (named !== undefined && CHINESE_SETS.has(named)) return chinese(bytes)
  if (named !== undefined && !UTF_8.has(named)) return { fault: unknownSet(named) }
  return utf8(bytes) ?? (guesses && named === undefined ? chinese(bytes) : { fault: NOT_TEXT })
}

function utf8(bytes: Uint8Array): { readonly text: string } | undefined {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return undefined
  }
}

function chinese(bytes: Uint8Array): { readonly text: string } | { readonly fault: ImportFault } {
  const text = iconv.decode(Buffer.from(bytes), 'gb18030')
  return text.includes('\ufffd') ? { fault: NOT_TEXT } : { text }
}

const NOT_TEXT = fault(
  'file.encoding',
  'Expected text in UTF-8 or GB18030, found bytes that are neither; save the file as UTF-8',
  '文件应为 UTF-8 或 GB18030 编码的文本；请另存为 UTF-8',
  { line: 1, column: 1 },
)

function unknownSet(found: string): ImportFault {
  return fault(
    'file.encoding',
    `Expected the character set utf-8 or gb18030, found ${quotedName(found)}; save the file as UTF-8`,
    `字符集应为 utf-8 或 gb18030，实际为 ${quotedName(found)}；请另存为 UTF-8`,
    { line: 1, column: 1 },
  )
}
const quotedName = (name: string): string => JSON.stringify(name.slice(0, 40))
