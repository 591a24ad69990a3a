import { parseBpmn } from '../../engine/kernel/index.ts'
import { benchKernel } from './kernel.ts'
import { nineElements, VARIABLES } from './nine-elements.ts'

const { processes } = await parseBpmn(nineElements())
const p = processes[0]!
for (let i = 0; i < 3; i++) console.log(Math.round(benchKernel(p, VARIABLES, 2000)))
