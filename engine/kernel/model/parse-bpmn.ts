import type { ParsedBpmn } from './contract.ts'
import type { ExecutableProcess } from './executable-process.ts'
import { type ModdleElement, many, one } from './moddle.ts'
import { completePlain } from './plain/complete-plain.ts'
import { Problems } from './problems.ts'
import { readXml } from './read-xml.ts'
import { transformProcess } from './transform/process.ts'
import { checkDialect } from './validate/dialect.ts'
import { refuseUnknownExtensions } from './validate/extensions.ts'
import { ownExtensions } from './validate/own-extensions.ts'
import { validateProcess } from './validate/process.ts'
import { checkStandard } from './validate/standard/check-standard.ts'

/**
 * Reads a BPMN file into executable processes and lists all that is wrong with it.
 *
 * Processes with `isExecutable="false"` are pictures and left out. Never rejects: a file that cannot be read at all is
 * one problem on `definitions`. Async only because the XML library is.
 */
export async function parseBpmn(xml: string): Promise<ParsedBpmn> {
  const problems = new Problems()
  const definitions = await readXml(xml, problems)
  if (!definitions) return { processes: [], problems: problems.list, notes: [], hasDiagram: false }
  refuseUnknownExtensions(definitions, problems)
  checkStandard(definitions, problems)
  checkDialect(definitions, problems)
  completePlain(definitions, problems)
  const processes: ExecutableProcess[] = []
  for (const root of many(definitions, 'rootElements')) {
    if (root.$type !== 'bpmn:Process' || root.isExecutable === false) continue
    const process = transformProcess(root, problems)
    validateProcess(process, problems)
    processes.push(process)
  }
  return {
    processes,
    problems: problems.list,
    notes: processes.flatMap(ownExtensions),
    hasDiagram: many(definitions, 'diagrams').some(hasShapes),
  }
}

function hasShapes(diagram: ModdleElement): boolean {
  const plane = one(diagram, 'plane')
  return plane !== undefined && many(plane, 'planeElement').length > 0
}
