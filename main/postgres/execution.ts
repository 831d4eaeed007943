import type { EventEmitter } from 'node:events'
import type { Connection, Submittable } from 'pg'
import type { Statement } from './driver.ts'
import { DriverError } from './driver-error.ts'
import type { Line, RowTap } from './line.ts'
import { RowBytes } from './pack.ts'

/** A column of the result as the server describes it. */
export interface Field {
  readonly name: string
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

export interface Ended {
  readonly command: string
  readonly rowCount: number | null
  readonly capped: boolean
}

export interface Limits {
  readonly firstPage: number
  readonly pageRows: number
  /** A page is closed early when it holds so many bytes. */
  readonly pageBytes: number
  readonly maxRows: number
  readonly maxBytes: number
  /** Ask for the first page only and end the statement with it: one round trip. */
  readonly once: boolean
}

/** Who takes what a statement gives. */
export interface Taker {
  fields(fields: readonly Field[]): void
  page(rows: number, buffer: ArrayBuffer): void
  /** The server waits: `more` goes on, `finish` ends it. */
  suspended(): void
  /** Enough was read although the server is still sending: it should be cancelled. */
  overflow(): void
}

/** The part of pg's connection that a statement speaks to; its types leave out most of it. */
interface Wire extends EventEmitter {
  bind(config: { portal: string; values: readonly (string | null)[] }): void
  parse(query: { text: string }): void
  describe(message: { type: 'P'; name: string }): void
  execute(config: { portal: string; rows: number }): void
  close(message: { type: 'P'; name: string }): void
  flush(): void
  sync(): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

const copyChunkBytes = 64 * 1024
/** How much may still come after enough was read, before the statement is cancelled rather than read to its next pause. */
const maxDiscardedBytes = 64 * 1024 * 1024

/** One statement over the extended protocol, its rows as packed pages. Submitted by `client.query`. */
export class Execution implements Submittable, RowTap {
  readonly ended: Promise<Ended>
  readonly #line: Line
  readonly #statement: Statement
  readonly #limits: Limits
  readonly #taker: Taker
  readonly #copyData: Buffer | null
  readonly #rows = new RowBytes()
  #settle: { resolve: (ended: Ended) => void; reject: (error: unknown) => void }
  #wire: Wire | null = null
  #fields: readonly Field[] | null = null
  #delivered = 0
  #deliveredBytes = 0
  #suspended = false
  #capped = false
  #discarding = false
  #discarded = 0
  #overflown = false
  #synced = false
  #command = ''
  #rowCount: number | null = null
  #error: unknown = null

  constructor(line: Line, statement: Statement, limits: Limits, taker: Taker, copyData: Buffer | null = null) {
    this.#line = line
    this.#statement = statement
    this.#limits = limits
    this.#taker = taker
    this.#copyData = copyData
    const { promise, resolve, reject } = Promise.withResolvers<Ended>()
    this.ended = promise
    this.#settle = { resolve, reject }
  }

  submit(connection: Connection): void {
    // The published types of pg describe an older form of these methods.
    const wire = connection as unknown as Wire
    this.#wire = wire
    this.#line.tap = this
    this.#line.cork()
    wire.parse({ text: this.#statement.text })
    wire.bind({ portal: '', values: this.#statement.values ?? [] })
    wire.describe({ type: 'P', name: '' })
    wire.execute({ portal: '', rows: this.#nextRows(this.#limits.firstPage) })
    if (this.#limits.once) this.#sync()
    else wire.flush()
    this.#line.uncork()
  }

  /** Asks for the next page. */
  more(): void {
    if (!this.#suspended || this.#wire === null) return
    this.#suspended = false
    this.#line.cork()
    this.#wire.execute({ portal: '', rows: this.#nextRows(this.#limits.pageRows) })
    this.#wire.flush()
    this.#line.uncork()
  }

  /** Ends a suspended statement; nothing more comes. True where it was suspended. */
  finish(): boolean {
    if (!this.#suspended || this.#wire === null) return false
    this.#suspended = false
    this.#discarding = true
    this.#wire.close({ type: 'P', name: '' })
    this.#sync()
    return true
  }

  /** Drops what still comes. */
  discard(): void {
    this.#discarding = true
  }

  append(chunk: Buffer, from: number, to: number): void {
    if (!this.#discarding) {
      this.#rows.append(chunk, from, to)
      return
    }
    this.#discarded += to - from
    if (this.#discarded > maxDiscardedBytes && !this.#overflown) this.#overflow()
  }

  rowsDone(rows: number): void {
    if (this.#discarding) return
    this.#rows.rows += rows
    const full = this.#rows.rows > this.#limits.maxRows - this.#delivered
    if (full || this.#deliveredBytes + this.#rows.used > this.#limits.maxBytes) {
      this.#capped = true
      this.#flush()
      this.#discarding = true
      if (this.#limits.once && !full) this.#overflow()
    } else if (this.#rows.used >= this.#limits.pageBytes) this.#flush()
  }

  rowTooLarge(bytes: number): void {
    if (this.#discarding) return
    this.#error = new DriverError('too large', `A row of ${bytes} bytes`)
    this.#discarding = true
    this.#overflow()
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.#fields = message.fields
    this.#taker.fields(message.fields)
  }

  handlePortalSuspended(): void {
    this.#flush()
    this.#command ||= 'SELECT'
    if (this.#limits.once) {
      this.#capped = true
      return
    }
    this.#suspended = true
    if (this.#discarding) this.finish()
    else this.#taker.suspended()
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#flush()
    if (this.#fields === null) this.#taker.fields([])
    // INSERT's tag holds an OID, always 0, before the count.
    const [, command, first, second] = /^(\D*?)(?: (\d+))?(?: (\d+))?$/.exec(message.text) ?? []
    const count = second ?? first
    this.#command = command ?? message.text
    this.#rowCount = count === undefined ? null : Number(count)
    if (!this.#synced) this.#sync()
  }

  handleEmptyQuery(): void {
    this.#taker.fields([])
    if (!this.#synced) this.#sync()
  }

  handleCopyInResponse(): void {
    if (this.#wire === null) return
    if (this.#copyData === null) {
      this.#error = new DriverError('copy refused', 'COPY FROM STDIN has no data here')
      this.#wire.sendCopyFail('no data was given')
      this.#synced = false
    } else void this.#sendCopy(this.#wire, this.#copyData)
  }

  handleCopyData(): void {
    this.#error ??= new DriverError('copy refused', 'COPY TO STDOUT is not read here')
  }

  handleDataRow(): void {}

  handleReadyForQuery(): void {
    this.#end()
  }

  handleError(error: Error): void {
    // Cancelled because enough was read: that is no error.
    const enough = this.#capped && this.#overflown && 'code' in error && error.code === '57014'
    if (!enough) this.#error ??= error
    this.#discarding = true
    const wire = this.#wire
    if (wire === null || this.#line.destroyed) {
      this.#end()
      return
    }
    if (!this.#synced) this.#sync()
    const done = () => {
      wire.off('readyForQuery', done)
      wire.off('end', done)
      this.#end()
    }
    wire.on('readyForQuery', done)
    wire.on('end', done)
  }

  #nextRows(page: number): number {
    const fitting = this.#delivered === 0 ? page : Math.floor((this.#limits.pageBytes * this.#delivered) / this.#deliveredBytes)
    // One row more than allowed tells whether there are more.
    return Math.min(page, Math.max(fitting, 16), this.#limits.maxRows - this.#delivered + 1)
  }

  #overflow(): void {
    this.#overflown = true
    this.#taker.overflow()
  }

  #sync(): void {
    this.#synced = true
    this.#wire?.sync()
  }

  #flush(): void {
    const columns = this.#fields?.length ?? 0
    if (this.#discarding || this.#rows.rows === 0) return
    const rows = Math.min(this.#rows.rows, this.#limits.maxRows - this.#delivered)
    const buffer = this.#rows.pack(columns, rows)
    this.#delivered += rows
    this.#deliveredBytes += buffer.byteLength
    this.#taker.page(rows, buffer)
  }

  async #sendCopy(wire: Wire, data: Buffer): Promise<void> {
    for (let at = 0; at < data.length && this.#error === null; at += copyChunkBytes) {
      wire.sendCopyFromChunk(data.subarray(at, at + copyChunkBytes))
      if (this.#line.writableNeedDrain) {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#line.once('drain', resolve)
        this.#line.once('close', resolve)
        await promise
      }
    }
    if (this.#error !== null || this.#line.destroyed) return
    wire.endCopyFrom()
    this.#sync()
  }

  #end(): void {
    if (this.#line.tap === this) this.#line.tap = null
    if (this.#error !== null) {
      this.#settle.reject(this.#error)
      return
    }
    // The tag of a result read in pages counts the last page only.
    const counted = this.#fields !== null && (this.#rowCount !== null || this.#capped)
    this.#settle.resolve({
      command: this.#command,
      rowCount: counted ? this.#delivered : this.#rowCount,
      capped: this.#capped,
    })
  }
}
