import { createHash } from 'node:crypto'
import type { DocumentCheck } from '../../window/index.ts'
import { isoTime } from '../iso-time.ts'
import type { Language } from '../language.ts'
import { PAGE_STYLE } from './verify-page-style.ts'
import { VERIFY_TEXT, type VerifyText } from './verify-text.ts'

/** What the page is about. */
export interface VerifyPageInput {
  /** False before anything was asked. */
  readonly asked: boolean
  readonly number: string | undefined
  readonly code: string | undefined
  readonly check: DocumentCheck | undefined
  readonly digestMatches: boolean | null
  readonly language: Language
  readonly zone: string
}

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64')
/** Only the page's own style; no scripts, images or frames, and forms to this server alone. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

export function verifyPage(input: VerifyPageInput): string {
  const text = VERIFY_TEXT[input.language]
  return `<!doctype html>
<html lang="${input.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(text.title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><p>${escaped(text.window)}</p>${languageSwitch(input)}</header>
<main>
<h1>${escaped(text.title)}</h1>
${verdict(input, text)}
${input.check ? details(input.check, input, text) : ''}
${input.check ? `<p><a href="/verify">${escaped(text.another)}</a></p>` : numberForm(input, text)}
${fileForm(input, text)}
</main>
<footer><p>${escaped(text.footer)} <a href="/verify/keys">${escaped(text.keys)}</a></p></footer>
</body>
</html>
`
}

function languageSwitch({ language, number, code, check }: VerifyPageInput): string {
  const other = language === 'zh' ? 'en' : 'zh'
  const query = new URLSearchParams({ ...(code ? { c: code } : {}), lang: other })
  const path = check || number ? `/verify/${encodeURIComponent(check?.number ?? number ?? '')}` : '/verify'
  return `<a href="${escaped(`${path}?${query}`)}" lang="${other === 'zh' ? 'zh-CN' : 'en'}" hreflang="${other}">${other === 'zh' ? '中文' : 'English'}</a>`
}

type Tone = 'good' | 'bad' | 'warn'

function verdict({ asked, number, check, digestMatches }: VerifyPageInput, text: VerifyText): string {
  if (!check) {
    if (asked) return box('bad', text.notGenuine, digestMatches === null ? text.notGenuineHint : text.unknownFileHint)
    return number ? box('warn', text.codeWanted, text.codeWantedHint) : `<p>${escaped(text.intro)}</p>`
  }
  if (!check.genuine) return box('bad', text.broken, text.brokenHint)
  if (digestMatches === false) return box('bad', text.changed, text.changedHint)
  const same = digestMatches ? ` ${text.unchanged}` : ''
  const state = text.states[check.state]
  return box(check.state === 'valid' ? 'good' : 'warn', state.headline, state.hint + same)
}

function box(tone: Tone, headline: string, hint: string): string {
  const sign = { good: '✓', bad: '✕', warn: '!' }[tone]
  return `<section class="verdict ${tone}" role="status"><span class="sign" aria-hidden="true">${sign}</span><div><h2>${escaped(headline)}</h2><p>${escaped(hint)}</p></div></section>`
}

function details(check: DocumentCheck, { language, zone }: VerifyPageInput, text: VerifyText): string {
  const time = (at: number): string => readable(isoTime(at, zone))
  const rows: readonly (readonly [label: string, value: string, style?: string])[] = [
    [text.labels.kind, language === 'zh' ? check.title.zh : check.title.en],
    [text.labels.number, check.number],
    [text.labels.state, text.states[check.state].name],
    ...(check.changedAt === null ? [] : [[text.labels.changedAt, time(check.changedAt)] as const]),
    [text.labels.holder, check.holder],
    [text.labels.receiptNo, check.receiptNo],
    [text.labels.issuedAt, time(check.issuedAt)],
    [text.labels.validUntil, check.validUntil === null ? text.withoutEnd : time(check.validUntil)],
    ...check.shown.map((field) => [language === 'zh' ? field.zh : field.en, field.value] as const),
    [text.labels.digest, check.digest, 'code'],
    [text.labels.keyId, check.keyId, 'code'],
  ]
  const shown = rows
    .map(([label, value, style = 'value']) => `<div><dt>${escaped(label)}</dt><dd class="${style}" dir="auto">${escaped(value)}</dd></div>`)
    .join('\n')
  return `<dl>\n${shown}\n</dl>\n<p class="quiet">${escaped(text.compareWithPaper)}</p>`
}

function numberForm({ number = '', code = '', language }: VerifyPageInput, text: VerifyText): string {
  return `<form method="get" action="/verify">
<h2>${escaped(text.byNumber)}</h2>
<label>${escaped(text.labels.number)}<input name="number" required maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false" value="${escaped(number)}" placeholder="SWD…"></label>
<label>${escaped(text.labels.code)}<input name="c" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" value="${escaped(code)}" placeholder="XXXXX-XXXXX"></label>
<input type="hidden" name="lang" value="${language}">
<button type="submit">${escaped(text.check)}</button>
</form>`
}

/** Without the number: the file says itself which document it is, or that it is none. */
function fileForm({ language, check, code }: VerifyPageInput, text: VerifyText): string {
  const query = new URLSearchParams({ ...(check && code ? { number: check.number, c: code } : {}), lang: language })
  return `<form method="post" action="${escaped(`/verify?${query}`)}" enctype="multipart/form-data">
<h2>${escaped(text.byFile)}</h2>
${check ? `<p class="quiet">${escaped(text.fileHint.replace('{number}', check.number))}</p>` : ''}
<label>${escaped(text.file)}<input type="file" name="file" accept="application/pdf,.pdf" required></label>
<button type="submit">${escaped(text.compare)}</button>
</form>`
}

/** 2018-05-14 10:00 (+08:00). */
function readable(iso: string): string {
  return iso.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*?(Z|[+-]\d{2}:\d{2})$/, '$1 $2 ($3)')
}

const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (symbol) => REFERENCES[symbol] ?? symbol)
}
