import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserWindow, observeWindows } from './browser-window.ts'
import { defaultSession } from './default-session.ts'
import { start, stop } from './running.ts'
import { preventable, StrictEmitter, strict } from './strict.ts'

const root = process.cwd()
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; productName?: string; version: string }

class CommandLine {
  appendSwitch(): void {
    throw new Error('The stand-in for Electron passes no switches to Chromium')
  }

  hasSwitch(name: string): boolean {
    return process.argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`))
  }
}

class App extends StrictEmitter {
  readonly commandLine = strict('app.commandLine', new CommandLine())
  readonly name = manifest.productName ?? manifest.name
  /** Whether the app runs from a package; told by the environment, since here it never does. */
  readonly isPackaged = process.env['STANDIN_PACKAGED'] === '1'
  readonly #paths = new Map<string, string>()
  readonly #whenReady: Promise<void>
  #ready = false
  #sandboxed = false
  #quitting = false
  #releaseLock: (() => void) | undefined

  constructor() {
    super('app', [
      'ready',
      'activate',
      'second-instance',
      'window-all-closed',
      'before-quit',
      'will-quit',
      'quit',
      'web-contents-created',
      'session-created',
      'certificate-error',
      'select-client-certificate',
      'login',
      'render-process-gone',
      'child-process-gone',
    ])
    observeWindows({
      created: (contents) => this.emit('web-contents-created', {}, contents),
      allClosed: () => this.#allClosed(),
    })
    this.#whenReady = new Promise((resolve) => this.once('ready', resolve))
    process.on('SIGINT', () => this.quit())
    process.on('SIGTERM', () => this.quit())
    // As in Electron, the app becomes ready only after its entry has run.
    setImmediate(() => void this.#begin())
  }

  async #begin(): Promise<void> {
    if (this.#quitting) return
    if (!this.#sandboxed) throw new Error('The stand-in for Electron runs only an app that calls app.enableSandbox() before it is ready')
    const { browser } = await start(this.getPath('userData'))
    process.send?.({ kind: 'endpoint', endpoint: browser.endpoint })
    browser.browser.once('gone', () => {
      if (!this.#quitting) process.stderr.write('Chromium ended before the app did\n')
    })
    this.#ready = true
    this.emit('session-created', defaultSession)
    this.emit('ready', {})
  }

  whenReady(): Promise<void> {
    return this.#whenReady
  }

  isReady(): boolean {
    return this.#ready
  }

  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready')
    this.#sandboxed = true
  }

  getVersion(): string {
    return manifest.version
  }

  getName(): string {
    return this.name
  }

  setName(): void {
    throw new Error('The stand-in for Electron keeps the name of the package')
  }

  setAppUserModelId(): void {
    // Only Windows has one.
  }

  getAppPath(): string {
    return root
  }

  getPath(name: string): string {
    const set = this.#paths.get(name)
    if (set !== undefined) return set
    if (name === 'home') return homedir()
    if (name === 'temp') return tmpdir()
    if (name === 'appData') return process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
    if (name === 'userData') return join(this.getPath('appData'), this.name)
    throw new Error(`The stand-in for Electron has no path ${name}`)
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  /** Held by a file with our process id; a later instance leaves a note beside it and is told no. */
  requestSingleInstanceLock(additionalData: object = {}): boolean {
    const folder = join(this.getPath('userData'), 'standin-lock')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'first')
    const holder = readPid(file)
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
      const note = { argv: process.argv, cwd: process.cwd(), additionalData }
      // Moved in place, so that the first never reads half of it.
      writeFileSync(join(folder, `.${process.pid}`), JSON.stringify(note))
      renameSync(join(folder, `.${process.pid}`), join(folder, `second-${process.pid}`))
      return false
    }
    writeFileSync(file, String(process.pid))
    const watcher = watch(folder, (_event, name) => {
      if (!name?.startsWith('second-')) return
      const text = readIfThere(join(folder, name))
      rmSync(join(folder, name), { force: true })
      if (!text) return
      const note = JSON.parse(text) as { argv: string[]; cwd: string; additionalData: object }
      this.emit('second-instance', {}, note.argv, note.cwd, note.additionalData)
    })
    this.#releaseLock = () => {
      watcher.close()
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true })
    }
    return true
  }

  releaseSingleInstanceLock(): void {
    this.#releaseLock?.()
    this.#releaseLock = undefined
  }

  quit(): void {
    const event = preventable({})
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#quitting = true
    const windows = BrowserWindow.getAllWindows()
    if (windows.length === 0) this.#willQuit()
    else for (const one of windows) one.close()
  }

  exit(code = 0): void {
    this.#quitting = true
    for (const one of BrowserWindow.getAllWindows()) one.destroy()
    void this.#end(code)
  }

  #allClosed(): void {
    if (this.#quitting) this.#willQuit()
    else if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
    else this.quit()
  }

  #willQuit(): void {
    const event = preventable({})
    this.emit('will-quit', event)
    if (!event.defaultPrevented) void this.#end(0)
  }

  async #end(code: number): Promise<void> {
    this.emit('quit', {}, code)
    await stop()
    this.releaseSingleInstanceLock()
    process.exit(code)
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function readPid(file: string): number | undefined {
  const text = readIfThere(file)
  return text === undefined ? undefined : Number(text)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export const app = strict('app', new App())
