import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePrivateFolder } from '../../main/data/durable-file.ts'
import { prepareFolder, preparePractice } from './clusters.ts'

const entry = join(import.meta.dirname, '..', '..', 'out', 'main', 'browser.js')

export interface RunningConsole extends AsyncDisposable {
  readonly process: ChildProcess
  readonly dataFolder: string
  /** The address with its one-time token, as printed. */
  readonly url: string
  stdout(): string
  stderr(): string
  /** Sends the signal and waits for the end; gives the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export interface ConsoleOptions {
  readonly dataFolder?: string
  readonly args?: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
}

/** What a console that was not meant to start left behind. */
export interface Refused {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function launch({ args = [], variables = {} }: ConsoleOptions, dataFolder: string) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/CONNECTION_URL$|^PG/.test(name)))
  const child = spawn(process.execPath, [entry, '--port', '0', '--no-open', '--data', dataFolder, ...args], {
    env: { ...environment, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return { child, stdout: () => stdout, stderr: () => stderr }
}

/** A folder for a console's data that goes with the test. */
export const makeDataFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'basepair-data-'))

/** A data folder whose empty clusters are there, for consoles that are not to show how they make them. */
async function makePreparedFolder(variables: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeDataFolder()
  const local = join(folder, 'servers', 'local')
  await makePrivateFolder(local)
  if (variables['CONNECTION_URL'] === undefined) await prepareFolder(local)
  if (variables['PROD_CONNECTION_URL'] === undefined) await preparePractice(join(folder, 'servers', 'practice'))
  return folder
}

/**
 * Starts the built console in browser mode. Disposing ends it; a data folder made here goes with it, and begins with empty clusters. One
 * that is given begins as it is.
 */
export async function startConsole(options: ConsoleOptions = {}): Promise<RunningConsole> {
  const dataFolder = options.dataFolder ?? (await makePreparedFolder(options.variables ?? {}))
  const { child, stdout, stderr } = launch(options, dataFolder)
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /^Basepair: (\S+)\n/m.exec(stdout())
      if (found?.[1] !== undefined) resolve(found[1])
    }
    child.stdout.on('data', look)
    child.on('exit', (code) => reject(new Error(`The console ended with ${code}: ${stderr()}`)))
  })
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    }
    return child.exitCode
  }
  return {
    process: child,
    dataFolder,
    url,
    stdout,
    stderr,
    end,
    async [Symbol.asyncDispose]() {
      await end()
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Starts a console that is expected to refuse, and waits for its end. */
export async function startRefused(options: ConsoleOptions): Promise<Refused> {
  const dataFolder = options.dataFolder ?? (await makeDataFolder())
  const { child, stdout, stderr } = launch(options, dataFolder)
  const [code] = await once(child, 'exit')
  if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
  return { code, stdout: stdout(), stderr: stderr() }
}
