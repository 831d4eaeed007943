import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { app, BrowserWindow, dialog, powerMonitor, safeStorage } from 'electron'
import { registerAppScheme, serveAppScheme } from './app-scheme.ts'
import { awsEndpoint } from './aws-endpoint.ts'
import { type Console, compose } from './compose.ts'
import { defaultDataFolder } from './data/folder.ts'
import { lockFolder } from './data/lock.ts'
import { createLogFile } from './data/log-file.ts'
import { debugSwitch, lockDown } from './desktop-lockdown.ts'
import { takeVariables } from './environments/sources.ts'
import { type Log, redact } from './incidents.ts'
import { setMenu } from './menu.ts'
import { mountMessagePort } from './mount/message-port.ts'
import { createSafeStorageSecrets } from './safe-storage-secrets.ts'
import { isOurPage, openWindow } from './window.ts'

/** The desktop: one window, everything started behind it, and everything stopped when it quits. */

/** Built, this file is `out/main/desktop.js`; packed, `out` lies in the archive. */
const built = import.meta.dirname

/** Only our own arguments are read, never those of a second instance. */
function argument(name: 'data' | 'aws-endpoint'): string | undefined {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, 'aws-endpoint': { type: 'string' } },
    strict: false,
    allowPositionals: true,
  })
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

function dataFolder(): string {
  const given = argument('data')
  return given === undefined ? defaultDataFolder() : resolve(given)
}

/** What encrypts passwords here: Linux has several key stores, or none. Known only once the app is ready. */
function keyStoreName(): string {
  if (process.platform === 'linux') return safeStorage.getSelectedStorageBackend()
  return process.platform === 'darwin' ? 'keychain' : 'dpapi'
}

async function startConsole(folder: string, log: Log): Promise<Console> {
  const secrets = await createSafeStorageSecrets({
    keyStore: safeStorage,
    backend: keyStoreName(),
    path: join(folder, 'state', 'passwords.json'),
    log,
  })
  return compose({
    dataFolder: folder,
    mode: 'desktop',
    version: app.getVersion(),
    variables: takeVariables(process.env),
    allowProdChanges: true,
    awsEndpoint: awsEndpoint(argument('aws-endpoint'), process.env),
    awsVariables: process.env,
    secrets,
    log,
    workerUrl: new URL('./postgres-worker.js', import.meta.url),
  })
}

function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Runs until the app quits, and gives the exit code. */
async function run(folder: string): Promise<number> {
  const ended = Promise.withResolvers<number>()
  // The windows are closed by now; what stands behind them is closed below, then the app exits.
  app.on('will-quit', (event) => {
    event.preventDefault()
    ended.resolve(0)
  })
  app.on('second-instance', focusWindow)
  await app.whenReady()

  await using opened = new AsyncDisposableStack()
  const lock = await lockFolder(folder)
  opened.defer(() => lock.release())
  const log = createLogFile(join(folder, 'basepair.log'))
  log(`started: version ${app.getVersion()}, process ${process.pid}, Electron ${process.versions['electron'] ?? 'stand-in'}`)
  opened.defer(() => log('ended'))
  process.on('unhandledRejection', (error) => log(`unhandled rejection: ${redact(inspect(error))}`))
  process.on('uncaughtException', (error) => {
    log(`uncaught exception: ${redact(inspect(error))}`)
    ended.resolve(1)
  })

  // The window opens while the servers start: its first calls wait in its port.
  let console: Console | null = null
  const starting = startConsole(folder, log)
  opened.defer(async () => (await starting.catch(() => null))?.close())
  await serveAppScheme({ bundleFolder: join(built, '..', 'renderer'), pages: () => console?.pages ?? null })
  const mount = mountMessagePort({
    router: starting.then(({ router }) => router),
    isOurPage,
    log,
    left: (window) => console?.pages.drop(window),
  })
  opened.defer(() => mount.close())
  setMenu()
  const open = () =>
    openWindow({ preload: join(built, '..', 'preload', 'index.cjs'), placeFile: join(folder, 'state', 'window.json'), log })
  const [window] = await Promise.all([
    open(),
    starting.then((started) => {
      console = started
    }),
  ])

  powerMonitor.on('resume', () => {
    log('resumed: every connection is looked at anew')
    console?.wake().catch((error: unknown) => log(`resume: ${redact(inspect(error))}`))
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open().catch((error: unknown) => log(`window: ${redact(inspect(error))}`))
  })

  const { session } = window.webContents
  const code = await ended.promise
  log('ending')
  await Promise.all([session.clearStorageData(), session.clearCache()])
  return code
}

function refuseStart(reason: string): void {
  process.stderr.write(`${reason.replaceAll('\n', ' ')}\n`)
  app.exit(1)
}

const folder = dataFolder()
const debugging = app.isPackaged ? debugSwitch() : null
if (debugging !== null) refuseStart(`Basepair does not start with --${debugging}: it would open the console to other programs.`)
else {
  app.enableSandbox()
  registerAppScheme()
  lockDown()
  // Chromium's own files; the single-instance lock is held for this folder. All of it before the first await, which may let the app become ready.
  const chromiumFolder = join(folder, 'desktop')
  mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 })
  app.setPath('userData', chromiumFolder)
  if (app.requestSingleInstanceLock()) {
    run(folder).then(
      (code) => app.exit(code),
      (error: unknown) => {
        const reason = redact(error instanceof Error ? error.message : String(error))
        dialog.showErrorBox('Basepair cannot start', reason)
        refuseStart(reason)
      },
    )
  } else {
    process.stderr.write(`Basepair runs already with the data folder ${folder}; its window was brought to the front.\n`)
    app.exit(0)
  }
}
