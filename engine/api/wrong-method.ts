import type { Api } from './api-parts.ts'

/** Methods that a path takes, for the request that came with another one. */
export type MethodsOf = (path: string) => readonly string[]

/** Remembers every route that is added from now on. */
export function rememberMethods(app: Api): MethodsOf {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const pattern = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    routes.push({ pattern: new RegExp(`^${pattern.join('/')}$`), methods: [method].flat() })
  })
  return (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))].sort()
}
