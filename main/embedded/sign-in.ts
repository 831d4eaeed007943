import { realpath } from 'node:fs/promises'
import { Client } from 'pg'
import { codeOf } from '../data/file-failure.ts'

/** Where an embedded server listens, and as whom the console signs in to it. */
export interface SignIn {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Set where the server takes TLS connections only. */
  readonly tls: { readonly ca: string; readonly servername: string } | null
}

/** Opens a connection for the work of `use`, and closes it. */
export async function withClient<T>(at: SignIn, database: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: at.host,
    port: at.port,
    user: at.user,
    password: at.password,
    database,
    ssl: at.tls === null ? false : { ca: at.tls.ca, servername: at.tls.servername, rejectUnauthorized: true },
    application_name: 'basepair/embedded',
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
  })
  // Without a listener, a connection that breaks would end the process; the work that uses it fails by itself.
  client.on('error', () => {})
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** What a server at this place answers: that it is ours, or why it cannot be used (yet). */
export type Answer =
  | { readonly kind: 'ours' }
  | { readonly kind: 'another' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'silent'; readonly message: string }

/** Signs in and asks which data folder the server works on. */
export async function askServer(at: SignIn, data: string): Promise<Answer> {
  try {
    return await withClient(at, 'postgres', async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
      const theirs = rows[0]?.data_directory ?? ''
      return { kind: (await sameFolder(theirs, data)) ? 'ours' : 'another' }
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = codeOf(error)
    // cannot_connect_now: recovering after a crash, starting or stopping.
    if (code === '57P03') return { kind: 'starting' }
    // Class 28 is authorization.
    if (code.startsWith('28')) return { kind: 'refused', message }
    return { kind: 'silent', message }
  }
}

async function sameFolder(one: string, other: string): Promise<boolean> {
  try {
    return (await realpath(one)) === (await realpath(other))
  } catch {
    // A folder that is not there, or that only another user may enter, is not ours.
    return false
  }
}
