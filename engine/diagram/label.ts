import type { Box, Point } from './contract.ts'

const LINE = 14
const LETTER = 6.2
const WIDE_LETTER = 11

/** How large a text is in the small print of a diagram, broken at `width`. */
export function textSize(text: string, width = 96): { readonly width: number; readonly height: number } {
  if (text === '') return { width: 0, height: 0 }
  const lines: number[] = [0]
  for (const word of text.split(/\s+/)) {
    const length = [...word].reduce((sum, letter) => sum + (letter > '\u2e80' ? WIDE_LETTER : LETTER), 0)
    const last = lines.at(-1) ?? 0
    if (last > 0 && last + LETTER + length > width) lines.push(length)
    else lines[lines.length - 1] = last + (last > 0 ? LETTER : 0) + length
  }
  return { width: Math.min(Math.ceil(Math.max(...lines)) + 4, Math.max(width, 40)), height: lines.length * LINE }
}

export function labelBelow(text: string, box: Box): Box | undefined {
  const size = textSize(text)
  return text === '' ? undefined : { x: box.x + box.width / 2 - size.width / 2, y: box.y + box.height + 5, ...size }
}
export function labelAbove(text: string, box: Box): Box | undefined {
  const size = textSize(text)
  return text === '' ? undefined : { x: box.x + box.width / 2 - size.width / 2, y: box.y - size.height - 5, ...size }
}
/** Beside the line, over its beginning. */
export function labelAt(text: string, at: Point, width: number): Box | undefined {
  const size = textSize(text, width)
  return text === '' ? undefined : { x: at.x, y: at.y - size.height - 2, ...size }
}
