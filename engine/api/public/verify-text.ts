import type { DocumentState } from '../../window/index.ts'
import type { Language } from '../language.ts'

interface StateText {
  readonly name: string
  readonly headline: string
  readonly hint: string
}
/** Wording of the public page. */
export interface VerifyText {
  readonly window: string
  readonly title: string
  readonly intro: string
  readonly footer: string
  readonly keys: string
  readonly notGenuine: string
  readonly notGenuineHint: string
  readonly unknownFileHint: string
  readonly codeWanted: string
  readonly codeWantedHint: string
  readonly broken: string
  readonly brokenHint: string
  readonly changed: string
  readonly changedHint: string
  readonly unchanged: string
  readonly states: Readonly<Record<DocumentState, StateText>>
  readonly labels: Readonly<
    Record<
      'kind' | 'number' | 'state' | 'changedAt' | 'holder' | 'receiptNo' | 'issuedAt' | 'validUntil' | 'digest' | 'keyId' | 'code',
      string
    >
  >
  readonly withoutEnd: string
  readonly compareWithPaper: string
  readonly byNumber: string
  readonly check: string
  readonly another: string
  readonly byFile: string
  readonly fileHint: string
  readonly file: string
  readonly compare: string
}

export const VERIFY_TEXT: Readonly<Record<Language, VerifyText>> = {
  en: {
    window: 'International Trade Single Window',
    title: 'Check a document',
    intro: 'See whether a document of the single window is genuine and still valid. You need no account.',
    footer: 'Documents are signed by the operator (Ed25519); programs can check the signature themselves.',
    keys: 'Public keys',
    notGenuine: 'Not genuine',
    notGenuineHint: 'The single window has issued no document with this number and check code. Compare both with the paper.',
    unknownFileHint: 'The single window has issued no such file, or it was changed after it was issued.',
    codeWanted: 'Check code needed',
    codeWantedHint: 'Type the check code that is printed below the QR code of the document.',
    broken: 'Not genuine',
    brokenHint: 'What is kept about this document does not fit the signature of the operator. Tell the operator.',
    changed: 'The file was changed',
    changedHint: 'The number is genuine, but the file is not the one that was issued. Do not rely on what it says.',
    unchanged: 'The file is exactly as it was issued.',
    states: {
      valid: { name: 'Valid', headline: 'Genuine and valid', hint: 'The document was issued by the single window and is valid now.' },
      revoked: {
        name: 'Revoked',
        headline: 'Genuine, but revoked',
        hint: 'The document was issued and was revoked later. It is not valid.',
      },
      superseded: { name: 'Superseded', headline: 'Genuine, but superseded', hint: 'A newer document took its place. It is not valid.' },
      used: { name: 'Used', headline: 'Genuine, but used', hint: 'The document was used for what it allowed. It cannot be used again.' },
      expired: { name: 'Expired', headline: 'Genuine, but expired', hint: 'The time of its validity is over.' },
    },
    labels: {
      kind: 'Kind',
      number: 'Document number',
      state: 'Status',
      changedAt: 'Since',
      holder: 'Holder',
      receiptNo: 'Receipt number',
      issuedAt: 'Issued at',
      validUntil: 'Valid until',
      digest: 'Digest of the file (SHA-256)',
      keyId: 'Signed with key',
      code: 'Check code',
    },
    withoutEnd: 'Without end',
    compareWithPaper: 'Compare this with the paper before you: a genuine code can be copied onto another document.',
    byNumber: 'By number and check code',
    check: 'Check',
    another: 'Check another document',
    byFile: 'Check a file',
    fileHint: 'See whether the PDF of {number} that you have is exactly the one that was issued.',
    file: 'PDF file (it is compared and not kept)',
    compare: 'Compare',
  },
  zh: {
    window: '国际贸易单一窗口',
    title: '文书核验',
    intro: '核验单一窗口签发的文书是否真实、当前是否有效，无需登录。',
    footer: '文书由运营方电子签名（Ed25519），程序可自行验证签名。',
    keys: '公钥',
    notGenuine: '核验不通过',
    notGenuineHint: '单一窗口未签发过此编号和核验码的文书，请与纸面内容核对后重试。',
    unknownFileHint: '单一窗口未签发过此文件，或文件签发后被改动。',
    codeWanted: '请输入核验码',
    codeWantedHint: '核验码印在文书二维码下方。',
    broken: '核验不通过',
    brokenHint: '该文书的留存记录与运营方签名不符，请告知运营方。',
    changed: '文件已被改动',
    changedHint: '编号真实，但文件与签发时不一致，其内容不可采信。',
    unchanged: '文件与签发时完全一致。',
    states: {
      valid: { name: '有效', headline: '真实有效', hint: '该文书由单一窗口签发，当前有效。' },
      revoked: { name: '已撤销', headline: '真实，但已撤销', hint: '该文书签发后已被撤销，不再有效。' },
      superseded: { name: '已被替代', headline: '真实，但已被替代', hint: '该文书已由新文书替代，不再有效。' },
      used: { name: '已使用', headline: '真实，但已使用', hint: '该文书已使用，不得再次使用。' },
      expired: { name: '已过期', headline: '真实，但已过期', hint: '该文书已超过有效期。' },
    },
    labels: {
      kind: '文书种类',
      number: '文书编号',
      state: '状态',
      changedAt: '变更时间',
      holder: '持有人',
      receiptNo: '受理编号',
      issuedAt: '签发时间',
      validUntil: '有效期至',
      digest: '文件摘要（SHA-256）',
      keyId: '签名密钥',
      code: '核验码',
    },
    withoutEnd: '长期有效',
    compareWithPaper: '请与手中文书的内容逐项核对：真实的二维码可能被复制到其他文书上。',
    byNumber: '按编号和核验码核验',
    check: '核验',
    another: '核验其他文书',
    byFile: '核验文件',
    fileHint: '核对您持有的 {number} PDF 文件与签发时是否完全一致。',
    file: 'PDF 文件（仅用于比对，不会保存）',
    compare: '比对',
  },
}
