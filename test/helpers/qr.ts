import jsQR from 'jsqr'
import encoder from 'pdfmake/js/qrEnc.js'

const SCALE = 4
const QUIET_MODULES = 4

/** Reads a QR code drawn as the PDF maker draws it: the text that a telephone would see. */
export function readQrCode(text: string, eccLevel: string): string | undefined {
  const { _canvas: rectangles } = (encoder.default ?? encoder).measure({ qr: text, eccLevel, fit: 82 })
  const [paper, ...modules] = rectangles
  const unit = modules[0]?.w ?? 1
  const size = Math.round((paper?.w ?? 0) / unit)
  const width = (size + 2 * QUIET_MODULES) * SCALE
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const { x, y } of modules) {
    for (let dx = 0; dx < SCALE; dx += 1) {
      for (let dy = 0; dy < SCALE; dy += 1) {
        const row = (Math.round(y / unit) + QUIET_MODULES) * SCALE + dy
        const column = (Math.round(x / unit) + QUIET_MODULES) * SCALE + dx
        pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3)
      }
    }
  }
  return (jsQR as unknown as typeof jsQR.default)(pixels, width, width)?.data
}
