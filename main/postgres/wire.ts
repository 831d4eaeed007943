import type { ErrorCode, ErrorData } from '../../preload/contract/errors.ts'
import type { Backend } from '../../preload/contract/sessions.ts'
import type { Handshake, Rows, RunOptions, Statement, StreamEvent, StreamOptions, Target } from './driver.ts'

/** What main and the worker say to each other. Every call has an id of its own, by which it is answered or cancelled. */

/** Options without the signal, which does not cross: aborting becomes a `cancel` of the call. */
export type CallOptions = Omit<RunOptions, 'signal'>
export type StreamCallOptions = Omit<StreamOptions, 'signal'>

/** Where a statement runs: on a pooled connection to the target, or on an own connection by its number. */
export type Place = Target | number

export type WorkerCall =
  | { readonly do: 'run'; readonly place: Place; readonly statement: Statement; readonly options: CallOptions }
  | { readonly do: 'stream'; readonly place: Place; readonly statement: Statement; readonly options: StreamCallOptions }
  | { readonly do: 'next'; readonly stream: number }
  | { readonly do: 'stop'; readonly stream: number }
  | { readonly do: 'copyIn'; readonly place: number; readonly text: string; readonly data: string; readonly options: CallOptions }
  | { readonly do: 'connect'; readonly target: Target; readonly purpose: string }
  | { readonly do: 'close'; readonly connection: number }
  | { readonly do: 'end'; readonly environment: string; readonly database: string | null }
  | { readonly do: 'shutdown' }
  | { readonly do: 'handshake'; readonly target: Target; readonly options: Pick<CallOptions, 'timeoutMs'> }

/** What has happened in a stream since the last `next`. */
export interface StreamBatch {
  readonly events: readonly StreamEvent[]
  readonly end: boolean
}

export interface Connected {
  readonly connection: number
  readonly backend: Backend
}

export interface Answers {
  run: { readonly columns: Rows['columns']; readonly page: ArrayBuffer | null; readonly command: string; readonly rowCount: number | null }
  /** The number of the stream. */
  stream: number
  next: StreamBatch
  stop: null
  copyIn: number
  connect: Connected
  close: null
  end: null
  shutdown: null
  handshake: Handshake | null
}

/** A failure of the contract as plain values, or a defect to be logged whole. */
export type Described =
  | { readonly code: ErrorCode; readonly message: string; readonly data: ErrorData | undefined }
  | { readonly code: null; readonly message: string; readonly stack: string | undefined }

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly call: WorkerCall }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'password'; readonly id: number; readonly password: string | null; readonly error: Described | null }

export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly kind: 'failed'; readonly id: number; readonly error: Described }
  | { readonly kind: 'password'; readonly id: number; readonly environment: string }
  | { readonly kind: 'lost'; readonly environment: string; readonly error: Described; readonly inUse: boolean }
