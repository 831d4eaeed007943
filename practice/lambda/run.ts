import type { LambdaFailure } from '../../preload/contract/practice.ts'
import type { Connection, FindInstance } from './database.ts'
import { connect, silence } from './database.ts'
import type { TriggerEvent } from './event.ts'

/** One run of the function's code. */
export interface Run {
  readonly event: TriggerEvent
  readonly requestId: string
  readonly failure: LambdaFailure
  readonly swallows: boolean
  /** Writes one event of the log; nothing once the function was ended. */
  write(message: string): void
  now(): Date
  readonly find: FindInstance
  readonly signal: AbortSignal
}

/** How the code ended; `null` where it gave the event back. */
export interface Uncaught {
  readonly type: string
  readonly message: string
}

/** What Lambda's runtime makes of the function's code. */
export interface Handler {
  /** What importing it says, where that fails. Writes the runtime's lines. */
  load(write: (message: string) => void, now: () => Date): Uncaught | null
  run(run: Run): Promise<Uncaught | null>
}

/** The function's own connection, made as its failure says. */
export function connectFor({ find, signal, failure }: Run): Promise<Connection> {
  return connect(find, {
    signal,
    inVpc: failure !== 'time-out',
    // The table is looked for where it is not.
    searchPath: failure === 'table missing' ? 'app' : null,
  })
}

/** Waits for a statement no longer than the function lives. */
export const whileAlive = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => Promise.race([work, silence(signal)])
