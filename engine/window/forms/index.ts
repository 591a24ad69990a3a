export { loadForms } from './load-forms.ts'
