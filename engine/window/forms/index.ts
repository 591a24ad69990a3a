export { findUsccProblem } from './checksum.ts'
export { loadForms } from './load-forms.ts'
