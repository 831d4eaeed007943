import { defaultSession } from './default-session.ts'
import { whenRunning } from './running.ts'
import { preventable, requireKnown, StrictEmitter, strict } from './strict.ts'
import { WebContents } from './web-contents.ts'

export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

const windowOptions = [
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'title',
  'backgroundColor',
  'icon',
  'autoHideMenuBar',
  'titleBarStyle',
  'webPreferences',
]

/** What Electron would do for each; the stand-in can only run a page that is isolated and sandboxed, so it refuses anything less. */
const preferences: Readonly<Record<string, readonly unknown[] | 'any'>> = {
  preload: 'any',
  contextIsolation: [true],
  sandbox: [true],
  nodeIntegration: [false],
  nodeIntegrationInWorker: [false],
  nodeIntegrationInSubFrames: [false],
  webSecurity: [true],
  webviewTag: [false],
  allowRunningInsecureContent: [false],
  experimentalFeatures: [false],
  devTools: [true, false],
  spellcheck: [true, false],
  navigateOnDragDrop: [false],
  safeDialogs: [true, false],
  disableDialogs: [true, false],
  backgroundThrottling: [true, false],
}

const windows = new Set<BrowserWindow>()
let focused: BrowserWindow | null = null

/** A window without a frame or a screen: its page is real, its bounds are numbers that the page feels as its size. */
export class BrowserWindow extends StrictEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focused
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((one) => one.webContents.id === contents.id) ?? null
  }

  readonly webContents: WebContents
  readonly id: number
  #bounds: Rectangle
  #visible: boolean
  #minimized = false
  #maximized = false
  #destroyed = false

  constructor(options: Partial<Rectangle> & { show?: boolean; webPreferences?: Record<string, unknown> } = {}) {
    super('BrowserWindow', [
      'close',
      'closed',
      'ready-to-show',
      'show',
      'focus',
      'blur',
      'resize',
      'resized',
      'move',
      'moved',
      'maximize',
      'unmaximize',
    ])
    requireKnown('BrowserWindow', options, windowOptions)
    const given = options.webPreferences ?? {}
    for (const [key, value] of Object.entries(given)) {
      const allowed = preferences[key]
      if (allowed === undefined) throw new Error(`The stand-in for Electron does not know the option webPreferences.${key}`)
      if (allowed !== 'any' && !allowed.includes(value))
        throw new Error(`The stand-in for Electron cannot run a page with ${key}: ${value}`)
    }
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.#visible = options.show ?? true
    this.webContents = strict('webContents', new WebContents(whenRunning(), defaultSession, given))
    this.id = this.webContents.id
    void this.webContents.setBounds(this.#bounds).catch(() => undefined)
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
    this.webContents.once('destroyed', () => this.#closed())
    windows.add(this)
    announce(this.webContents)
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  close(): void {
    const event = preventable({})
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    void this.webContents.close()
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  show(): void {
    this.#visible = true
    this.focus()
    this.emit('show')
  }

  isVisible(): boolean {
    return this.#visible
  }

  focus(): void {
    focused = this
    void this.webContents.bringToFront().catch(() => undefined)
    this.emit('focus')
  }

  isFocused(): boolean {
    return focused === this
  }

  minimize(): void {
    this.#minimized = true
  }

  isMinimized(): boolean {
    return this.#minimized
  }

  restore(): void {
    this.#minimized = false
  }

  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }

  isMaximized(): boolean {
    return this.#maximized
  }

  getBounds(): Rectangle {
    return { ...this.#bounds }
  }

  getNormalBounds(): Rectangle {
    return { ...this.#bounds }
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    void this.webContents.setBounds(this.#bounds).catch(() => undefined)
    this.emit('resize')
    this.emit('move')
  }

  #closed(): void {
    this.#destroyed = true
    windows.delete(this)
    if (focused === this) focused = null
    this.emit('closed')
    if (windows.size === 0) onLastClosed()
  }
}

let announce: (contents: WebContents) => void = () => undefined
let onLastClosed: () => void = () => undefined

/** For `app`, which tells of new contents and of the last window's end. */
export function observeWindows(observer: { created(contents: WebContents): void; allClosed(): void }): void {
  announce = observer.created
  onLastClosed = observer.allClosed
}
