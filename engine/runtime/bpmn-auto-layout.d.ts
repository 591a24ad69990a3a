declare module 'bpmn-auto-layout' {
  /** Draws the first process of a BPMN file; what stands in the file is kept. */
  export function layoutProcess(xml: string): Promise<string>
}
