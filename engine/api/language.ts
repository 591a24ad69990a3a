import type { Text } from '../window/index.ts'

export type Language = keyof Text

/** `zh` unless the client prefers English. */
export function negotiateLanguage(header: string | undefined): Language {
  let best: { language: Language; quality: number } | undefined
  for (const part of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const language = tag.startsWith('en') ? 'en' : tag.startsWith('zh') || tag === '*' ? 'zh' : undefined
    const given = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='))
    const quality = given === undefined ? 1 : Number(given.slice(2))
    if (language && quality > 0 && (!best || quality > best.quality)) best = { language, quality }
  }
  return best?.language ?? 'zh'
}
