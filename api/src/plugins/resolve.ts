import { registerHooks } from 'node:module'

/** What plug-ins may import of us, by the name they use: they lie anywhere and know no path to us. */
const modules: Readonly<Record<string, string>> = {
  'stint/plugin': new URL('./plugin.ts', import.meta.url).href,
  'stint/action': new URL('../engine/action.ts', import.meta.url).href,
  'stint/testing': new URL('./testing.ts', import.meta.url).href,
}

let isRegistered = false

/** From now on these names lead to us, in this process. */
export function resolvePluginImports(): void {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = modules[specifier]
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
    },
  })
}
