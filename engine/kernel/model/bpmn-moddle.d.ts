declare module 'bpmn-moddle' {
  export interface ImportWarning {
    readonly message: string
    readonly element?: unknown
    readonly property?: string
  }
  export class BpmnModdle {
    constructor(packages?: Readonly<Record<string, unknown>>)
    fromXML(xml: string): Promise<{ readonly rootElement: unknown; readonly warnings: readonly ImportWarning[] }>
  }
}
