import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isAlive } from '../data/process.ts'
import { readText } from './cluster.ts'

const run = promisify(execFile)

/** What `postmaster.pid` says of the server that runs, or ran, on a data folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
}

/** Waits until the process is gone. Returns false when it is still there after so many milliseconds. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds
  while (isAlive(pid)) {
    if (Date.now() > end) return false
    await pause(20)
  }
  return true
}

/** The server that runs on this data folder, if its pid file names a living process that is one. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const written = await readPidFile(data)
  return written !== null && isAlive(written.pid) && (await isPostmasterOf(written.pid, data)) ? written : null
}

/**
 * Clears what a server that died left: its pid file, when the id in it belongs to another program by now (Postgres
 * would take that for a running server), and backends that outlived it, which hold its shared memory.
 */
export async function clearRemains(data: string): Promise<void> {
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    const left = await processesIn(data)
    if (left.length === 0) break
    // Backends notice by themselves that their postmaster died, unless they are in the middle of a long statement.
    if (signal === 'SIGQUIT' && (await allGone(left, 1_000))) break
    for (const pid of left) trySignal(pid, signal)
    await allGone(left, 3_000)
  }
  if ((await readPidFile(data)) !== null) await rm(join(data, 'postmaster.pid'), { force: true })
}

/** Sends a signal to a process that may have ended meanwhile. */
export function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function readPidFile(data: string): Promise<Postmaster | null> {
  const text = await readText(join(data, 'postmaster.pid'))
  if (text === null) return null
  const lines = text.split('\n')
  return { pid: Math.abs(Number.parseInt(lines[0] ?? '', 10)) || 0, port: Number.parseInt(lines[3] ?? '', 10) || 0 }
}

/** A process id is reused sooner or later, so the process must be shown to be Postgres on this very folder. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (pid <= 1) return false
  if (process.platform === 'linux') {
    return (await workingFolder(pid)) === (await realpath(data)) && /^\S*\/postgres( |$)/.test(await commandLine(pid))
  }
  const command = process.platform === 'win32' ? await windowsImage(pid) : await commandLine(pid)
  return /\bpostgres(\.exe)?\b/.test(command)
}

/** The processes of Postgres that work in this data folder; known on Linux only. */
async function processesIn(data: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const folder = await realpath(data)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const folders = await Promise.all(pids.map(workingFolder))
  const inside = pids.filter((_, index) => folders[index] === folder)
  // A shell may stand in the folder too.
  const commands = await Promise.all(inside.map(commandLine))
  return inside.filter((_, index) => /^postgres: |^\S*\/postgres( |$)/.test(commands[index] ?? ''))
}

async function allGone(pids: readonly number[], milliseconds: number): Promise<boolean> {
  const gone = await Promise.all(pids.map((pid) => waitUntilGone(pid, milliseconds)))
  return gone.every(Boolean)
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
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout
  } catch {
    // Gone meanwhile.
    return ''
  }
}

async function windowsImage(pid: number): Promise<string> {
  return (await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])).stdout
}
