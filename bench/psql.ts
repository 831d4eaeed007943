import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { BenchServer } from './data.ts'

/** Whether psql is installed: without it the bench still measures the console. */
export function hasPsql(): boolean {
  return spawnSync('psql', ['--version']).status === 0
}

/** Milliseconds for one command by psql, as a process, all of its output read. */
export async function timePsql({ host, port, user, password, database }: BenchServer, args: readonly string[]): Promise<number> {
  const start = performance.now()
  const child = spawn('psql', ['-X', '-q', '-At', '-h', host, '-p', String(port), '-U', user, '-d', database, ...args], {
    env: { ...process.env, PGPASSWORD: password },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`psql ended with ${code}: ${args.join(' ')}`)
  return performance.now() - start
}
