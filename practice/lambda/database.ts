import { Client } from 'pg'

/** The instance as a function in its VPC sees it: by its private address, with no rule of this machine between. */
export interface Reach {
  /** The name and port that the function has in its CONNECTION_URL. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly caPem: string
  /** Where the instance's server listens; null while the instance is not available, and nobody hears the function. */
  readonly listening: number | null
}

/** Fails with `NameNotFound` once the instance was deleted, and its name with it. */
export type FindInstance = () => Promise<Reach>

/** The address that the instance's name leads to within the VPC. */
export const privateAddress = '172.31.12.84'

/** The instance's name leads nowhere. */
export class NameNotFound extends Error {
  readonly host: string
  constructor(host: string) {
    super(`${host} leads nowhere`)
    this.host = host
  }
}

/** The function ran out of time while it waited. */
export class Frozen extends Error {}

export interface ConnectOptions {
  /** Ends the function, with its connection. */
  readonly signal: AbortSignal
  /** Schemas in which tables are looked for; null for the role's own. */
  readonly searchPath: string | null
  /** A function outside the VPC is not heard. */
  readonly inVpc: boolean
}

export interface Connection {
  readonly reach: Reach
  readonly client: Client
}

/** What never answers: it fails with `Frozen` when the function ends. */
export function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(new Frozen())
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Signs in at the instance's real server. Fails with `NameNotFound`, with `ConnectFailure`, and with `Frozen` where nobody answers until the function ends. */
export async function connect(find: FindInstance, { signal, searchPath, inVpc }: ConnectOptions): Promise<Connection> {
  const reach = await find()
  if (!inVpc || reach.listening === null) return silence(signal)
  signal.throwIfAborted()
  const client = new Client({
    host: '127.0.0.1',
    port: reach.listening,
    user: reach.user,
    password: reach.password,
    database: reach.database,
    ssl: { ca: reach.caPem, servername: reach.host },
    ...(searchPath === null ? {} : { options: `-c search_path=${searchPath}` }),
  })
  // Without a listener, a connection that breaks between two statements would end the process.
  client.on('error', () => {})
  const cut = () => void client.end().catch(() => {})
  signal.addEventListener('abort', cut, { once: true })
  try {
    await client.connect()
  } catch (cause) {
    throw new ConnectFailure(reach, cause)
  }
  return { reach, client }
}

/** The server turned the function away, or the connection broke on the way. */
export class ConnectFailure extends Error {
  readonly reach: Reach
  constructor(reach: Reach, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.reach = reach
  }
}
