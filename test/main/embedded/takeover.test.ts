import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { isAlive } from '../../../main/data/process.ts'
import { keepRunning } from '../../../main/embedded/keep-running.ts'
import { type EmbeddedServer, startEmbeddedServer } from '../../../main/embedded/server.ts'
import { withClient } from '../../../main/embedded/sign-in.ts'
import { prepareFolder } from '../../support/clusters.ts'
import { temporaryFolder } from '../../support/folders.ts'

const starter = join(import.meta.dirname, '../../support/start-server.ts')

interface Started {
  readonly pid: number
  readonly port: number
  readonly adopted: boolean
}

async function usedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await prepareFolder(folder)
  return folder
}

/** Another console, in a process of its own. */
async function startElsewhere(folder: string): Promise<{ console: ChildProcess; server: Started }> {
  const console = spawn(process.execPath, [starter, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void console.kill('SIGKILL'))
  const [line] = await once(createInterface(console.stdout), 'line')
  return { console, server: JSON.parse(String(line)) }
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL')
  await once(process, 'exit')
}

async function start(folder: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ folder, name: 'test', superuser: 'postgres' })
  onTestFinished(() => server.stop())
  return server
}

const write = (server: EmbeddedServer) =>
  withClient(server, 'postgres', (client) =>
    client.query('CREATE TABLE IF NOT EXISTS kept (at timestamptz); INSERT INTO kept VALUES (now())'),
  )

const count = (server: EmbeddedServer) =>
  withClient(server, 'postgres', async (client) => (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM kept')).rows[0]?.n)

async function endOf(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20)
}

test('a server outlives a killed console, and the next console takes it over', async () => {
  const folder = await usedFolder()
  const first = await startElsewhere(folder)
  expect(first.server.adopted).toBe(false)
  await kill(first.console)
  expect(isAlive(first.server.pid)).toBe(true)

  const second = await startElsewhere(folder)
  expect(second.server).toEqual({ ...first.server, adopted: true })
  await kill(second.console)

  const third = await start(folder)
  expect(third).toMatchObject({ pid: first.server.pid, port: first.server.port, adopted: true })
  await write(third)
  await third.stop()
  expect(await third.exited).toEqual({ expected: true })
  expect(isAlive(first.server.pid)).toBe(false)
  expect(await count(await start(folder))).toBe(1)
})

test('a server that was taken over gets the settings of now', async () => {
  const folder = await usedFolder()
  const first = await startElsewhere(folder)
  await kill(first.console)
  const server = await startEmbeddedServer({ folder, name: 'test', superuser: 'postgres', settings: { work_mem: '7MB' } })
  onTestFinished(() => server.stop())
  expect(server.adopted).toBe(true)
  await expect
    .poll(() => withClient(server, 'postgres', async (client) => (await client.query('SHOW work_mem')).rows[0]))
    .toEqual({ work_mem: '7MB' })
})

test('a server that was killed recovers with everything that was committed', async () => {
  const folder = await usedFolder()
  const first = await start(folder)
  await write(first)
  process.kill(first.pid, 'SIGKILL')
  expect(await first.exited).toEqual({ expected: false })
  const second = await start(folder)
  expect(second.adopted).toBe(false)
  expect(await count(second)).toBe(1)
})

test('a backend that outlives its killed server does not keep the next one from starting', async () => {
  const folder = await usedFolder()
  const first = await start(folder)
  await write(first)
  let backend = 0
  const busy = withClient(first, 'postgres', async (client) => {
    backend = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0
    await client.query('DO $$ BEGIN LOOP PERFORM sum(n) FROM generate_series(1, 1000000) n; END LOOP; END $$')
  }).catch(() => {})
  await expect.poll(() => backend).toBeGreaterThan(0)
  await pause(100)
  process.kill(first.pid, 'SIGKILL')
  await endOf(first.pid)
  expect(isAlive(backend)).toBe(true)
  expect(await count(await start(folder))).toBe(1)
  expect(isAlive(backend)).toBe(false)
  await busy
})

test('a pid file whose process id is another program by now does not block', async () => {
  const folder = await usedFolder()
  const first = await start(folder)
  await write(first)
  const pidFile = join(folder, 'data', 'postmaster.pid')
  const left = await readFile(pidFile, 'utf8')
  await first.stop()
  const foreign = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  onTestFinished(() => void foreign.kill('SIGKILL'))
  await once(foreign, 'spawn')
  await writeFile(pidFile, left.replace(/^\d+/, String(foreign.pid)), { mode: 0o600 })
  const second = await start(folder)
  expect(second.adopted).toBe(false)
  expect(await count(second)).toBe(1)
  expect(foreign.exitCode).toBeNull()
  expect(foreign.signalCode).toBeNull()
})

test.each([
  ['is empty', ''],
  ['is cut short', '4'],
  ['holds no number', '\0\0\0\0\n'],
])('a pid file that %s after a power cut does not block', async (_, text) => {
  const folder = await usedFolder()
  const first = await start(folder)
  await first.stop()
  await writeFile(join(folder, 'data', 'postmaster.pid'), text, { mode: 0o600 })
  const second = await start(folder)
  expect(second.adopted).toBe(false)
})

test.skipIf(process.platform === 'win32')('a server that runs but does not answer is stopped, and a new one is started', async () => {
  const folder = await usedFolder()
  const first = await startElsewhere(folder)
  await kill(first.console)
  process.kill(first.server.pid, 'SIGSTOP')
  const second = await start(folder)
  expect(second).toMatchObject({ adopted: false })
  expect(second.pid).not.toBe(first.server.pid)
  expect(isAlive(first.server.pid)).toBe(false)
})

test('a server that dies under a running console is started again, until it is told to stop', async () => {
  const server = await start(await usedFolder())
  await write(server)
  const reports: string[] = []
  keepRunning(server, 'test', (text) => reports.push(text))
  const { pid, port } = server
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => reports, { timeout: 20_000 }).toEqual(['The embedded server test had ended unexpectedly, and was started again.'])
  expect(server.port).toBe(port)
  expect(await count(server)).toBe(1)
  await server.stop()
  await pause(200)
  expect(isAlive(server.pid)).toBe(false)
  expect(reports).toHaveLength(1)
})
