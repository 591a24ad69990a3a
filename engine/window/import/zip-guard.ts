import { inflateRawSync } from 'node:zlib'
import { fault, type ImportFault } from './import-fault.ts'

/** What a workbook may unpack to. A sheet of 10,000 rows is some 20 MB. */
const MOST_UNPACKED = 128 * 1024 * 1024
const MOST_ENTRIES = 2_000
const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER = 0x04034b50
const LONGEST_COMMENT = 65_535

/**
 * Unpacks every entry of a ZIP file, each into nothing, to see that together they stay within the limit: what the directory says of their
 * sizes may be a lie, and a file of a few kilobytes may unpack to gigabytes.
 */
export function findZipFault(bytes: Uint8Array): ImportFault | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length > 8 && file.readUInt32BE(0) === 0xd0cf11e0) return OLD_WORKBOOK
  const end = findEnd(file)
  if (end === undefined) return NO_WORKBOOK
  const entries = file.readUInt16LE(end + 10)
  if (entries === 0 || entries > MOST_ENTRIES) return NO_WORKBOOK
  let at = file.readUInt32LE(end + 16)
  let left = MOST_UNPACKED
  try {
    for (let entry = 0; entry < entries; entry++) {
      if (file.readUInt32LE(at) !== DIRECTORY_ENTRY) return NO_WORKBOOK
      if ((file.readUInt16LE(at + 8) & 1) === 1) return OLD_WORKBOOK
      const packed = file.readUInt32LE(at + 20)
      const size = sizeOf(file, at, packed, left)
      if (size === undefined) return NO_WORKBOOK
      left -= size
      if (left < 0) return TOO_LARGE
      at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
    }
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : NO_WORKBOOK
  }
  return undefined
}

function sizeOf(file: Buffer, entry: number, packed: number, left: number): number | undefined {
  const method = file.readUInt16LE(entry + 10)
  const local = file.readUInt32LE(entry + 42)
  if (file.readUInt32LE(local) !== LOCAL_HEADER) return undefined
  const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
  if (method === 0) return packed
  if (method !== 8) return undefined
  return inflateRawSync(file.subarray(start, start + packed), { maxOutputLength: left + 1 }).length
}

function findEnd(file: Buffer): number | undefined {
  for (let at = file.length - 22; at >= 0 && at >= file.length - 22 - LONGEST_COMMENT; at--)
    if (file.readUInt32LE(at) === END_OF_DIRECTORY) return at
  return undefined
}

export const NO_WORKBOOK = fault(
  'sheet.workbook',
  'Expected a workbook (.xlsx), found a file that cannot be opened as one; save it again as .xlsx',
  '无法作为工作簿（.xlsx）打开；请重新另存为 .xlsx',
)
const OLD_WORKBOOK = fault(
  'sheet.workbook',
  'Expected a workbook (.xlsx) without a password, found an old or a protected one; save it as .xlsx without a password',
  '应为不加密的 .xlsx 工作簿，实际为旧版或加密文件；请取消密码并另存为 .xlsx',
)
export const TOO_LARGE = fault(
  'file.size',
  'Expected a workbook of at most 128 MB unpacked, found a larger one; cut it into several files',
  '工作簿解压后最多 128 MB；请拆分为多个文件',
)
