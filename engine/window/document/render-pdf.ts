import { readFileSync } from 'node:fs'
import pdfmake from 'pdfmake'
import { layOutPages } from './page-layout.ts'
import type { PageRequest } from './page-request.ts'
import { FONT } from './page-style.ts'
import { drawRightToLeft } from './right-to-left.ts'

/** Paths of the font files. */
export interface FontFiles {
  readonly regular: string
  readonly bold: string
  readonly arabic: string
  readonly arabicBold: string
  readonly hebrew: string
  readonly hebrewBold: string
}

/** Makes PDFs with these fonts; each font file is read once. The same request always gives the same bytes. */
export function pdfMaker(files: FontFiles): (request: PageRequest) => Promise<Uint8Array> {
  const font = (normal: string, bold: string) => ({ normal: keep(normal), bold: keep(bold) })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(() => false)
  pdfmake.setFonts({
    [FONT]: font(files.regular, files.bold),
    Arabic: font(files.arabic, files.arabicBold),
    Hebrew: font(files.hebrew, files.hebrewBold),
  })
  drawRightToLeft()
  return (request) => pdfmake.createPdf(layOutPages(request)).getBuffer()
}

/** Puts a font file where the maker looks first, under its own path. */
function keep(path: string): string {
  const { virtualfs } = pdfmake as unknown as { readonly virtualfs: { writeFileSync(path: string, content: Uint8Array): void } }
  virtualfs.writeFileSync(path, readFileSync(path))
  return path
}
