import type { Content, ContentText, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import { blockOf } from './page-block.ts'
import { type MarkupElement, parseMarkup } from './page-markup.ts'
import type { PageFrame, PageRequest } from './page-request.ts'
import { COLOR, FONT, SIZE } from './page-style.ts'
import { textRuns } from './page-text.ts'

const MARGIN = 45
const HEAD_HEIGHT = 58
const FOOT_HEIGHT = 56
const QR_WIDTH = 82

/**
 * What a filled template says, laid out for the PDF maker.
 * @throws Error naming the element that is not of the vocabulary of `forms/documents/README.md`.
 */
export function layOutPages({ source, frame }: PageRequest): TDocumentDefinitions {
  const root = parseMarkup(source)
  if (root.name !== 'document') throw new Error(`Expected a page description to be a <document>, but found <${root.name}>`)
  const { zh = '', en = '' } = root.attributes
  const landscape = root.attributes.orientation === 'landscape'
  return {
    pageSize: 'A4',
    pageOrientation: landscape ? 'landscape' : 'portrait',
    pageMargins: [MARGIN, HEAD_HEIGHT, MARGIN, FOOT_HEIGHT],
    info: {
      title: `${zh} ${en} ${frame.number}`,
      subject: frame.number,
      author: `${frame.operator.zh} ${frame.operator.en}`,
      keywords: `key ${frame.keyId}`,
      creator: 'Single Window',
      producer: 'Single Window',
      creationDate: new Date(frame.createdAt),
    },
    // Names of files are numbers; the language is the first of the two that every text is in.
    language: 'zh-CN',
    defaultStyle: { font: FONT, fontSize: SIZE.body, color: COLOR.ink, lineHeight: 1.05 },
    header: (page) => pageHead(frame, page, `${zh} ${en}`),
    footer: (page, pages) => pageFoot(frame, page, pages),
    content: [titleBlock(frame, root, { zh, en }), ...root.children.map(blockOf)],
  }
}

/** On every page: whose it is; after the first page also what it is. */
function pageHead(frame: PageFrame, page: number, title: string): Content {
  return {
    margin: [MARGIN, 22, MARGIN, 0],
    stack: [
      {
        columns: [
          {
            text: [
              { text: '国际贸易单一窗口', bold: true, color: COLOR.brand },
              { text: '  International Trade Single Window', color: COLOR.quiet },
            ],
            fontSize: SIZE.small,
          },
          {
            text: page === 1 ? `${frame.operator.zh} ${frame.operator.en}` : `${title} · ${frame.number}`,
            fontSize: SIZE.small,
            color: COLOR.quiet,
            alignment: 'right',
          },
        ],
      },
      { canvas: [{ type: 'line', x1: 0, y1: 6, x2: 505, y2: 6, lineWidth: 1.2, lineColor: COLOR.brand }] },
    ],
  }
}

function pageFoot(frame: PageFrame, page: number, pages: number): Content {
  const line = (text: string): ContentText => ({ text, fontSize: SIZE.tiny, color: COLOR.quiet })
  return {
    margin: [MARGIN, 12, MARGIN, 0],
    columns: [
      {
        width: '*',
        stack: [
          line('本文件由国际贸易单一窗口签发并电子签名，扫描首页二维码可核验真伪及当前状态。'),
          line('Issued and signed electronically. Scan the code on the first page to check that it is genuine and still valid.'),
        ],
      },
      {
        width: 150,
        stack: [
          { ...line(frame.number), alignment: 'right' },
          { ...line(`第 ${page} 页，共 ${pages} 页 · Page ${page} of ${pages}`), alignment: 'right' },
        ],
      },
    ],
  }
}

/** Title, number and validity at the left, QR code at the right. */
function titleBlock(frame: PageFrame, root: MarkupElement, title: { readonly zh: string; readonly en: string }): Content {
  const rows = [labelled('编号 Number', frame.number), labelled('签发时间 Issued', frame.issuedAt)]
  // A bill is paid, a record is read: they are not valid or invalid.
  if (frame.validUntil !== null || root.attributes.validity !== 'none') {
    rows.push(labelled('有效期至 Valid until', frame.validUntil ?? '长期有效 Without end'))
  }
  return {
    margin: [0, 8, 0, 10],
    columns: [
      {
        width: '*',
        stack: [
          { text: textRuns(title.zh), fontSize: SIZE.title, bold: true, color: COLOR.ink },
          { text: textRuns(title.en), fontSize: SIZE.subtitle, color: COLOR.quiet, margin: [0, 1, 0, 10] },
          { table: { widths: [96, '*'], body: rows }, layout: 'noBorders' },
        ],
      },
      {
        width: QR_WIDTH + 12,
        stack: [
          { qr: frame.verifyUrl, fit: QR_WIDTH, eccLevel: 'M', foreground: '#000000', alignment: 'right' },
          { text: '核验码 Check code', fontSize: SIZE.tiny, color: COLOR.quiet, alignment: 'right', margin: [0, 3, 0, 0] },
          { text: frame.checkCode, fontSize: SIZE.small, bold: true, alignment: 'right' },
        ],
      },
    ],
  }
}

function labelled(label: string, value: string): Content[] {
  return [
    { text: label, fontSize: SIZE.small, color: COLOR.quiet, margin: [0, 1, 0, 0] },
    { text: value, bold: true },
  ]
}
