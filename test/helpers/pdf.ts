import { extractText, getDocumentProxy } from 'unpdf'

/** Text of all pages of a PDF, blanks made one. */
export async function pdfText(content: Uint8Array | undefined): Promise<string> {
  return (await pdfPages(content)).join(' ')
}

/** Text of each page. */
export async function pdfPages(content: Uint8Array | undefined): Promise<string[]> {
  // The reader takes the bytes away from their owner.
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(content ?? [])), { mergePages: false })
  return text.map((page) => page.replaceAll(/\s+/g, ' '))
}
