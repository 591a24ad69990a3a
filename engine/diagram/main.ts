import { readFileSync, writeFileSync } from 'node:fs'
import { layOutDiagram } from './lay-out-diagram.ts'

/** `npm run layout -- FILE...` draws BPMN files anew, in place. */
const files = process.argv.slice(2)
if (files.length === 0) {
  console.error('Expected the BPMN files to draw: npm run layout -- processes/goods-import/goods-import.bpmn')
  process.exitCode = 1
}
for (const file of files) {
  try {
    writeFileSync(file, await layOutDiagram(readFileSync(file, 'utf8')))
    console.log(`${file}: drawn`)
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
