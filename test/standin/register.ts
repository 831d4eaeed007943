import { registerHooks } from 'node:module'

/** `node --import` of this file resolves `electron` to the stand-in, for a bundle that was built for the real one. */
const standin = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: standin, shortCircuit: true } : next(specifier, context)),
})
