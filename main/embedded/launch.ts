import { type ChildProcess, spawn } from 'node:child_process'
import { open, rename, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import { readText } from '../data/text-file.ts'
import { type Cluster, surroundings } from './cluster.ts'
import { isReady, type Postmaster, stopPostmaster } from './postmaster.ts'
import { askServer, type SignIn } from './sign-in.ts'

const limits = { startMs: 120_000, logBytes: 5_000_000 } as const

/** How the start of a server went. Unless it is `ready`, no process of it is left. */
export type Launch =
  | { readonly kind: 'ready'; readonly postmaster: Postmaster }
  | { readonly kind: 'port taken' }
  | { readonly kind: 'folder in use' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string }

/** Starts Postgres on a folder whose settings are written, and waits until it takes a sign-in. */
export async function launch(
  cluster: Cluster,
  signIn: SignIn,
  options: { readonly attached: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Launch> {
  const { log } = cluster.places
  if ((await sizeOf(log)) > limits.logBytes) await rename(log, `${log}.1`)
  const logged = await sizeOf(log)
  const postmaster = await spawnPostgres(cluster, signIn.port, options.attached)
  const end = Date.now() + limits.startMs
  let last = ''
  while (!postmaster.ended() && Date.now() < end && options.signal?.aborted !== true) {
    // Until it says so itself, another program may be what listens on the port.
    if (await isReady(cluster, postmaster)) {
      const answer = await askServer(signIn, cluster.places.data)
      if (answer.kind === 'ours') return { kind: 'ready', postmaster }
      if (answer.kind === 'refused') {
        await stopPostmaster(cluster, postmaster)
        return answer
      }
      if (answer.kind === 'silent') last = answer.message
    }
    await pause(10)
  }
  await stopPostmaster(cluster, postmaster)
  if (options.signal?.aborted === true) return { kind: 'cancelled' }
  const reason = await fatalLine(log, logged)
  if (/could not bind|could not create any TCP/.test(reason)) return { kind: 'port taken' }
  if (/still in use|lock file/.test(reason)) return { kind: 'folder in use' }
  return { kind: 'failed', message: reason || last || 'it ended without a word' }
}

async function spawnPostgres(cluster: Cluster, port: number, attached: boolean): Promise<Postmaster> {
  const { places, binaries, wrap } = cluster
  const log = await open(places.log, 'a', 0o600)
  try {
    const command = wrap(binaries.postgres, ['-D', places.data])
    const child = spawn(command.file, [...command.args], {
      cwd: places.folder,
      detached: !attached,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
      env: surroundings(),
    })
    const pid = await started(child)
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.unref()
    return { pid, port, exited, ended: () => child.exitCode !== null || child.signalCode !== null }
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

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    // Not made yet.
    return 0
  }
}

/** What kept the server from starting, from what was logged since; its cause stands in the lines before the FATAL one. */
async function fatalLine(log: string, from: number): Promise<string> {
  const text = Buffer.from((await readText(log)) ?? '')
    .subarray(from)
    .toString()
  const lines = text.split('\n').filter((line) => /(FATAL|PANIC|LOG|DETAIL): /.test(line))
  const fatal = lines.findLast((line) => /(FATAL|PANIC): /.test(line)) ?? ''
  const bind = lines.find((line) => /could not bind/.test(line))
  return (bind ?? fatal).replace(/^.*?(FATAL|PANIC|LOG):\s*/, '')
}
