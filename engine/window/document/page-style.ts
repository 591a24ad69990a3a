/** Name under which the fonts of Chinese, Latin, Greek and Cyrillic text are known to the PDF maker. */
export const FONT = 'Sans'

export const SIZE = { title: 19, subtitle: 12, heading: 11, body: 9.5, cell: 8.5, small: 8, tiny: 7 } as const

export const COLOR = { ink: '#1c2733', quiet: '#56657a', brand: '#0b5394', rule: '#aab4c0', hairline: '#d7dde5', band: '#eef3f8' } as const
