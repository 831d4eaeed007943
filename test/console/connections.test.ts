import { readdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Draft } from '../../preload/contract/environments.ts'
import { startRogueServer } from '../postgres/rogue-server.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** Environments that cannot be reached: what the console says of each, and that no password shows anywhere. */

const canary = 'kanarie-9f3b7c21'

let server: TestServer
let running: RunningConsole
let line: Line
let silent: { readonly port: number } & AsyncDisposable
let withoutTls: { readonly port: number } & AsyncDisposable
let free: number

async function refusedPort(): Promise<number> {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  return port
}

beforeAll(async () => {
  server = await startTestServer({ tls: true })
  await server.sql(`CREATE ROLE keeper LOGIN PASSWORD '${canary}'`)
  silent = await startRogueServer(() => null)
  withoutTls = await startRogueServer(() => Buffer.from('N'))
  free = await refusedPort()
  const url = `postgres://keeper:${canary}@127.0.0.1:${server.port}/postgres?sslmode=require`
  running = await startConsole({ variables: { PROD_CONNECTION_URL: url } })
  line = await openLine(running)
})
afterAll(async () => {
  await line?.close()
  await running?.[Symbol.asyncDispose]()
  await silent?.[Symbol.asyncDispose]()
  await withoutTls?.[Symbol.asyncDispose]()
  await server?.stop()
})

const draft = (part: Partial<Draft>): Draft => ({ id: 'trial', label: 'trial', colour: 'blue', guard: 'open', project: 'cruddur', ...part })
const connection = (part: Partial<NonNullable<Draft['connection']>>) => ({
  connection: { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'keeper', tls: 'unverified' as const, ...part },
  password: canary,
})
const at = () => `127.0.0.1:${server.port}`

/** What refuses it at once, before anything is sent. */
const unreadable: Readonly<Record<string, readonly [() => Partial<Draft>, RegExp]>> = {
  'no scheme': [() => ({ url: `keeper:${canary}@${at()}/postgres` }), /has no scheme/],
  'another scheme': [() => ({ url: `mysql://keeper:${canary}@${at()}/postgres` }), /has no scheme/],
  'nothing at all': [() => ({ url: '' }), /Give a URL, or host/],
  'only spaces': [() => ({ url: '   ' }), /is empty/],
  'a bare # in the password': [() => ({ url: `postgres://keeper:${canary}#x@${at()}/postgres` }), /%23/],
  'a bare / in the password': [() => ({ url: `postgres://keeper:${canary}/x@${at()}/postgres` }), /%2F/],
  'a bare ? in the password': [() => ({ url: `postgres://keeper:${canary}?x@${at()}/postgres` }), /%3F/],
  'a bare % in the password': [() => ({ url: `postgres://keeper:${canary}%x@${at()}/postgres` }), /%25/],
  'an option that moves it elsewhere': [
    () => ({ url: `postgres://keeper:${canary}@${at()}/postgres?host=evil` }),
    /carries the option host/,
  ],
  'a name of 64 bytes in the URL': [() => ({ url: `postgres://keeper:${canary}@${at()}/${'é'.repeat(32)}` }), /63 bytes/],
  'a name of 64 bytes': [() => connection({ database: 'd'.repeat(64) }), /at most 63 bytes/],
  'no user': [() => ({ url: `postgres://${at()}/postgres` }), /names no user/],
  'no database': [() => ({ url: `postgres://keeper:${canary}@${at()}` }), /names no database/],
}

/** What only trying tells. */
const unreachable: Readonly<Record<string, readonly [() => Partial<Draft>, string, RegExp]>> = {
  'a wrong password': [() => ({ ...connection({}), password: `${canary}-not` }), 'SIGN_IN', /refuses the password of keeper/],
  'an unknown user': [() => connection({ user: 'nobody' }), 'SIGN_IN', /refuses the password of nobody/],
  'an unknown host': [() => connection({ host: 'nowhere.invalid' }), 'UNREACHABLE', /No address is known for nowhere\.invalid/],
  'a silent host': [() => connection({ port: silent.port, tls: 'off' }), 'UNREACHABLE', /did not answer as Postgres does/],
  'a silent host with TLS': [() => connection({ port: silent.port, tls: 'verify-full' }), 'UNREACHABLE', /did not answer as Postgres does/],
  'a refused port': [() => connection({ port: free, tls: 'off' }), 'UNREACHABLE', /Nothing listens on 127\.0\.0\.1/],
  'a server that wants TLS': [() => connection({ tls: 'off' }), 'TLS', /only over TLS/],
  'TLS refused by the server': [() => connection({ port: withoutTls.port, tls: 'verify-full' }), 'TLS', /offers no TLS/],
  'a certificate that nobody known signed': [() => connection({ tls: 'verify-full' }), 'TLS', /not signed by the trusted CAs/],
  'a CA file that is not there': [() => connection({ tls: 'verify-full', caFile: '/nowhere/ca.pem' }), 'FILE', /cannot be read/],
  'a missing database': [() => connection({ database: 'not there' }), 'NO_DATABASE', /There is no database not there/],
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; whole: string }> {
  const error = await work.then(
    (value) => Promise.reject(new Error(`It was done: ${JSON.stringify(value)}`)),
    (reason: unknown) => reason,
  )
  const { code, message, data } = error as { code: string; message: string; data: unknown }
  return { code, message, whole: JSON.stringify({ code, message, data }) }
}

const isClean = (text: string) => {
  expect(text).not.toContain(canary)
  expect(text).not.toMatch(/\n {4}at |node_modules|\.ts:\d+/)
}

/** The other environments are as usable as before. */
const othersWork = async () => {
  expect((await line.client.sessions.list({ environment: 'prod' })).sessions.length).toBeGreaterThan(0)
  expect((await line.query('local', 'SELECT 1')).rows).toEqual([['1']])
}

test.each(Object.entries(unreadable))('%s is refused before anything is kept', async (_name, [part, sentence]) => {
  for (const operation of ['test', 'save'] as const) {
    const { code, message, whole } = await refusal(line.client.environments[operation](draft(part())))
    expect({ code, message }).toEqual({ code: 'INVALID', message: expect.stringMatching(sentence) })
    isClean(whole)
  }
  await expect(line.client.overview.path({ environment: 'trial' })).rejects.toMatchObject({ code: 'GONE' })
  await othersWork()
})

const told = Object.entries(unreachable).map(([name, facts], index) => [name, `trial-${index}`, ...facts] as const)

// Each beside the others: one that is silent holds up none.
test.concurrent.each(told)('%s is told by the test, and by the environment once it is kept', async (_name, id, part, wanted, sentence) => {
  const { code, message, whole } = await refusal(line.client.environments.test(draft({ ...part(), id })))
  expect({ code, message }).toEqual({ code: wanted, message: expect.stringMatching(sentence) })
  isClean(whole)
  const saved = await line.client.environments.save(draft({ ...part(), id }))
  isClean(JSON.stringify(saved))
  const state = await line.until(id, ({ connection }) => connection.state === 'failed')
  expect(state.connection).toMatchObject({ problem: { code: wanted, message: expect.stringMatching(sentence) } })
  isClean(JSON.stringify(state))
  const [path, answer] = await Promise.all([line.client.overview.path({ environment: id }), line.query(id, 'SELECT 1')])
  expect(path.links.some((link) => link.state === 'broken')).toBe(true)
  isClean(JSON.stringify(path))
  expect(answer.error).toMatchObject({ code: wanted })
  isClean(JSON.stringify(answer))
  await othersWork()
  await line.client.environments.remove({ environment: id })
})

test('a settings file that does not parse is named, left as it is, and read again once it is mended', async () => {
  const path = join(running.dataFolder, 'settings.json')
  const broken = '{\n  "version": 1,\n  "environments": [,]\n}\n'
  const before = await readFile(path, 'utf8')
  await writeFile(path, broken)
  expect((await line.client.settings.reload()).settingsProblem).toMatchObject({ line: 3 })
  expect(await refusal(line.client.environments.save(draft(connection({}))))).toMatchObject({
    code: 'FILE',
    message: expect.stringContaining('does not parse (line 3'),
  })
  expect(await readFile(path, 'utf8')).toBe(broken)
  await othersWork()
  // Broken by hand while the console runs, and not read since.
  await writeFile(path, before)
  await line.client.settings.reload()
  await writeFile(path, broken)
  expect(await refusal(line.client.environments.save(draft(connection({}))))).toMatchObject({ code: 'FILE' })
  expect(await readFile(path, 'utf8')).toBe(broken)
  await writeFile(path, before)
  expect((await line.client.settings.reload()).settingsProblem).toBeNull()
})

test('the password is in no file of the data folder, in no arguments, in no output, and no child inherits it', async () => {
  await line.client.environments.save(draft({ ...connection({}), password: canary }))
  await line.until('trial', ({ connection }) => connection.state === 'connected')
  await line.query('trial', `SELECT 1; ALTER ROLE keeper PASSWORD '${canary}'`)
  const history = await line.client.query.history({ environment: 'trial' })
  expect(history[0]?.text).toContain('ALTER ROLE')
  isClean(JSON.stringify(history))
  isClean(JSON.stringify(await line.client.activity.list({ limit: 1000 })))
  await line.client.environments.remove({ environment: 'trial' })
  isClean(running.stdout() + running.stderr())
  const files = await readdir(running.dataFolder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name)
    if ((await readFile(path)).includes(canary)) found.push(path)
  }
  expect(found).toEqual([])
  const log = await readFile(join(running.dataFolder, 'basepair.log'), 'utf8')
  expect(log).not.toMatch(/incident|uncaught|unhandled/)
  const processes = await descendants(running.process.pid ?? 0)
  expect(processes.length).toBeGreaterThan(2)
  for (const pid of processes) {
    expect(await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).not.toContain(canary)
    if (pid !== running.process.pid) expect(await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).not.toContain(canary)
  }
})

/** A process with all that it started. */
async function descendants(root: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : ''
    const parent = /\) \S (\d+) /.exec(stat)?.[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const found = [root]
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found
}
