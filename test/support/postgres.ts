import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '../../main/data/process.ts'
import { ensureDatabase } from '../../main/embedded/database.ts'
import { type EmbeddedServer, type ServerTls, startEmbeddedServer } from '../../main/embedded/server.ts'
import { withClient } from '../../main/embedded/sign-in.ts'
import type { Target } from '../../main/postgres/driver.ts'
import { makeAuthority, makeServerCertificate } from '../../practice/certificates.ts'
import { prepareFolder } from './clusters.ts'

const superuser = 'postgres'
const tlsName = 'basepair-test.localhost'

/** A throw-away Postgres 18 for tests. Its data is gone after `stop`. */
export interface TestServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** With `tls: true`: the authority to trust, and the name that the certificate holds. */
  readonly caPem?: string
  readonly servername?: string
  readonly folder: string
  /** The server process itself, for tests that kill it. */
  readonly embedded: EmbeddedServer
  /** Without TLS; the password in it is safe in a URL. */
  connectionString(database?: string): string
  /** Where and as whom for the driver; `environment` is `local` unless told otherwise. */
  target(database?: string, environment?: string): Target
  /** Makes a new database (a copy of `template`, empty by default) and returns its name. */
  freshDatabase(template?: string): Promise<string>
  /** Runs SQL (several statements may stand in it) past the driver; returns the rows of the last one, values as pg parses them. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface TestServerOptions {
  readonly tls?: boolean
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts a server in a temporary folder in about half a second; several may run at once. Its owner stops it. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-test-'))
  await prepareFolder(folder)
  const tls = options.tls === true ? await makeTls() : undefined
  const embedded = await startEmbeddedServer({
    folder,
    name: 'test',
    superuser,
    durable: false,
    attached: true,
    tls,
    settings: { shared_buffers: '32MB', autovacuum_naptime: '1d', ...options.settings },
  })
  running.add(embedded)
  const { host, user, password } = embedded
  return {
    host,
    user,
    password,
    folder,
    embedded,
    ...(tls === undefined ? {} : { caPem: tls.ca, servername: tls.servername }),
    get port() {
      return embedded.port
    },
    connectionString: (database = 'postgres') =>
      `postgresql://${user}:${password}@${host}:${embedded.port}/${encodeURIComponent(database)}`,
    target: (database = 'postgres', environment = 'local') => ({
      environment,
      host,
      port: embedded.port,
      database,
      user,
      tls: tls === undefined ? null : { ca: tls.ca, verify: true, servername: tls.servername },
    }),
    async freshDatabase(template) {
      const name = `test_${randomBytes(6).toString('hex')}`
      await (template === undefined ? ensureDatabase(embedded, name) : copyDatabase(embedded, name, template))
      return name
    },
    sql: (text, database = 'postgres') =>
      withClient(embedded, database, async (client) => {
        const result: unknown = await client.query(text)
        // pg answers several statements with an array of results.
        const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Record<string, unknown>[] }
        return last.rows
      }),
    restart: () => embedded.restart(),
    async stop() {
      await embedded.stop()
      running.delete(embedded)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Servers whose owner has not stopped them; they end with the process. */
const running = new Set<EmbeddedServer>()

process.once('exit', () => {
  for (const { pid, folder } of running) {
    endAtOnce(pid)
    rmSync(folder, { recursive: true, force: true })
  }
})

/** For the last moment of a process, when nothing can be awaited any more. */
function endAtOnce(pid: number): void {
  if (!isAlive(pid)) return
  process.kill(pid, 'SIGQUIT')
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let waits = 0; isAlive(pid) && waits < 100; waits += 1) Atomics.wait(clock, 0, 0, 20)
}

async function copyDatabase(server: EmbeddedServer, name: string, template: string): Promise<void> {
  await withClient(server, 'postgres', (client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`),
  )
}

async function makeTls(): Promise<ServerTls> {
  const authority = await makeAuthority('Basepair test authority')
  const server = await makeServerCertificate(authority, [tlsName], ['127.0.0.1'])
  return { ...server, ca: authority.certificate, servername: tlsName }
}
