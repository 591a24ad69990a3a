export { compileExpression } from './compile-expression.ts'
export { compileUnaryTests } from './compile-unary-tests.ts'
export type { CompiledExpression, CompiledUnaryTests, ExpressionEnv, ExpressionFailure, FeelScope, FeelValue } from './contract.ts'
