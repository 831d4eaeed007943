import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type Browser, type BrowserContext, chromium, type ElectronApplication, type Page } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')

// biome-ignore lint/suspicious/noExplicitAny: the module as a test meets it in main: Electron's own or the stand-in's.
export type ElectronModule = any

/** The desktop app under test: the built main and preload bundles, on Electron or on its stand-in. */
export interface Desktop {
  readonly kind: 'Electron' | 'stand-in'
  readonly page: Page
  /** What the app wrote on standard error so far. */
  said(): string
  /** Every page there is, with the ones that should not be. */
  pages(): readonly Page[]
  /** Runs a function in the main process, with the `electron` module and one argument. It sees nothing of its surroundings here. */
  inMain<Argument, Result>(
    run: (electron: ElectronModule, argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>
  /** Quits the app as its menu does, and gives the exit code. */
  quit(): Promise<number | null>
  /** Ends the process whatever became of it. */
  kill(): Promise<void>
}

export interface LaunchOptions {
  readonly dataFolder: string
  /** Where the build is, for a test of another one. */
  readonly out?: string
  readonly arguments?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Environments that need no server to be started, and have none: for tests of the shell alone. */
export const withoutServers = {
  CONNECTION_URL: 'postgresql://nobody@127.0.0.1:9/nothing?sslmode=disable',
  PROD_CONNECTION_URL: 'postgresql://nobody@127.0.0.1:9/nothing?sslmode=disable',
} as const

/** Electron's binary, if there is one. */
export function findElectron(): string | null {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const binary = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name)
  return existsSync(binary) ? binary : null
}

/** One line for whoever reads the run: which of the two the tests ran on. */
export function announceKind(): string {
  const electron = findElectron()
  return electron === null
    ? "DESKTOP TESTS RUN ON THE STAND-IN FOR ELECTRON (Electron's binary is not installed); CONTRIBUTING.md says what that does not prove."
    : `DESKTOP TESTS RUN ON REAL ELECTRON: ${electron}`
}

/** Starts the app and waits for its page. */
export function launchDesktop(options: LaunchOptions): Promise<Desktop> {
  const electron = findElectron()
  return electron === null ? launchStandin(options) : launchElectron(electron, options)
}

/** The command that starts the app, for tests that start it by hand. */
export function desktopCommand({ dataFolder, out = process.env['BASEPAIR_OUT'] ?? join(root, 'out'), ...options }: LaunchOptions): {
  command: string
  args: string[]
} {
  const given = ['--data', dataFolder, ...(options.arguments ?? [])]
  const electron = findElectron()
  if (electron !== null) return { command: electron, args: [root, ...given] }
  return {
    command: process.execPath,
    args: ['--import', join(root, 'test', 'standin', 'register.ts'), join(out, 'main', 'desktop.js'), ...given],
  }
}

async function launchElectron(executablePath: string, options: LaunchOptions): Promise<Desktop> {
  const { args } = desktopCommand(options)
  const app: ElectronApplication = await _electron.launch({ executablePath, args, env: environment(options) })
  let said = ''
  app.process().stderr?.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const page = await app.firstWindow()
  await page.waitForLoadState('load')
  return {
    kind: 'Electron',
    page,
    said: () => said,
    pages: () => app.windows(),
    inMain: (run, argument) => app.evaluate(run as never, argument) as never,
    async quit() {
      const ended = ending(app.process())
      await app.evaluate(({ app: own }) => own.quit()).catch(() => undefined)
      return ended
    },
    async kill() {
      app.process().kill('SIGKILL')
      await ending(app.process())
    },
  }
}

async function launchStandin(options: LaunchOptions): Promise<Desktop> {
  const { command, args } = desktopCommand(options)
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: environment(options) })
  let said = ''
  child.stderr?.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { kind: string; endpoint: string }) => {
      if (message.kind === 'endpoint') resolve(message.endpoint)
    })
    child.once('exit', (code) => reject(new Error(`The app ended with ${code}: ${said}`)))
  })
  const browser = await chromium.connectOverCDP(endpoint)
  const [context] = browser.contexts()
  if (!context) throw new Error('Chromium has no context')
  const page = await firstPage(context).catch((error: unknown) => {
    throw new Error(`The app opened no page: ${said}`, { cause: error })
  })
  return {
    kind: 'stand-in',
    page,
    said: () => said,
    pages: () => context.pages(),
    inMain: (run, argument) => evaluate(child, run.toString(), argument) as never,
    async quit() {
      const ended = ending(child)
      await evaluate(child, '({ app }) => { setImmediate(() => app.quit()) }', undefined)
      const code = await ended
      await disconnect(browser)
      return code
    },
    async kill() {
      // Its Chromium goes with it: SIGTERM lets the stand-in end what it started.
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ending(child)
      await disconnect(browser)
    },
  }
}

async function firstPage(context: BrowserContext): Promise<Page> {
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  await page.waitForURL(/\.standin/)
  await page.waitForLoadState('load')
  return page
}

const environment = (options: LaunchOptions): Record<string, string> => {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(inherited), ...options.environment }
}

async function ending(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

const disconnect = (browser: Browser): Promise<void> => browser.close().catch(() => undefined)

let evaluations = 0

function evaluate(child: ChildProcess, source: string, argument: unknown): Promise<unknown> {
  const id = ++evaluations
  return new Promise((resolve, reject) => {
    const listen = (message: { kind: string; id: number; value?: unknown; error?: string }): void => {
      if (message.id !== id) return
      child.off('message', listen)
      if (message.kind === 'value') resolve(message.value)
      else reject(new Error(message.error))
    }
    child.on('message', listen)
    child.send({ kind: 'evaluate', id, source, argument })
  })
}
