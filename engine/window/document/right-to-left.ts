import Renderer from 'pdfmake/js/Renderer.js'
import TextInlines from 'pdfmake/js/TextInlines.js'
import { BREAK } from './page-text.ts'

/** A piece of a line as the PDF maker places it. */
interface Inline {
  text: string
  x: number
  readonly width: number
  readonly font: { readonly name: string }
}
interface Line {
  inlines: Inline[]
}

let done = false

/**
 * Teaches the PDF maker what it does not know: lines with Arabic or Hebrew words read from the right, and places where
 * a long word may break take no room. The words themselves are shaped by its font library.
 */
export function drawRightToLeft(): void {
  if (done) return
  done = true
  const renderer = Renderer.default.prototype
  const renderLine = renderer.renderLine
  renderer.renderLine = function (this: unknown, line: Line, x: number, y: number) {
    placeRightToLeft(line)
    return renderLine.call(this, line, x, y)
  }
  const inlines = TextInlines.default.prototype
  const measure = inlines.measure
  inlines.measure = function (this: unknown, pieces: Inline[], styles: unknown) {
    for (const piece of pieces) piece.text = piece.text.replaceAll(BREAK, '')
    return measure.call(this, pieces, styles)
  }
}

const isRightToLeft = ({ font }: Inline): boolean => /vazirmatn|hebrew/i.test(font.name)
/** Numbers and marks between two right-to-left words belong to them. */
const isNeutral = ({ text }: Inline): boolean => !/\p{L}/u.test(text)

/** Turns each run of right-to-left pieces round, so that its first word stands at the right. */
export function placeRightToLeft(line: Line): void {
  const { inlines } = line
  for (let from = 0; from < inlines.length; from += 1) {
    const first = inlines[from]
    if (!first || !isRightToLeft(first)) continue
    let last = from
    for (let next = from + 1; next < inlines.length; next += 1) {
      const piece = inlines[next]
      if (!piece || !(isRightToLeft(piece) || isNeutral(piece))) break
      if (isRightToLeft(piece)) last = next
    }
    let x = first.x
    for (const piece of inlines.slice(from, last + 1).reverse()) {
      piece.x = x
      x += piece.width
    }
    from = last
  }
}
