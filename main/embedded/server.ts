import { realpath } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import { makePrivateFolder } from '../data/durable-file.ts'
import { createTurns } from '../data/in-turn.ts'
import { readText, writeIfDifferent } from '../data/text-file.ts'
import { findBinaries } from './binaries.ts'
import { type Cluster, ensureCluster, keptPassword, placesIn, resetPassword, writeSettings } from './cluster.ts'
import { launch } from './launch.ts'
import { choosePort } from './port.ts'
import { clearRemains, findPostmaster, type Postmaster, signalPostmaster, stopPostmaster } from './postmaster.ts'
import { wrapForUser } from './run-as.ts'
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
  /** False for a server that may lose its data: it never waits for the disk. */
  readonly durable?: boolean | undefined
  /** True for a server that ends with this process's terminal instead of outliving it. */
  readonly attached?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** How a server ended: `expected` where it was told to. */
export interface ServerExit {
  readonly expected: boolean
}

export interface EmbeddedServer extends SignIn {
  /** The server process; another one after a restart. */
  readonly pid: number
  /** True where a server that an earlier console left behind was taken over. */
  readonly adopted: boolean
  readonly folder: string
  /** Resolves when the process that runs now has ended. */
  readonly exited: Promise<ServerExit>
  /** Disconnects everybody, writes everything to disk and ends. */
  stop(): Promise<void>
  /** Stops it if it runs, and starts it, on the same port where that is free. */
  restart(): Promise<void>
  /** Starts it if it ended, unless `stop` was asked for. Returns whether it was started. */
  revive(): Promise<boolean>
}

/** How long a server that runs already may take to answer before it is stopped and started anew. */
const patienceMs = 5_000
const attempts = 20

/**
 * Starts the server of a folder and waits until it takes a sign-in. The first start makes its data; a server that runs
 * there already is taken over. Fails with FILE, UNREACHABLE or CANCELLED, and then leaves no process behind.
 * The caller holds the lock on the folder: two of these on one folder at once are not safe.
 */
export async function startEmbeddedServer(given: EmbeddedOptions): Promise<EmbeddedServer> {
  await makePrivateFolder(given.folder)
  const options = { ...given, folder: await realpath(given.folder) }
  const places = placesIn(options.folder)
  const [binaries, wrap, password] = await Promise.all([findBinaries(), wrapForUser(), keptPassword(places.password)])
  const cluster: Cluster = { places, binaries, wrap, password, superuser: options.superuser }
  await ensureCluster(cluster, { sync: options.durable !== false, signal: options.signal })

  let { postmaster, adopted } = await bringUp(cluster, options)
  let stopping = false
  const watch = (now: Postmaster): Promise<ServerExit> => now.exited.then(() => ({ expected: stopping }))
  let exited = watch(postmaster)
  const inTurn = createTurns()
  const stopNow = async (): Promise<void> => {
    stopping = true
    await stopPostmaster(cluster, postmaster)
  }
  const startNow = async (): Promise<void> => {
    const next = await bringUp(cluster, options)
    postmaster = next.postmaster
    adopted = next.adopted
    stopping = false
    exited = watch(postmaster)
  }
  return {
    ...signInTo(cluster, options, postmaster.port),
    folder: options.folder,
    get pid() {
      return postmaster.pid
    },
    get port() {
      return postmaster.port
    },
    get adopted() {
      return adopted
    },
    get exited() {
      return exited
    },
    stop: () => inTurn(stopNow),
    restart: () =>
      inTurn(async () => {
        await stopNow()
        await startNow()
      }),
    revive: () =>
      inTurn(async () => {
        if (stopping || !postmaster.ended()) return false
        await startNow()
        return true
      }),
  }
}

/** Takes over the server that runs, or starts one; what is in the way is mended and tried again. */
async function bringUp(cluster: Cluster, options: EmbeddedOptions): Promise<{ postmaster: Postmaster; adopted: boolean }> {
  const { places } = cluster
  const fail = (message: string): Failure =>
    new Failure('UNREACHABLE', `The embedded server ${options.name} did not start: ${message}. Its log is ${places.log}`, {
      file: places.log,
    })
  let wanted = [Number.parseInt((await readText(places.port)) ?? '', 10), options.port]
  let passwordReset = false
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const taken = await adopt(cluster, options)
    if (taken !== null) return { postmaster: taken, adopted: true }
    await clearRemains(cluster)
    const port = await choosePort(wanted)
    await configure(cluster, options, port)
    const result = await launch(cluster, signInTo(cluster, options, port), { attached: options.attached === true, signal: options.signal })
    switch (result.kind) {
      case 'ready':
        await writeIfDifferent(places.port, `${port}\n`)
        return { postmaster: result.postmaster, adopted: false }
      case 'port taken':
        wanted = []
        break
      case 'folder in use':
        await pause(250)
        break
      case 'refused':
        if (passwordReset) throw fail(result.message)
        await resetPassword(cluster)
        passwordReset = true
        break
      case 'cancelled':
        throw new Failure('CANCELLED', `The start of the embedded server ${options.name} was cancelled.`)
      case 'failed':
        throw fail(result.message)
      default:
        throw result satisfies never
    }
  }
  throw fail('its folder or its port stays in use')
}

/** Takes over a server that runs on this folder and answers. One that does not answer is stopped. */
async function adopt(cluster: Cluster, options: EmbeddedOptions): Promise<Postmaster | null> {
  const found = await findPostmaster(cluster)
  if (found === null) return null
  let end = Date.now() + patienceMs
  // Without a port, it was caught in the first moment of its start.
  const usable = found.port > 0
  if (usable && (await configure(cluster, options, found.port))) await signalPostmaster(cluster, found, 'SIGHUP')
  while (usable && !found.ended() && Date.now() < end && options.signal?.aborted !== true) {
    const answer = await askServer(signInTo(cluster, options, found.port), cluster.places.data)
    if (answer.kind === 'ours') {
      await writeIfDifferent(cluster.places.port, `${found.port}\n`)
      return found
    }
    if (answer.kind === 'refused' || answer.kind === 'another') break
    // It recovers from a crash, which takes as long as there is to read again.
    if (answer.kind === 'starting') end = Date.now() + patienceMs
    await pause(50)
  }
  await stopPostmaster(cluster, found)
  return null
}

/** Writes what the server reads at its start. Returns whether anything changed. */
async function configure({ places }: Cluster, { name, tls, durable, settings }: EmbeddedOptions, port: number): Promise<boolean> {
  const written: boolean[] = []
  if (tls !== undefined) {
    written.push(await writeIfDifferent(places.certificate, tls.certificate))
    written.push(await writeIfDifferent(places.key, tls.key))
  }
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    cluster_name: name,
    ...(durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...(tls === undefined
      ? { ssl: 'off' }
      : { ssl: 'on', ssl_cert_file: places.certificate, ssl_key_file: places.key, ssl_min_protocol_version: 'TLSv1.2' }),
    ...settings,
  }
  written.push(await writeSettings(places, all, tls !== undefined))
  return written.includes(true)
}

function signInTo(cluster: Cluster, { tls }: EmbeddedOptions, port: number): SignIn {
  return {
    host: '127.0.0.1',
    port,
    user: cluster.superuser,
    password: cluster.password,
    tls: tls === undefined ? null : { ca: tls.ca, servername: tls.servername },
  }
}
