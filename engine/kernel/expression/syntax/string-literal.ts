const escapes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', n: '\n', r: '\r', t: '\t' }

/** The text a FEEL string literal stands for; a backslash before any other character stays, so regular expressions need no doubling. */
export function readStringLiteral(source: string): string {
  const body = source.slice(1, -1)
  if (!body.includes('\\')) return body
  return body.replace(/\\(?:U([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|(["'\\nrt]))/g, (whole, long?: string, short?: string, simple?: string) => {
    if (simple !== undefined) return escapes[simple] ?? whole
    if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16))
    const code = Number.parseInt(long ?? '', 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
