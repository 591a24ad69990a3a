import type { Principal } from '../../access/index.ts'
import { ownsDeclaration } from '../../access/index.ts'
import type { SingleWindow, StoredDeclaration } from '../../window/index.ts'
import { notFound } from '../problem.ts'

/** @throws ProblemError 404 as well when it belongs to another enterprise: its existence is not theirs to know. */
export async function ownDeclaration(window: SingleWindow, principal: Principal, receiptNo: string): Promise<StoredDeclaration> {
  const declaration = await window.find(receiptNo)
  if (!declaration || !ownsDeclaration(principal, declaration.body)) {
    throw notFound({ en: `a declaration with receipt number ${receiptNo}`, zh: `回执号为 ${receiptNo} 的申报` })
  }
  return declaration
}
