import type { PageRequest } from '../../../engine/window/document/page-request.ts'

export const NUMBER = 'SWD00JJ4CA9J2AK'
export const FRAME: PageRequest['frame'] = {
  number: NUMBER,
  issuedAt: '2018-05-14 10:00 (+08:00)',
  validUntil: '2018-05-15 10:00 (+08:00)',
  operator: { zh: '厦门', en: 'Xiamen' },
  verifyUrl: `https://window.example.cn/verify/${NUMBER}?c=7Q2MX-K94TA`,
  checkCode: '7Q2MX-K94TA',
  keyId: '0123456789abcdef',
  createdAt: '2018-05-14T02:00:00.000Z',
}
