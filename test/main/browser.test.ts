import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { afterEach, expect, test } from 'vitest'
import type { Contract } from '../../preload/contract/index.ts'
import { openSocket, socketLink } from '../seam/seam-client.ts'
import { makeDataFolder, type RunningConsole, startConsole, startRefused } from '../support/console.ts'

/** The entry of browser mode as its user meets it: the built console, started as a process. */

const folders: string[] = []
const dataFolder = async () => {
  const folder = await makeDataFolder()
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** The servers of its own that a console on this folder has running. */
const runningServers = async (folder: string) =>
  (await readdir(join(folder, 'servers'), { recursive: true })).filter((path) => basename(path) === 'postmaster.pid')

/** Exchanges the token of a link; null where it is not taken. */
async function signIn(link: string): Promise<string | null> {
  const url = new URL(link)
  const answer = await fetch(new URL('/session', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url.origin },
    body: JSON.stringify({ token: url.hash.slice(1) }),
  })
  return answer.ok ? ((await answer.json()) as { bearer: string }).bearer : null
}

async function openClient(running: RunningConsole) {
  const bearer = (await signIn(running.url)) ?? ''
  const socket = await openSocket(running.url.split('#')[0] ?? '', { bearer, window: 'window-00000001' })
  const client: ContractRouterClient<Contract> = createORPCClient(socketLink(socket))
  return { bearer, client, socket }
}

test('the printed link opens one session, which makes links for others; nothing more is printed and no token is logged', async () => {
  await using running = await startConsole({ dataFolder: await dataFolder() })
  const { bearer, client, socket } = await openClient(running)
  expect(await client.settings.read()).toMatchObject({ mode: 'browser', dataFolder: running.dataFolder })
  expect(await signIn(running.url)).toBeNull()
  const { url } = await client.settings.link()
  expect(new URL(url).origin).toBe(new URL(running.url).origin)
  const other = await signIn(url)
  expect(other).toMatch(/^[\w-]{43}$/)
  expect(await signIn(url)).toBeNull()

  const closed = once(socket, 'close')
  expect(await running.end('SIGHUP')).toBe(0)
  expect((await closed)[0]).toBe(1001)
  expect(running.stdout().split('\n')).toEqual([expect.stringMatching(/^Basepair: /), ''])
  const path = join(running.dataFolder, 'basepair.log')
  const log = await readFile(path, 'utf8')
  expect(log).toMatch(/started: version .*\n.*ending\n.*ended\n$/s)
  for (const secret of [bearer, other ?? '', new URL(running.url).hash.slice(1), new URL(url).hash.slice(1)])
    expect(log).not.toContain(secret)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a signal during the start ends it with nothing left running', async () => {
  const folder = await dataFolder()
  const starting = startConsole({ dataFolder: folder }).catch((error: unknown) => error)
  while (!existsSync(join(folder, 'servers'))) await new Promise((resolve) => setTimeout(resolve, 20))
  const lock = JSON.parse(await readFile(join(folder, 'lock'), 'utf8')) as { pid: number }
  process.kill(lock.pid, 'SIGTERM')
  const started = await starting
  // Too late to stop what begins, soon enough to stop all of it.
  if (!(started instanceof Error)) await (started as RunningConsole).end()
  expect(await runningServers(folder)).toEqual([])
  expect(await readdir(folder)).not.toContain('lock')
})

test('further signals while it ends change nothing: it ends well, and starts again on the same data', async () => {
  const folder = await dataFolder()
  const running = await startConsole({ dataFolder: folder })
  expect(await runningServers(folder)).toHaveLength(2)
  const ended = once(running.process, 'exit')
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    running.process.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect((await ended)[0]).toBe(0)
  expect(running.stderr()).toBe('')
  expect(await runningServers(folder)).toEqual([])
  await using again = await startConsole({ dataFolder: folder })
  const { client, socket } = await openClient(again)
  expect(await client.tables.list({ environment: 'local' })).toMatchObject({ database: 'cruddur' })
  expect((await client.settings.read()).notices).toEqual([])
  socket.terminate()
})

test('a port in use is told before anything is started', async () => {
  const folder = await dataFolder()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const refused = await startRefused({ dataFolder: folder, args: ['--port', String(port)] })
  taken.close()
  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is in use. Choose another with --port, or --port 0 for any that is free.\n`,
  })
  expect(await readdir(folder)).not.toContain('servers')
})
