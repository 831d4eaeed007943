import type { Client, ClientConfig } from 'pg'
import type { Backend } from '../../preload/contract/sessions.ts'
import type { Statement, Target, Value } from './driver.ts'
import { DriverError } from './driver-error.ts'
import { Execution, type Limits, type Taker } from './execution.ts'
import { connectTimeoutMs, Line } from './line.ts'
import { unpackRows } from './pack.ts'

/** The pair that the protocol's own cancel request carries. */
export interface BackendKey {
  readonly processId: number
  readonly secretKey: number
}

/** What pg is told: discrete fields only, and every value as the text that the server wrote. */
export function clientConfig(target: Target, purpose: string, password: () => Promise<string | null>): ClientConfig {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    // The line below makes TLS itself, before pg speaks.
    ssl: false,
    stream: () => new Line({ tls: target.tls, connectTimeoutMs }),
    application_name: `basepair/${target.environment}/${purpose}`,
    password: async () => {
      const secret = await password()
      if (secret === null) throw new DriverError('no password', 'No password is known')
      return secret
    },
  }
}

const small: Limits = { firstPage: 1000, pageRows: 1000, pageBytes: 1 << 24, maxRows: 1000, maxBytes: 1 << 24, once: true }

/** A client with the line under it: the only place that reaches through pg to its socket. */
export class HeldClient {
  readonly client: Client
  readonly line: Line
  /** Not to go back into the pool: something was cancelled, cut or left open on it. */
  spoiled = false
  /** Ended by the driver itself, which is no loss. */
  cut = false
  /** The transaction under way is a read-only run's, to be rolled back after it. */
  readOnly = false
  /** Who serves this connection, once `backend` has asked. */
  knownBackend: Backend | null = null

  constructor(client: Client) {
    const line = client.connection.stream
    if (!(line instanceof Line)) throw new Error('The client was made without a line')
    this.client = client
    this.line = line
  }

  execute(statement: Statement, limits: Limits, taker: Taker, copyData: Buffer | null = null): Execution {
    const execution = new Execution(this.line, statement, limits, taker, copyData)
    // Its failure is also seen by whoever waits for its pages; alone it must not count as unhandled.
    execution.ended.catch(() => {})
    this.client.query(execution)
    return execution
  }

  /** A small statement of the driver's own. */
  async rows(statement: Statement): Promise<Value[][]> {
    let rows: Value[][] = []
    const taker = {
      fields() {},
      page(_count: number, buffer: ArrayBuffer) {
        rows = unpackRows(buffer)
      },
      suspended() {},
      overflow() {},
    }
    await this.execute(statement, small, taker).ended
    return rows
  }

  /** A command without rows, possibly several in one text: only for texts of the driver's own. */
  async command(text: string): Promise<void> {
    await this.client.query({ text, rowMode: 'array' })
  }

  /** Who serves this connection, as `pg_stat_activity` knows it. Asked once. */
  async backend(): Promise<Backend> {
    if (this.knownBackend !== null) return this.knownBackend
    const [row] = await this.rows({ text: 'SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()' })
    this.knownBackend = { pid: Number(row?.[0] ?? 0), backendStart: row?.[1] ?? '' }
    return this.knownBackend
  }

  /** What the server gave at sign-in to cancel by; pg keeps it without publishing it in its types. */
  get key(): BackendKey | null {
    const { processID, secretKey } = this.client as Client & { readonly processID?: number | null; readonly secretKey?: number | null }
    return typeof processID === 'number' && typeof secretKey === 'number' ? { processId: processID, secretKey } : null
  }

  get transactionOpen(): boolean {
    const status = this.client.getTransactionStatus()
    return status === 'T' || status === 'E'
  }

  destroy(): void {
    this.spoiled = true
    this.cut = true
    this.line.destroy()
  }
}
