import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isAlive } from '../../../main/data/process.ts'
import { ensureDatabase, ensureFirstDatabase } from '../../../main/embedded/database.ts'
import { type EmbeddedOptions, type EmbeddedServer, startEmbeddedServer } from '../../../main/embedded/server.ts'
import { withClient } from '../../../main/embedded/sign-in.ts'
import { prepareFolder } from '../../support/clusters.ts'
import { temporaryFolder } from '../../support/folders.ts'

async function start(folder: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ folder, name: 'test', superuser: 'postgres', attached: true, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** A folder whose first start is over. */
async function usedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await prepareFolder(folder)
  return folder
}

async function value(server: EmbeddedServer, sql: string, database = 'postgres'): Promise<unknown> {
  return withClient(server, database, async (client) => {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  })
}

test('the first start makes a cluster that is private, in UTF-8, with checksums and passwords', async () => {
  const folder = join(await temporaryFolder(), 'servers', 'local')
  const server = await start(folder)
  expect(server).toMatchObject({ host: '127.0.0.1', user: 'postgres', adopted: false, tls: null })
  expect(await value(server, 'SHOW server_version')).toMatch(/^18\./)
  expect(await value(server, 'SHOW server_encoding')).toBe('UTF8')
  expect(await value(server, 'SHOW data_checksums')).toBe('on')
  expect(await value(server, 'SHOW listen_addresses')).toBe('127.0.0.1')
  expect(await value(server, 'SHOW unix_socket_directories')).toBe('')
  expect(await value(server, 'SHOW cluster_name')).toBe('test')
  expect(await value(server, "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'template1'")).toBe(
    'b C.UTF-8',
  )
  expect(Buffer.from(server.password, 'base64url')).toHaveLength(32)
  await expect(withClient({ ...server, port: server.port, password: 'guess' }, 'postgres', async () => {})).rejects.toMatchObject({
    code: '28P01',
  })
  if (process.platform === 'win32') return
  const modes = await Promise.all(
    ['.', 'password', 'data', 'server.log'].map(async (name) => (await stat(join(folder, name))).mode & 0o777),
  )
  expect(modes).toEqual([0o700, 0o600, 0o700, 0o600])
})

test('a second start finds the data, the password and the port again', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  await withClient(first, 'postgres', (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'))
  const { port, password } = first
  await first.stop()
  expect(await first.exited).toEqual({ expected: true })
  expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(false)
  const second = await start(folder)
  expect(second).toMatchObject({ port, password, adopted: false })
  expect(await value(second, 'SELECT answer FROM kept')).toBe(42)
})

test('a restart keeps the port, and stopping twice is no error', async () => {
  const server = await start(await usedFolder())
  const { port, pid } = server
  await server.restart()
  expect(server.port).toBe(port)
  expect(server.pid).not.toBe(pid)
  expect(await value(server, 'SELECT 1')).toBe(1)
  await Promise.all([server.stop(), server.stop()])
  expect(isAlive(server.pid)).toBe(false)
})

test('where its port is taken another one is chosen, and kept', async () => {
  const folder = await usedFolder()
  const first = await start(folder)
  const { port } = first
  await first.stop()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const second = await start(folder)
  expect(second.port).not.toBe(port)
  expect(await value(second, 'SELECT 1')).toBe(1)
  expect((await readFile(join(folder, 'port'), 'utf8')).trim()).toBe(String(second.port))
})

test('a half-made cluster is made anew', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'data.new', 'base'), { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'data.new', 'PG_VERSION'), '18\n')
  const server = await start(folder)
  expect(await value(server, 'SELECT 1')).toBe(1)
  expect(existsSync(join(folder, 'data.new'))).toBe(false)
})

test('a console killed while it made the cluster does not keep the next one from making it', async () => {
  const folder = await temporaryFolder()
  const killed = spawn(process.execPath, [join(import.meta.dirname, '../../support/start-server.ts'), folder], { stdio: 'ignore' })
  await expect.poll(async () => (await readdir(folder)).some((name) => name.startsWith('data.new')), { interval: 5 }).toBe(true)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const server = await start(folder)
  expect(server.adopted).toBe(false)
  expect(await value(server, 'SELECT 1')).toBe(1)
})

test('cancelled during its first start, it leaves nothing running and starts the next time', async () => {
  const folder = await temporaryFolder()
  const abort = new AbortController()
  const cancelled = startEmbeddedServer({ folder, name: 'test', superuser: 'postgres', signal: abort.signal })
  setTimeout(() => abort.abort(), 150)
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(false)
  expect(await value(await start(folder), 'SELECT 1')).toBe(1)
})

test('data of another major version is left alone and named', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'data'), { mode: 0o700 })
  await writeFile(join(folder, 'data', 'PG_VERSION'), '15\n')
  await expect(start(folder)).rejects.toMatchObject({ code: 'FILE', message: expect.stringContaining('belongs to Postgres 15') })
})

test('settings that Postgres refuses are told with its words and the place of the log', async () => {
  const folder = await usedFolder()
  await expect(start(folder, { settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringMatching(/basepair\.conf.*contains errors.*server\.log$/),
  })
  const server = await start(folder, { settings: { search_path: "it's, \\odd", work_mem: '5MB' } })
  expect(await value(server, 'SHOW work_mem')).toBe('5MB')
})

describe('a lost password', () => {
  test('whose file is gone is replaced', async () => {
    const folder = await usedFolder()
    const first = await start(folder)
    await first.stop()
    await rm(join(folder, 'password'))
    const second = await start(folder)
    expect(second.password).not.toBe(first.password)
    expect(await value(second, 'SELECT 1')).toBe(1)
  })

  test('that was changed in the database is set again', async () => {
    const folder = await usedFolder()
    const first = await start(folder)
    await withClient(first, 'postgres', (client) => client.query("ALTER ROLE postgres PASSWORD 'changed'"))
    await first.stop()
    expect(await value(await start(folder), 'SELECT 1')).toBe(1)
  })
})

describe('the first database', () => {
  test('is created once, and stays dropped where the user dropped it', async () => {
    const server = await start(await usedFolder())
    await ensureFirstDatabase(server, 'cruddur')
    expect(await value(server, 'SELECT current_database()', 'cruddur')).toBe('cruddur')
    await withClient(server, 'postgres', (client) => client.query('DROP DATABASE cruddur'))
    await ensureFirstDatabase(server, 'cruddur')
    expect(await value(server, "SELECT count(*) FROM pg_database WHERE datname = 'cruddur'")).toBe('0')
  })

  test('may have any name, and is made once where two ask for it', async () => {
    const server = await start(await usedFolder())
    const name = 'odd "name" \' é'
    const made = await Promise.all([ensureDatabase(server, name), ensureDatabase(server, name)])
    expect(made.toSorted()).toEqual([false, true])
    expect(await value(server, 'SELECT current_database()', name)).toBe(name)
  })
})

test("it runs in a folder of mode 0700 in the user's home and in one with spaces and quotes", async () => {
  const home = await temporaryFolder(homedir())
  expect(await value(await start(join(home, 'local')), 'SELECT 1')).toBe(1)
  const odd = await temporaryFolder(tmpdir())
  expect(await value(await start(join(odd, "it's a “folder” with spaces")), 'SELECT 1')).toBe(1)
})
