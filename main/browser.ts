import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, inspect } from 'node:util'
import { Command, InvalidArgumentError } from 'commander'
import { Failure } from '../preload/contract/errors.ts'
import { awsEndpoint } from './aws-endpoint.ts'
import { compose } from './compose.ts'
import { codeOf } from './data/file-failure.ts'
import { defaultDataFolder, openDataFolder } from './data/folder.ts'
import { lockFolder } from './data/lock.ts'
import { createLogFile } from './data/log-file.ts'
import { takeVariables } from './environments/sources.ts'
import { requireFreePort } from './http/listen.ts'
import { type BrowserServer, createBrowserServer } from './http/server.ts'
import { type Log, redact } from './incidents.ts'
import { openBrowser } from './open-browser.ts'

/** Browser mode: starts everything, serves it on loopback, and ends with everything stopped. */

/** Closing stops servers in order; past this it is given up. The next start takes over what still runs. */
const longestCloseMs = 60_000

interface Options {
  /** Absent: the port of the last time, or any. */
  readonly port?: number
  readonly open: boolean
  readonly data: string
  readonly allowProdChanges: boolean
  readonly awsEndpoint?: string
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function readOptions(): Options {
  const program = new Command('npm start --')
    .option('--browser', 'serve the page to a browser')
    .option('--port <number>', 'port to serve on; 0 takes any (default: the one of the last time)', parsePort)
    .option('--no-open', 'do not open a browser')
    .option('--data <folder>', 'where settings, state and the embedded servers live', defaultDataFolder())
    .option('--allow-prod-changes', 'let guarded environments be unlocked', false)
    .option('--aws-endpoint <url>', 'send every AWS call there (default: AWS_ENDPOINT_URL)')
    .allowExcessArguments(false)
    .parse()
  return program.opts<Options>()
}

/** The folder of package.json above this file, which runs from its source or from the build. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder))
}

function sentenceOf(error: unknown, options: Options): string {
  if (error instanceof Failure) return [error.message, error.data?.detail].filter(Boolean).join(' ')
  const code = codeOf(error)
  if (code === 'EADDRINUSE') return `Port ${options.port} is in use. Choose another with --port, or --port 0 for any that is free.`
  if (code === 'EACCES' && options.port !== undefined)
    return `Port ${options.port} needs more rights than this user has. Choose one above 1023 with --port.`
  return error instanceof Error ? error.message : String(error)
}

/** Libraries that print, and Node's warnings, belong into the log: standard output holds one line. */
function quieten(log: Log): void {
  const print = (...words: unknown[]) => log(redact(format(...words)))
  Object.assign(globalThis.console, { log: print, info: print, debug: print, warn: print, error: print })
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log(redact(warning.stack ?? warning.message)))
  // Whoever started Basepair may stop reading what it says.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** The port of the last time where it is still free, so that the page's address stays the same; otherwise any. */
async function lastPort(port: number | null): Promise<number> {
  if (port === null) return 0
  return requireFreePort(port).then(
    () => port,
    () => 0,
  )
}

/** Runs until a signal or a defect ends it, and gives the exit code. */
async function run(options: Options): Promise<number> {
  const ended = Promise.withResolvers<number>()
  // Heard from the start, so that a signal during the start still stops what was started; later ones change nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve(0))

  const root = findRoot(import.meta.dirname)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const built = import.meta.dirname === join(root, 'out', 'main')

  await using opened = new AsyncDisposableStack()
  const dataFolder = await openDataFolder(options.data)
  const lock = await lockFolder(dataFolder)
  opened.defer(() => lock.release())
  const log = createLogFile(join(dataFolder, 'basepair.log'))
  quieten(log)
  log(`started: version ${version}, process ${process.pid}, Node ${process.versions.node}`)
  opened.defer(() => log('ended'))
  process.on('unhandledRejection', (error) => log(`unhandled rejection: ${redact(inspect(error))}`))
  process.on('uncaughtException', (error) => {
    log(`uncaught exception: ${redact(inspect(error))}`)
    process.stderr.write('Basepair ends because of a defect of its own; its log holds the whole of it.\n')
    ended.resolve(1)
  })

  if (options.port) await requireFreePort(options.port)
  let server: BrowserServer | null = null
  const console = await compose({
    dataFolder,
    mode: 'browser',
    version,
    variables: takeVariables(process.env),
    allowProdChanges: options.allowProdChanges,
    awsEndpoint: awsEndpoint(options.awsEndpoint, process.env),
    awsVariables: process.env,
    log,
    link: () => server?.newLink() ?? null,
    ...(built ? { workerUrl: new URL('./postgres-worker.js', import.meta.url) } : {}),
  })
  opened.defer(() => console.close())
  server = await createBrowserServer({
    router: console.router,
    pages: console.pages,
    left: (window) => console.pages.drop(window),
    bundleFolder: join(root, 'out', 'renderer'),
    port: options.port ?? (await lastPort(console.state.port())),
    log,
  })
  await console.state.rememberPort(server.port)
  opened.defer(() => server?.close())
  process.stdout.write(`Basepair: ${server.url}#${server.token}\n`)
  if (options.open) openBrowser(server.newLink(), (reason) => log(`no browser was opened: ${reason}`))

  const code = await ended.promise
  log('ending')
  setTimeout(() => {
    log('closing took too long')
    process.stderr.write('Basepair could not close in time. The next start takes over what still runs.\n')
    process.exit(1)
  }, longestCloseMs).unref()
  return code
}

const options = readOptions()
// Exits by name: whatever a library left open must not keep an ended console alive.
run(options).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${redact(sentenceOf(error, options)).replaceAll('\n', ' ')}\n`)
    process.exit(1)
  },
)
