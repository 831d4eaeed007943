import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Session as Devtools, Json } from './cdp.ts'
import { Frames } from './frames.ts'
import { ipcMain } from './ipc-main.ts'
import { type Carried, decode, MessagePortMain } from './message-port.ts'
import { pageWorldScript, preloadWorldScript } from './preload-world.ts'
import { answerRequests } from './requests.ts'
import type { Running } from './running.ts'
import { toApp, toPage } from './scheme-map.ts'
import type { Session } from './session.ts'
import { preventable, StrictEmitter } from './strict.ts'
import type { Targets } from './targets.ts'

const world = 'Electron Isolated Context'

export interface ChildWindow {
  readonly url: string
  readonly frameName: string
}

/** Said by a preload over its binding. */
type Said =
  | { kind: 'message'; channel: string; message: Carried; ports: number[] }
  | { kind: 'port-message'; port: number; data: Carried }
  | { kind: 'port-close'; port: number }
  | { kind: 'invoke'; id: number; channel: string; given: unknown[] }
  | { kind: 'navigate'; url: string }
  | { kind: 'open'; url: string }

let lastId = 0

/** One page of the real Chromium, as Electron's main process sees it. */
export class WebContents extends StrictEmitter {
  readonly id = ++lastId
  readonly session: Session
  readonly #frames = new Frames()
  readonly #preferences: Readonly<Record<string, unknown>>
  readonly #ports = new Map<string, MessagePortMain>()
  readonly #started: Promise<Devtools>
  #devtools: Devtools | undefined
  #targets: Targets | undefined
  #ownNavigation: string | undefined
  #windowOpenHandler: ((details: ChildWindow) => { action: string }) | undefined
  #applyPermissions: (url: string) => Promise<void> = () => Promise.resolve()
  #destroyed = false

  constructor(chromium: Promise<Running>, session: Session, preferences: Readonly<Record<string, unknown>>) {
    super('WebContents', [
      'will-navigate',
      'will-frame-navigate',
      'will-redirect',
      'will-attach-webview',
      'did-navigate',
      'did-start-navigation',
      'did-finish-load',
      'dom-ready',
      'render-process-gone',
      'preload-error',
      'destroyed',
      'before-input-event',
      'context-menu',
    ])
    this.session = session
    this.#preferences = preferences
    this.#started = chromium.then((running) => this.#start(running))
    this.#started.catch((error: unknown) => {
      if (!this.#destroyed) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    })
  }

  get mainFrame() {
    return this.#frames.main
  }

  getURL(): string {
    return this.#frames.main.url
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  getLastWebPreferences(): Readonly<Record<string, unknown>> {
    return this.#preferences
  }

  setWindowOpenHandler(handler: (details: ChildWindow) => { action: string }): void {
    this.#windowOpenHandler = handler
  }

  isDevToolsOpened(): boolean {
    return false
  }

  async loadURL(url: string): Promise<void> {
    const devtools = await this.#started
    this.session.visited(url)
    await this.#applyPermissions(url)
    this.#ownNavigation = url
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve))
    const { errorText } = await devtools.send('Page.navigate', { url: toPage(url) })
    if (errorText) throw new Error(`${errorText} loading '${url}'`)
    await loaded
  }

  /** Ends the page's process, as a crash would. */
  forcefullyCrashRenderer(): void {
    // Never answered: whoever would answer is gone.
    void this.#started.then((devtools) => devtools.send('Page.crash').catch(() => undefined))
  }

  reload(): void {
    void this.#started.then((devtools) => {
      this.#ownNavigation = this.getURL()
      return devtools.send('Page.reload')
    })
  }

  async close(): Promise<void> {
    const devtools = await this.#started
    await devtools.send('Page.close').catch(() => undefined)
  }

  async setBounds(bounds: { width: number; height: number }): Promise<void> {
    const devtools = await this.#started
    const { windowId } = await devtools.send('Browser.getWindowForTarget')
    await devtools.send('Browser.setWindowBounds', { windowId, bounds: { width: bounds.width, height: bounds.height } })
  }

  async bringToFront(): Promise<void> {
    const devtools = await this.#started
    await devtools.send('Page.bringToFront')
  }

  async #start(chromium: Running): Promise<Devtools> {
    const { targetId, devtools } = await chromium.targets.create()
    this.#devtools = devtools
    this.#targets = chromium.targets
    this.#listen(chromium, devtools, targetId)
    await devtools.send('Page.enable')
    this.#frames.start((await devtools.send('Page.getFrameTree')).frameTree)
    await devtools.send('Runtime.enable')

    const binding = `standin${randomBytes(8).toString('hex')}`
    const options = { binding, expose: randomBytes(16).toString('hex'), platform: process.platform }
    await devtools.send('Runtime.addBinding', { name: binding, executionContextName: world })
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorldScript(options) })
    const { preload } = this.#preferences
    if (typeof preload === 'string') {
      const source = preloadWorldScript(options, readFileSync(preload, 'utf8'))
      await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: world })
    }
    await answerRequests(devtools, this.session, { allows: (url, frameId, redirected) => this.#allows(url, frameId, redirected) })
    this.#applyPermissions = (url) => this.session.applyPermissions(chromium.browser, this, url)
    await devtools.send('Runtime.runIfWaitingForDebugger')
    return devtools
  }

  #listen(chromium: Running, devtools: Devtools, targetId: string): void {
    devtools.on('Page.frameAttached', (event) => this.#frames.attached(event))
    devtools.on('Page.frameDetached', (event) => this.#frames.detached(event))
    devtools.on('Page.frameNavigated', ({ frame }) => {
      this.#frames.navigated(frame)
      if (!frame.parentId) this.emit('did-navigate', {}, toApp(frame.url), 200, 'OK')
    })
    devtools.on('Page.domContentEventFired', () => this.emit('dom-ready', {}))
    devtools.on('Page.loadEventFired', () => this.emit('did-finish-load', {}))
    devtools.on('Page.windowOpen', ({ url, windowName }) =>
      chromium.targets.decide(this.#decide({ url: toApp(url), frameName: windowName })),
    )
    devtools.on('Runtime.executionContextCreated', ({ context }) => this.#frames.worldCreated(context, world))
    devtools.on('Runtime.executionContextDestroyed', ({ executionContextId }) => this.#worldGone(executionContextId))
    devtools.on('Runtime.executionContextsCleared', () => this.#frames.worldsGone().forEach((id) => void this.#endPorts(id)))
    devtools.on('Runtime.bindingCalled', ({ payload, executionContextId }) => this.#heard(executionContextId, JSON.parse(payload) as Said))
    devtools.on('Runtime.exceptionThrown', ({ exceptionDetails }) => this.#threw(exceptionDetails))
    devtools.on('Inspector.targetCrashed', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }))
    const gone = (event: Json): void => {
      if (event && event.targetId !== targetId) return
      chromium.browser.browser.off('Target.targetDestroyed', gone)
      this.#destroy()
    }
    chromium.browser.browser.on('Target.targetDestroyed', gone)
    chromium.browser.browser.once('gone', () => this.#destroy())
  }

  /** What the app says to a window that the page asks for: `allow` without a handler, as in Electron. */
  #decide(details: ChildWindow): 'allow' | 'deny' {
    if (!this.#windowOpenHandler) return 'allow'
    if (this.#windowOpenHandler(details).action !== 'deny') throw new Error('The stand-in for Electron opens no child windows of its own')
    return 'deny'
  }

  #destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    for (const id of this.#frames.worldsGone()) this.#endPorts(id)
    this.emit('destroyed')
  }

  #worldGone(id: number): void {
    this.#frames.worldGone(id)
    this.#endPorts(id)
  }

  #endPorts(worldId: number): void {
    for (const [key, port] of this.#ports) {
      if (!key.startsWith(`${worldId}:`)) continue
      this.#ports.delete(key)
      port.ended()
    }
  }

  #threw({ exception, text, executionContextId }: Json): void {
    if (!this.#frames.ofWorld(executionContextId)) return
    const error = new Error(exception?.description ?? text)
    process.stderr.write(`preload script: ${error.message}\n`)
    this.emit('preload-error', {}, this.#preferences['preload'], error)
  }

  #allows(url: string, frameId: string, redirected: boolean): boolean {
    const frame = this.#frames.get(frameId)
    const isMainFrame = frame === this.#frames.main
    if (isMainFrame && this.#ownNavigation === url && !redirected) {
      this.#ownNavigation = undefined
      return true
    }
    const event = preventable({ url, isMainFrame, isSameDocument: false, frame: frame ?? null })
    if (redirected) this.emit('will-redirect', event, url, false, isMainFrame)
    else {
      this.emit('will-frame-navigate', event)
      if (isMainFrame) this.emit('will-navigate', event, url, false, isMainFrame)
    }
    return !event.defaultPrevented
  }

  #heard(worldId: number, said: Said): void {
    const frames = this.#frames
    const from = frames.ofWorld(worldId)
    const key = (port: number): string => `${worldId}:${port}`
    const event = {
      sender: this,
      processId: 1,
      frameId: 1,
      type: 'frame' as const,
      // As in Electron: the frame is looked up when asked for, and gone once its document is.
      get senderFrame() {
        return frames.ofWorld(worldId) === from && from && !from.detached ? from : null
      },
    }
    switch (said.kind) {
      case 'message':
        ipcMain.emit(
          said.channel,
          withPorts(
            event,
            said.ports.map((id) => this.#port(worldId, id)),
          ),
          decode(said.message),
        )
        return
      case 'port-message':
        this.#ports.get(key(said.port))?.arrived(said.data)
        return
      case 'port-close':
        this.#ports.get(key(said.port))?.ended()
        this.#ports.delete(key(said.port))
        return
      case 'invoke':
        void ipcMain
          .answer(said.channel, event, said.given)
          .then((settled) =>
            this.#evaluate(
              worldId,
              `standin.settle(${said.id}, ${JSON.stringify(settled.value) ?? 'undefined'}, ${JSON.stringify(settled.error) ?? 'undefined'})`,
            ),
          )
        return
      case 'navigate':
        if (this.#allows(toApp(said.url), frames.main.frameTreeNodeId, false)) void this.loadURL(toApp(said.url)).catch(() => undefined)
        return
      case 'open':
        if (this.#decide({ url: toApp(said.url), frameName: '' }) === 'allow') void this.#targets?.open(said.url)
        return
      default:
        throw new Error(`The stand-in heard ${JSON.stringify(said satisfies never)}`)
    }
  }

  #port(worldId: number, id: number): MessagePortMain {
    const port = new MessagePortMain(
      (data) => this.#evaluate(worldId, `standin.toPort(${id}, ${JSON.stringify(data)})`),
      () => {
        this.#ports.delete(`${worldId}:${id}`)
        this.#evaluate(worldId, `standin.closePort(${id})`)
      },
    )
    this.#ports.set(`${worldId}:${id}`, port)
    return port
  }

  #evaluate(contextId: number, expression: string): void {
    // The document may be gone before the message reaches it, as with a real port.
    this.#devtools?.send('Runtime.evaluate', { contextId, expression }).catch(() => undefined)
  }
}

/** The event with its ports; a spread would read `senderFrame` once and for all. */
function withPorts<T extends object>(event: T, ports: MessagePortMain[]): T & { ports: MessagePortMain[] } {
  return Object.defineProperties({ ports }, Object.getOwnPropertyDescriptors(event)) as T & { ports: MessagePortMain[] }
}
