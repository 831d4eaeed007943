/** What the scripts below are told when they start in a new document. */
export interface WorldOptions {
  /** Name of the binding, in the isolated world alone, that carries messages to Node. */
  readonly binding: string
  /** Name of the event by which the isolated world builds objects in the page's; random, so that the page cannot guess it. */
  readonly expose: string
  readonly platform: string
}

type Exposed = { value: unknown } | { call: number } | { members: Record<string, Exposed> }

/** Runs in the page's own world, before its scripts: builds what the preload exposes, as frozen values and functions. */
function pageWorld({ expose }: WorldOptions): void {
  let answer: { value?: unknown; pending?: number; error?: string } | undefined
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const build = (exposed: Exposed): unknown => {
    if ('value' in exposed) return exposed.value
    if ('members' in exposed)
      return Object.freeze(Object.fromEntries(Object.entries(exposed.members).map(([key, member]) => [key, build(member)])))
    return (...given: unknown[]) => {
      answer = undefined
      document.dispatchEvent(new CustomEvent(`${expose}-call`, { detail: { call: exposed.call, given } }))
      const got = answer as { value?: unknown; pending?: number; error?: string } | undefined
      if (!got) throw new Error('The preload script is gone')
      if (got.error !== undefined) throw new Error(got.error)
      if (got.pending === undefined) return got.value
      const id = got.pending
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    }
  }
  document.addEventListener(expose, (event) => {
    const { key, exposed } = (event as CustomEvent<{ key: string; exposed: Exposed }>).detail
    Object.defineProperty(globalThis, key, { value: build(exposed), enumerable: true, writable: false, configurable: false })
  })
  document.addEventListener(`${expose}-answer`, (event) => {
    answer = (event as CustomEvent<NonNullable<typeof answer>>).detail
  })
  document.addEventListener(`${expose}-settle`, (event) => {
    const { id, value, error } = (event as CustomEvent<{ id: number; value?: unknown; error?: string }>).detail
    if (error === undefined) pending.get(id)?.resolve(value)
    else pending.get(id)?.reject(new Error(error))
    pending.delete(id)
  })
}

/** Runs in the preload's isolated world: Electron's `contextBridge` and `ipcRenderer`, as much of them as a preload here may use. */
function preloadWorld(
  { binding, expose, platform }: WorldOptions,
  preload: (require: unknown, module: object, exports: object, process: unknown) => void,
) {
  if (window.top !== window) return
  const send = (globalThis as unknown as Record<string, (text: string) => void>)[binding] as (text: string) => void
  const say = (message: object): void => send(JSON.stringify(message))
  const strict = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        if (key in object) return Reflect.get(object, key)
        throw new Error(`The stand-in for Electron has no ${name}.${String(key)} in a preload`)
      },
    })

  const ports = new Map<number, MessagePort>()
  const invoked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const calls: ((...given: unknown[]) => unknown)[] = []
  let next = 1

  const toBase64 = (bytes: Uint8Array): string => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    return btoa(text)
  }
  const encode = (data: unknown): object => {
    if (data instanceof ArrayBuffer) return { bytes: toBase64(new Uint8Array(data)) }
    if (ArrayBuffer.isView(data)) return { bytes: toBase64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) }
    return { json: data }
  }
  const decode = (data: { json?: unknown; bytes?: string }): unknown =>
    data.bytes === undefined ? data.json : Uint8Array.from(atob(data.bytes), (character) => character.charCodeAt(0))

  const carry = (port: MessagePort): number => {
    const id = next++
    ports.set(id, port)
    port.addEventListener('message', (event) => say({ kind: 'port-message', port: id, data: encode(event.data) }))
    port.addEventListener('close', () => say({ kind: 'port-close', port: id }))
    port.start()
    return id
  }

  const describe = (value: unknown): Exposed => {
    if (typeof value === 'function') return { call: calls.push(value as (...given: unknown[]) => unknown) - 1 }
    if (typeof value !== 'object' || value === null) return { value }
    if (Array.isArray(value) || Object.getPrototypeOf(value) !== Object.prototype)
      throw new Error('The stand-in for Electron exposes plain objects, functions and simple values only')
    return { members: Object.fromEntries(Object.entries(value).map(([key, member]) => [key, describe(member)])) }
  }
  document.addEventListener(`${expose}-call`, (event) => {
    const { call, given } = (event as CustomEvent<{ call: number; given: unknown[] }>).detail
    const answer = (detail: object): boolean => document.dispatchEvent(new CustomEvent(`${expose}-answer`, { detail }))
    try {
      const value = calls[call]?.(...given)
      if (!(value instanceof Promise)) return void answer({ value })
      const id = next++
      answer({ pending: id })
      const settle = (detail: object): boolean => document.dispatchEvent(new CustomEvent(`${expose}-settle`, { detail: { id, ...detail } }))
      value.then(
        (settled) => settle({ value: settled }),
        (error: unknown) => settle({ error: error instanceof Error ? error.message : String(error) }),
      )
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) })
    }
  })

  const contextBridge = strict('contextBridge', {
    exposeInMainWorld: (key: string, api: unknown) => {
      document.dispatchEvent(new CustomEvent(expose, { detail: { key, exposed: describe(api) } }))
    },
  })
  const ipcRenderer = strict('ipcRenderer', {
    postMessage: (channel: string, message: unknown, transfer: MessagePort[] = []) =>
      say({ kind: 'message', channel, message: encode(message), ports: transfer.map(carry) }),
    invoke: (channel: string, ...given: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = next++
        invoked.set(id, { resolve, reject })
        say({ kind: 'invoke', id, channel, given })
      }),
  })
  Object.defineProperty(globalThis, 'standin', {
    value: {
      toPort: (id: number, data: { json?: unknown; bytes?: string }) => ports.get(id)?.postMessage(decode(data)),
      closePort: (id: number) => {
        ports.get(id)?.close()
        ports.delete(id)
      },
      settle: (id: number, value: unknown, error: string | undefined) => {
        if (error === undefined) invoked.get(id)?.resolve(value)
        else invoked.get(id)?.reject(new Error(error))
        invoked.delete(id)
      },
    },
  })

  // Navigations that never reach the network are seen by no DevTools event that could stop them; the Navigation API can.
  navigation.addEventListener('navigate', (event) => {
    const { url, sameDocument } = event.destination
    if (sameDocument || /^https?:/.test(url) || event.navigationType === 'traverse') return
    event.preventDefault()
    say({ kind: 'navigate', url })
  })

  // Chromium makes a tab of a click with a modifier, or with the middle button, without telling anyone; Electron asks the app.
  const ask = (event: MouseEvent): void => {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1)) return
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement)
    if (!link) return
    event.preventDefault()
    say({ kind: 'open', url: link.href })
  }
  addEventListener('click', ask, true)
  addEventListener('auxclick', ask, true)

  const require = (name: string): unknown => {
    if (name === 'electron') return strict('electron', { contextBridge, ipcRenderer })
    throw new Error(`The stand-in for Electron has no module ${name} in a preload`)
  }
  const module = { exports: {} }
  preload(require, module, module.exports, strict('process', { platform }))
}

/** The script for every new document's own world. */
export const pageWorldScript = (options: WorldOptions): string => `(${pageWorld})(${JSON.stringify(options)})`

/** The script for every new document's isolated world, with the text of the built preload inside. */
export const preloadWorldScript = (options: WorldOptions, preload: string): string =>
  `(${preloadWorld})(${JSON.stringify(options)}, function (require, module, exports, process) {\n${preload}\n})`
