import { type ChildProcess, spawn } from 'node:child_process'
import { open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import { makePrivateFolder } from '../data/durable-file.ts'
import { isAlive } from '../data/process.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { ensureCluster, keptPassword, type Places, placesIn, readText, writeIfDifferent, writeSettings } from './cluster.ts'
import { choosePort } from './port.ts'
import { clearRemains, findPostmaster, trySignal, waitUntilGone } from './postmaster.ts'
import { type Wrap, wrapForUser } from './run-as.ts'
import { askServer, type SignIn } from './sign-in.ts'

/** The server's certificate and key, and what its clients need to trust it. All PEM text. */
export interface ServerTls {
  readonly certificate: string
  readonly key: string
  readonly ca: string
  readonly servername: string
}

export interface EmbeddedOptions {
  /** Everything of this server lives here; only the user can read it. */
  readonly folder: string
  /** Names the server in messages and in the list of processes. */
  readonly name: string
  readonly superuser: string
  /** Wanted at the first start; later ones take the port of the one before. Another is chosen where it is taken. */
  readonly port?: number | undefined
  /** With it, connections without TLS are refused. */
  readonly tls?: ServerTls | undefined
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** False for a server that may lose its data: skips waiting for the disk. */
  readonly durable?: boolean | undefined
  /** True to let the server end with this process's terminal instead of outliving it. */
  readonly attached?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** How a server ended: `expected` where it was told to. */
export interface ServerExit {
  readonly expected: boolean
}

export interface EmbeddedServer extends SignIn {
  /** True where a server that an earlier console left behind was taken over. */
  readonly adopted: boolean
  readonly folder: string
  /** Resolves when the process that runs now has ended. */
  readonly exited: Promise<ServerExit>
  /** Disconnects everybody, writes everything to disk and ends. */
  stop(): Promise<void>
  restart(): Promise<void>
  /** Ends it at once, without waiting: for the last moment of a process. The next start recovers. */
  kill(): void
}

const limits = { adoptMs: 5_000, startMs: 60_000, fastStopMs: 20_000, immediateStopMs: 10_000, logBytes: 5_000_000 } as const

/** A process of Postgres that runs for us. */
interface Running {
  readonly pid: number
  readonly port: number
  readonly exited: Promise<void>
}

interface Context {
  readonly options: EmbeddedOptions
  readonly places: Places
  readonly binaries: Binaries
  readonly wrap: Wrap
  readonly password: string
}

/**
 * Starts the server of a folder and waits until it takes a sign-in. The first start makes its data; a server that runs
 * there already is taken over. Fails with FILE, UNREACHABLE or CANCELLED, and then leaves no process behind.
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const places = placesIn(options.folder)
  await makePrivateFolder(options.folder)
  const [binaries, wrap, password] = await Promise.all([findBinaries(), wrapForUser(), keptPassword(places)])
  const context: Context = { options, places, binaries, wrap, password }
  await ensureCluster(places, { binaries, wrap, superuser: options.superuser, sync: options.durable !== false, signal: options.signal })

  const taken = await adopt(context)
  let running = taken ?? (await launch(context))
  let stopping = false
  const watch = (now: Running): Promise<ServerExit> => now.exited.then(() => ({ expected: stopping }))
  let exited = watch(running)

  const stop = async (): Promise<void> => {
    stopping = true
    await stopPostmaster(context, running)
  }
  return {
    host: '127.0.0.1',
    user: options.superuser,
    password,
    tls: trust(options),
    adopted: taken !== null,
    folder: options.folder,
    get port() {
      return running.port
    },
    get exited() {
      return exited
    },
    stop,
    async restart() {
      await stop()
      running = await launch(context)
      stopping = false
      exited = watch(running)
    },
    kill() {
      stopping = true
      trySignal(running.pid, 'SIGQUIT')
    },
  }
}

/** Takes over a server that runs on this folder and answers. One that does not answer is stopped. */
async function adopt(context: Context): Promise<Running | null> {
  const { options, places } = context
  const found = await findPostmaster(places.data)
  if (found === null) return null
  const running: Running = { ...found, exited: watchProcess(found.pid) }
  const end = Date.now() + limits.adoptMs
  while (isAlive(found.pid) && Date.now() < end) {
    const answer = await askServer(signIn(context, found.port), places.data)
    if (answer.kind === 'ours') {
      if (await configure(context, found.port)) trySignal(found.pid, 'SIGHUP')
      return running
    }
    if (answer.kind === 'refused' || answer.kind === 'another') break
    throwIfCancelled(options)
    await pause(50)
  }
  await stopPostmaster(context, running)
  return null
}

/** Starts a new process of Postgres and waits until it takes a sign-in. */
async function launch(context: Context): Promise<Running> {
  const { options, places } = context
  await clearRemains(places.data)
  await limitLog(places.log)
  const remembered = Number.parseInt((await readText(places.port)) ?? '', 10)
  let port = await choosePort([Number.isNaN(remembered) ? undefined : remembered, options.port])
  const end = Date.now() + limits.startMs
  for (;;) {
    await configure(context, port)
    const logStart = await sizeOf(places.log)
    const running = await spawnPostgres(context, port)
    const failed = await whenReady(context, running, end)
    if (failed === null) {
      await writeIfDifferent(places.port, `${port}\n`)
      return running
    }
    const reason = await fatalLine(places.log, logStart)
    const worthAnotherTry = /could not bind|could not create any TCP|Address already in use|still in use|lock file/i.test(reason)
    if (!worthAnotherTry || Date.now() > end) {
      throw new Failure('UNREACHABLE', `The embedded server ${options.name} did not start: ${reason || failed}. Its log is ${places.log}`, {
        file: places.log,
      })
    }
    await pause(200)
    port = await choosePort([])
  }
}

async function spawnPostgres(context: Context, port: number): Promise<Running> {
  const { options, places, binaries, wrap } = context
  const { PATH, SystemRoot } = process.env
  const log = await open(places.log, 'a', 0o600)
  try {
    const command = wrap(binaries.postgres, ['-D', places.data])
    const child = spawn(command.file, [...command.args], {
      cwd: places.folder,
      detached: options.attached !== true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
      // Postgres takes messages and settings from PG* and LC_* of its surroundings.
      env: { PATH, SystemRoot, LC_ALL: 'C' },
    })
    const pid = await started(child)
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.unref()
    return { pid, port, exited }
  } finally {
    await log.close()
  }
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0))
    child.once('error', (error) => reject(new Failure('FILE', `The embedded Postgres could not be started: ${error.message}`)))
  })
}

/** Waits until the server takes a sign-in. Returns why it did not, with the process ended. */
async function whenReady(context: Context, running: Running, end: number): Promise<string | null> {
  let ended = false
  void running.exited.then(() => {
    ended = true
  })
  let last = 'it ended'
  while (!ended && Date.now() < end) {
    if (context.options.signal?.aborted) break
    const answer = await askServer(signIn(context, running.port), context.places.data)
    if (answer.kind === 'ours') return null
    if (answer.kind === 'refused') {
      last = answer.message
      break
    }
    if (answer.kind === 'silent') last = answer.message
    await pause(25)
  }
  if (!ended) await stopPostmaster(context, running)
  throwIfCancelled(context.options)
  return last
}

/** Fast shutdown, and the immediate one as the last resort: Postgres recovers from it at its next start. */
async function stopPostmaster(context: Context, running: Running): Promise<void> {
  for (const [signal, milliseconds] of [
    ['SIGINT', limits.fastStopMs],
    ['SIGQUIT', limits.immediateStopMs],
    ['SIGKILL', limits.immediateStopMs],
  ] as const) {
    if (!isAlive(running.pid)) return
    trySignal(running.pid, signal)
    if (await waitUntilGone(running.pid, milliseconds)) return
  }
  throw new Failure('BUSY', `The embedded server ${context.options.name} (process ${running.pid}) does not end.`)
}

/** Writes what the server reads at its start. Returns whether anything changed. */
async function configure(context: Context, port: number): Promise<boolean> {
  const { options, places } = context
  const { tls } = options
  const written: boolean[] = []
  if (tls !== undefined) {
    written.push(await writeIfDifferent(join(places.folder, 'server.crt'), tls.certificate))
    written.push(await writeIfDifferent(join(places.folder, 'server.key'), tls.key))
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    cluster_name: options.name,
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...(tls === undefined
      ? { ssl: 'off' }
      : {
          ssl: 'on',
          ssl_cert_file: join(places.folder, 'server.crt'),
          ssl_key_file: join(places.folder, 'server.key'),
          ssl_min_protocol_version: 'TLSv1.2',
        }),
    ...options.settings,
  }
  written.push(await writeSettings(places, settings, tls !== undefined))
  return written.includes(true)
}

function signIn(context: Context, port: number): SignIn {
  return { host: '127.0.0.1', port, user: context.options.superuser, password: context.password, tls: trust(context.options) }
}

function trust({ tls }: EmbeddedOptions): SignIn['tls'] {
  return tls === undefined ? null : { ca: tls.ca, servername: tls.servername }
}

function throwIfCancelled(options: EmbeddedOptions): void {
  if (options.signal?.aborted) throw new Failure('CANCELLED', `The start of the embedded server ${options.name} was cancelled.`)
}

/** A server that is not our child tells nobody that it ended, so it is looked at once a second. */
function watchProcess(pid: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(pid)) return
      clearInterval(timer)
      resolve()
    }, 1_000)
    timer.unref()
  })
}

async function limitLog(log: string): Promise<void> {
  if ((await sizeOf(log)) > limits.logBytes) await rename(log, `${log}.1`)
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    // Not made yet.
    return 0
  }
}

/** The last thing that kept the server from starting, from what was logged since. */
async function fatalLine(log: string, from: number): Promise<string> {
  const text = (await readText(log)) ?? ''
  const lines = Buffer.from(text).subarray(from).toString().split('\n')
  return lines.findLast((line) => /FATAL|PANIC/.test(line))?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? ''
}
