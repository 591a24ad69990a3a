/** Inside parts of the PDF maker that `right-to-left.ts` extends; the published types leave them out. */
declare module 'pdfmake/js/Renderer.js' {
  const module: { readonly default: { readonly prototype: { renderLine(line: unknown, x: number, y: number): unknown } } }
  export = module
}
declare module 'pdfmake/js/TextInlines.js' {
  const module: { readonly default: { readonly prototype: { measure(pieces: readonly unknown[], styles: unknown): unknown } } }
  export = module
}
declare module 'pdfmake/js/qrEnc.js' {
  interface Rectangle {
    readonly x: number
    readonly y: number
    readonly w: number
  }
  const module: { readonly default: { measure(node: object): { readonly _canvas: readonly Rectangle[] } } }
  export = module
}
