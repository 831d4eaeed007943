import type { TlsFacts } from '../../preload/contract/environments.ts'
import type { Column } from '../../preload/contract/packed.ts'
import type { Backend } from '../../preload/contract/sessions.ts'

/** How TLS is made: `null` is plain text. `ca` is PEM text; `servername` is what the certificate must hold. */
export interface TlsOptions {
  readonly ca: string | null
  readonly verify: boolean
  readonly servername: string
  /** Whose `ca` it is, in words, for the sentence of a failure: `the CA of company.pem`. */
  readonly authority?: string | undefined
}

/** Where and as whom to connect, in discrete fields: a URL never reaches the driver, because its options would win over these. */
export interface Target {
  /** Environment id: names the pool, the password to ask for, and the sessions (`basepair/ENVIRONMENT/PURPOSE`). */
  readonly environment: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly tls: TlsOptions | null
}

export type Value = string | null

export interface Statement {
  readonly text: string
  readonly values?: readonly Value[]
}

/** A small result, as text. Large ones come as packed pages from `Connection.stream`. */
export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
  /** Postgres' command tag without counts: `SELECT`, `CREATE DATABASE`. */
  readonly command: string
  readonly rowCount: number | null
}

export interface RunOptions {
  /** Aborting cancels the statement on the server, and verifies that it ended. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; ends in TIMEOUT, with the statement cancelled on the server. Of a stream: without anything coming. Default 15,000; 0 is none. */
  readonly timeoutMs?: number | undefined
  /** Runs in a transaction that can no longer be made read-write. */
  readonly readOnly?: boolean | undefined
  /** Takes one of the pooled connections kept free for what must get through although all others are busy: listing and ending sessions. */
  readonly reserved?: boolean | undefined
}

export interface StreamOptions extends RunOptions {
  /** Rows in the first page, and in each later one. */
  readonly firstPage?: number | undefined
  readonly pageRows?: number | undefined
  /** Ends the result, `capped`, after so many rows or packed bytes. */
  readonly maxRows?: number | undefined
  readonly maxBytes?: number | undefined
}

export type StreamEvent =
  | { readonly event: 'columns'; readonly columns: readonly Column[] }
  | { readonly event: 'page'; readonly rows: number; readonly buffer: ArrayBuffer }
  | { readonly event: 'notice'; readonly severity: string; readonly message: string }
  | { readonly event: 'complete'; readonly command: string; readonly rowCount: number | null; readonly capped: boolean }

/** What a TLS handshake gave. */
export type Handshake = TlsFacts

/** One physical connection, for work that needs several statements on one session. Its owner closes it. */
export interface Connection extends AsyncDisposable {
  readonly backend: Backend
  /** One statement over the extended protocol (never two in one text). */
  run(statement: Statement, options?: RunOptions): Promise<Rows>
  /** One statement whose rows come as packed pages; the next page is read only when asked for. Ending it early cancels on the server. */
  stream(statement: Statement, options?: StreamOptions): AsyncIterable<StreamEvent>
  /** `COPY … FROM STDIN` with the given text. Returns the rows copied. */
  copyIn(text: string, data: string, options?: RunOptions): Promise<number>
  close(): Promise<void>
}

export interface DriverEvents {
  /** A connection of this environment ended by itself, or its worker did. `inUse` says that work was lost with it. */
  lost(environment: string, failure: Error, inUse: boolean): void
}

/** The one way to Postgres. Its engine lives in a worker thread that is started again when it dies; failures are `Failure`s of the contract. */
export interface Driver extends AsyncDisposable {
  /** One statement on a pooled connection; at most 50,000 rows come back. Reads are tried once more when an idle connection turns out dead. */
  run(target: Target, statement: Statement, options?: RunOptions): Promise<Rows>
  /** One statement on a pooled connection, its rows as packed pages. Only statements of the console's own: nothing they set may outlive them. */
  stream(target: Target, statement: Statement, options?: StreamOptions): AsyncIterable<StreamEvent>
  /** A connection of one's own, outside the pool. */
  connect(target: Target, purpose: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<Connection>
  /** Closes what is pooled for an environment; with a database, only connections to that one. */
  end(environment: string, database?: string): Promise<void>
  /** Makes a fresh connection without signing in, and tells its TLS handshake; null in plain text. An idle connection would say nothing about the way. */
  handshake(target: Target, options?: Pick<RunOptions, 'signal' | 'timeoutMs'>): Promise<Handshake | null>
  close(): Promise<void>
}

export interface DriverOptions {
  /** Asked for each new physical connection, so that tokens of fifteen minutes and changed secrets are picked up. */
  password(environment: string): Promise<string | null>
  readonly events: DriverEvents
}
