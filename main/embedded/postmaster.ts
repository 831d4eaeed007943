import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Failure } from '../../preload/contract/errors.ts'
import { codeOf } from '../data/file-failure.ts'
import { isAlive, startOf } from '../data/process.ts'
import { readText } from '../data/text-file.ts'
import type { Cluster } from './cluster.ts'

const run = promisify(execFile)

const limits = { fastStopMs: 20_000, immediateStopMs: 10_000, orphansMs: 1_000 } as const

/** A server process that is ours to use and to stop. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly exited: Promise<void>
  /** True once it ended, even when its process id names something else by now. */
  ended(): boolean
}

/** The server that runs on this data folder, if its pid file names a living process that is one. */
export async function findPostmaster({ places }: Cluster): Promise<Postmaster | null> {
  const written = await readPidFile(places.data)
  if (written === null || !isAlive(written.pid) || !(await isPostmasterOf(written.pid, places.data))) return null
  const { pid, port } = written
  const start = startOf(pid)
  const ended = (): boolean => !isAlive(pid) || startOf(pid) !== start
  return { pid, port, ended, exited: whenEnded(ended) }
}

/** True once the server itself says that it listens and takes connections. */
export async function isReady({ places }: Cluster, { pid }: Postmaster): Promise<boolean> {
  const written = await readPidFile(places.data)
  return written?.pid === pid && written.status === 'ready'
}

/**
 * Clears what a server that died left: its pid file, when the id in it belongs to another program by now (Postgres
 * would take that for a running server), and backends that outlived it, which hold its shared memory.
 */
export async function clearRemains({ places }: Cluster): Promise<void> {
  // Backends notice that their postmaster died, unless they are in the middle of a long statement.
  await untilNone(places.data, limits.orphansMs)
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of await processesOf(places.data)) sendSignal(pid, signal)
    await untilNone(places.data, limits.orphansMs)
  }
  await rm(join(places.data, 'postmaster.pid'), { force: true })
}

/** Fast shutdown, and the immediate one as the last resort: Postgres recovers from it at its next start. Fails with BUSY. */
export async function stopPostmaster(cluster: Cluster, postmaster: Postmaster): Promise<void> {
  for (const [signal, milliseconds] of [
    ['SIGINT', limits.fastStopMs],
    ['SIGQUIT', limits.immediateStopMs],
    ['SIGKILL', limits.immediateStopMs],
  ] as const) {
    if (postmaster.ended()) return
    await signalPostmaster(cluster, postmaster, signal)
    const end = Date.now() + milliseconds
    while (!postmaster.ended() && Date.now() < end) await pause(20)
  }
  if (!postmaster.ended()) throw new Failure('BUSY', `The server of ${cluster.places.folder} (process ${postmaster.pid}) does not end.`)
}

/** Tells the server to end or to read its settings again. Windows has no signals, so Postgres' own program brings them there. */
export async function signalPostmaster(
  { binaries }: Cluster,
  postmaster: Postmaster,
  signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGHUP',
): Promise<void> {
  if (postmaster.ended()) return
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    await run(binaries.pgCtl, ['kill', signal.replace('SIG', ''), String(postmaster.pid)], { windowsHide: true })
    return
  }
  sendSignal(postmaster.pid, signal)
  // One that is suspended would keep the signal waiting.
  if (process.platform !== 'win32') sendSignal(postmaster.pid, 'SIGCONT')
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended meanwhile.
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

/** A server that is not our child tells nobody that it ended, so it is looked at once a second. */
function whenEnded(ended: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!ended()) return
      clearInterval(timer)
      resolve()
    }, 1_000)
    timer.unref()
  })
}

async function readPidFile(data: string): Promise<{ pid: number; port: number; status: string } | null> {
  const text = await readText(join(data, 'postmaster.pid'))
  if (text === null) return null
  const lines = text.split('\n')
  const number = (line: number): number => Number.parseInt(lines[line] ?? '', 10) || 0
  return { pid: number(0), port: number(3), status: lines[7]?.trim() ?? '' }
}

/** A process id is reused sooner or later, so the process must be shown to be Postgres on this very folder. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  const command = await commandLine(pid)
  if (process.platform === 'linux') return (await workingFolder(pid)) === (await realpath(data)) && isPostmaster(command)
  return /postgres/.test(command) && command.includes(data)
}

/** The processes of Postgres that work in this data folder; known on Linux only, elsewhere they end by themselves. */
async function processesOf(data: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const folder = await realpath(data)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const folders = await Promise.all(pids.map(workingFolder))
  const inside = pids.filter((_, index) => folders[index] === folder)
  // A shell may stand in the folder too.
  const commands = await Promise.all(inside.map(commandLine))
  return inside.filter((_, index) => isPostmaster(commands[index] ?? '') || (commands[index] ?? '').startsWith('postgres: '))
}

async function untilNone(data: string, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds
  while ((await processesOf(data)).length > 0 && Date.now() < end) await pause(50)
}

/** The other processes of a server call themselves `postgres: WHAT THEY DO`. */
function isPostmaster(command: string): boolean {
  return /\/postgres -D /.test(command)
}

async function workingFolder(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`)
  } catch {
    // Gone meanwhile, or another user's: in neither case ours.
    return null
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    switch (process.platform) {
      case 'linux':
        return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
      case 'win32': {
        const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`
        return (await run('powershell', ['-NoProfile', '-Command', query], { windowsHide: true })).stdout
      }
      default:
        return (await run('ps', ['-ww', '-p', String(pid), '-o', 'command='])).stdout
    }
  } catch {
    // Gone meanwhile.
    return ''
  }
}
