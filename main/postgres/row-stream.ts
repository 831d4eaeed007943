import type { Statement, StreamEvent } from './driver.ts'
import { DriverError } from './driver-error.ts'
import type { Execution, Field, Limits, Taker } from './execution.ts'
import type { HeldClient } from './held-client.ts'
import { interrupt, unconfirmed } from './limits.ts'
import type { TargetPools } from './pools.ts'
import { beginReadOnly, checkSendable, endReadOnly, timeoutOf } from './statements.ts'
import type { StreamBatch, StreamCallOptions } from './wire.ts'

const pageBytes = 8 * 1024 * 1024
/** So much may wait to be taken before the socket is left to fill up. */
const holdBytes = 32 * 1024 * 1024
/** A loop that raises a million of them must not fill the memory. */
const maxWaitingNotices = 1000
/** How long a page that is being read ahead may take to end by itself when nobody wants it any more. */
const patienceMs = 250

/** One statement whose rows go out page by page as they are asked for, with one page read ahead. */
export class RowStream implements Taker {
  /** Resolves when nothing of the stream is left on the connection; never rejects. */
  readonly over: Promise<void>
  readonly #pools: TargetPools
  readonly #held: HeldClient
  readonly #options: StreamCallOptions
  #events: StreamEvent[] = []
  #waitingBytes = 0
  /** Since the last time events were taken. */
  #notices = 0
  #columns: Promise<void> = Promise.resolve()
  #execution: Execution | null = null
  #readAhead = false
  #ended = false
  #failure: unknown = null
  #cause: DriverError | null = null
  #interrupted: Promise<boolean> = Promise.resolve(true)
  readonly #running: Promise<unknown>
  #wake: () => void = () => {}

  constructor(pools: TargetPools, held: HeldClient, statement: Statement, options: StreamCallOptions, signal: AbortSignal) {
    checkSendable(statement)
    this.#pools = pools
    this.#held = held
    this.#options = options
    const abort = () => this.#stop(new DriverError('cancelled', 'The statement was cancelled.'))
    signal.addEventListener('abort', abort, { once: true })
    const notice = ({ severity, message }: { severity?: string | undefined; message?: string | undefined }) => {
      this.#notices += 1
      if (this.#notices < maxWaitingNotices) this.#push({ event: 'notice', severity: severity ?? 'NOTICE', message: message ?? '' })
      if (this.#notices === maxWaitingNotices)
        this.#push({ event: 'notice', severity: 'NOTICE', message: 'More notices followed and are left out.' })
    }
    held.client.on('notice', notice)
    this.#running = this.#run(statement)
    this.over = this.#running
      .then(
        () => {},
        (error: unknown) => {
          this.#failure = error
        },
      )
      .then(async () => {
        const confirmed = await this.#interrupted
        if (this.#failure !== null && this.#cause !== null) this.#failure = confirmed ? this.#cause : unconfirmed(this.#cause)
        held.client.off('notice', notice)
        signal.removeEventListener('abort', abort)
        await endReadOnly(held)
      })
      .finally(() => {
        this.#ended = true
        this.#wake()
      })
    if (signal.aborted) abort()
  }

  async #run(statement: Statement): Promise<void> {
    if (this.#options.readOnly === true) await beginReadOnly(this.#held)
    const { firstPage = 200, pageRows = 10_000, maxRows = Number.MAX_SAFE_INTEGER, maxBytes = Number.POSITIVE_INFINITY } = this.#options
    const limits: Limits = { firstPage, pageRows, pageBytes, maxRows, maxBytes, once: false }
    if (this.#cause !== null) throw this.#cause
    this.#execution = this.#held.execute(statement, limits, this)
    const { command, rowCount, capped } = await this.#execution.ended
    this.#push({ event: 'complete', command, rowCount, capped })
  }

  /** What has happened since the last time; waits until something has. */
  async next(): Promise<StreamBatch> {
    if (this.#events.length === 0 && !this.#ended) await this.#something()
    await this.#columns
    const events = this.#events
    this.#events = []
    this.#waitingBytes = 0
    this.#notices = 0
    this.#held.line.letGo()
    if (this.#readAhead) {
      this.#readAhead = false
      this.#execution?.more()
    }
    const end = this.#ended
    if (events.length === 0 && this.#failure !== null) throw this.#failure
    return { events, end: end && this.#failure === null }
  }

  /** Nobody wants the rest: the statement ends on the server, by itself where it can, otherwise cancelled. */
  async stop(): Promise<void> {
    if (this.#ended) return
    this.#held.line.letGo()
    const execution = this.#execution
    if (execution !== null) {
      execution.discard()
      execution.finish()
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, patienceMs)
      })
      await Promise.race([this.over, late])
    }
    if (!this.#ended) this.#stop(new DriverError('cancelled', 'The statement was cancelled.'))
    await this.over
  }

  fields(fields: readonly Field[]): void {
    const columns = this.#pools.types.columns(fields)
    if (!(columns instanceof Promise)) {
      this.#push({ event: 'columns', columns })
      return
    }
    const place = this.#events.push({ event: 'columns', columns: [] }) - 1
    const events = this.#events
    this.#columns = columns.then((known) => {
      events[place] = { event: 'columns', columns: known }
      this.#wake()
    })
  }

  page(rows: number, buffer: ArrayBuffer): void {
    this.#waitingBytes += buffer.byteLength
    if (this.#waitingBytes > holdBytes) this.#held.line.hold()
    this.#push({ event: 'page', rows, buffer })
  }

  suspended(): void {
    // Read ahead only once the page before was taken: one page waits at most.
    if (this.#waitingBytes === 0) this.#execution?.more()
    else this.#readAhead = true
  }

  overflow(): void {
    this.#interrupted = interrupt(this.#pools, this.#held, this.#running)
  }

  #push(event: StreamEvent): void {
    this.#events.push(event)
    this.#wake()
  }

  #stop(error: DriverError): void {
    if (this.#cause !== null || this.#ended) return
    this.#cause = error
    this.#interrupted = interrupt(this.#pools, this.#held, this.#running)
  }

  async #something(): Promise<void> {
    const timeoutMs = timeoutOf(this.#options)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const late = new DriverError('timeout', `The statement was cancelled: nothing came for ${timeoutMs / 1000} s, its time limit.`)
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => this.#stop(late), timeoutMs)
    await promise
    clearTimeout(timer)
  }
}
