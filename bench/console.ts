import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchServer } from './data.ts'

export interface BenchConsole extends AsyncDisposable {
  readonly url: string
  readonly processId: number
  readonly server: BenchServer
}

/** Starts the console as a user does, in browser mode, and finds its `local` server. Disposing ends it. */
export async function startConsole(
  dataFolder: string,
  { args = [], variables = {} }: { args?: readonly string[]; variables?: Readonly<Record<string, string>> } = {},
): Promise<BenchConsole> {
  const script = join(import.meta.dirname, '..', 'scripts', 'start.ts')
  const child = spawn(process.execPath, [script, '--browser', '--port', '0', '--no-open', '--data', dataFolder, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const found = /^Basepair: (\S+)\n/m.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', (code) => reject(new Error(`The console ended with ${code}`)))
  })
  const folder = join(dataFolder, 'servers', 'local')
  const read = async (name: string) => (await readFile(join(folder, name), 'utf8')).trim()
  return {
    url,
    processId: child.pid ?? 0,
    server: {
      host: '127.0.0.1',
      port: Number(await read('port')),
      user: 'postgres',
      password: await read('password'),
      database: 'cruddur',
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill()) await ended
    },
  }
}
