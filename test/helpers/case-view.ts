export * from '../../engine/api/trial/case-view.ts'
