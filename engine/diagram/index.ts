/** The door of the drawing room: how a BPMN file is laid out. */
export { layOutDiagram } from './lay-out-diagram.ts'
