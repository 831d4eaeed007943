import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { makeDataFolder, startConsole, startRefused } from '../support/console.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
const dataFolder = async () => {
  const folder = await makeDataFolder()
  folders.push(folder)
  return folder
}

/** The postmasters that run on a data folder. */
function postmasters(folder: string): number[] {
  const servers = join(folder, 'servers')
  const found = existsSync(servers) ? readdirSync(servers, { recursive: true, encoding: 'utf8' }) : []
  return found
    .filter((path) => path.endsWith('postmaster.pid'))
    .map((path) => Number(readFileSync(join(servers, path), 'utf8').split('\n')[0]))
}

/** A process that nobody has collected yet has ended all the same. */
const alive = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

describe('a start', () => {
  test('prints one line, and a signal ends it with its servers stopped', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const folder = await dataFolder()
      const console = await startConsole({ dataFolder: folder })
      const pids = postmasters(folder)
      expect(pids).toHaveLength(2)
      expect(await console.end(signal)).toBe(0)
      expect(console.stdout()).toMatch(/^Basepair: http:\/\/127\.0\.0\.1:\d+\/#[\w-]{40,}\n$/)
      expect(pids.filter(alive)).toEqual([])
    }
  })

  test('on the same data finds everything again; after kill -9 it takes over the servers left behind', async () => {
    const folder = await dataFolder()
    const first = await startConsole({ dataFolder: folder })
    const pids = postmasters(folder)
    first.process.kill('SIGKILL')
    await first.end()
    expect(pids.every(alive)).toBe(true)
    const second = await startConsole({ dataFolder: folder })
    expect(postmasters(folder)).toEqual(pids)
    await second.end()
    expect(pids.filter(alive)).toEqual([])
    await using third = await startConsole({ dataFolder: folder })
    expect(postmasters(folder)).toHaveLength(2)
    await third.end()
  })

  test('of a second console on the same data says so and exits', async () => {
    const folder = await dataFolder()
    await using first = await startConsole({ dataFolder: folder })
    const second = await startRefused({ dataFolder: folder })
    expect(second.code).toBe(1)
    expect(second.stdout).toBe('')
    expect(second.stderr).toContain(String(first.process.pid))
    expect(first.process.exitCode).toBeNull()
  })

  test('works from a folder of mode 0700 in the home of the user', async () => {
    const folder = join(homedir(), `.basepair-test-${process.pid}`)
    folders.push(folder)
    await using console = await startConsole({ dataFolder: folder })
    await chmod(folder, 0o700)
    expect(console.url).toContain('http://127.0.0.1:')
  })

  test('in a taken port, with a wrong variable or an unreadable folder is refused in one line', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    const port = await new Promise<number>((resolve) => taken.on('listening', () => resolve((taken.address() as { port: number }).port)))
    const refusals = [
      await startRefused({ args: ['--port', String(port)] }),
      await startRefused({ variables: { CONNECTION_URL: 'user:hunter2@host/db' } }),
      await startRefused({ variables: { PROD_CONNECTION_URL: '' } }),
      await startRefused({ args: ['--port', 'http'] }),
      await startRefused({ dataFolder: '/dev/null/nowhere' }),
    ]
    taken.close()
    for (const { code, stdout, stderr } of refusals) {
      expect(code).not.toBe(0)
      expect(stdout).toBe('')
      expect(stderr.trim().split('\n'), stderr).toHaveLength(1)
      expect(stderr).not.toMatch(/hunter2|^\s+at /m)
    }
    expect(refusals[0]?.stderr).toContain(String(port))
    expect(refusals[1]?.stderr).toContain('CONNECTION_URL has no scheme')
    expect(refusals[2]?.stderr).toContain('PROD_CONNECTION_URL is empty')
  })

  test('with a settings file that does not parse goes on without it, and leaves it as it is', async () => {
    const folder = await dataFolder()
    const path = join(folder, 'settings.json')
    const text = '{\n  "version": 1,\n  "environments": [,]\n}\n'
    await writeFile(path, text)
    await using console = await startConsole({ dataFolder: folder })
    expect(console.url).toContain('http')
    await console.end()
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  test('takes the servers that the variables name, and starts none of its own in their place', async () => {
    const folder = await dataFolder()
    const host = await startConsole({ dataFolder: await dataFolder() })
    const local = join(host.dataFolder, 'servers', 'local')
    const port = Number(readFileSync(join(local, 'data', 'postmaster.pid'), 'utf8').split('\n')[3])
    const password = readFileSync(join(local, 'password'), 'utf8').trim()
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/cruddur`
    await using console = await startConsole({ dataFolder: folder, variables: { CONNECTION_URL: url, PROD_CONNECTION_URL: url } })
    expect(postmasters(folder)).toEqual([])
    const client = new Client({ connectionString: url })
    await client.connect()
    const names = async () => {
      const { rows } = await client.query(
        "SELECT DISTINCT split_part(application_name, '/', 2) AS name FROM pg_stat_activity WHERE application_name LIKE 'basepair/%' ORDER BY 1",
      )
      return rows.map((row) => row.name)
    }
    await expect.poll(names, { timeout: 10_000 }).toEqual(['local', 'prod'])
    await client.end()
    await console.end()
    await host.end()
  })
})
