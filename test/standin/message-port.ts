import { StrictEmitter } from './strict.ts'

/** How a value travels to and from the page: as JSON, or bytes as base64. */
export interface Carried {
  readonly json?: unknown
  readonly bytes?: string
}

export function encode(data: unknown): Carried {
  if (data instanceof ArrayBuffer) return { bytes: Buffer.from(data).toString('base64') }
  if (ArrayBuffer.isView(data)) return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }
  return { json: data }
}

export function decode(data: Carried): unknown {
  return data.bytes === undefined ? data.json : new Uint8Array(Buffer.from(data.bytes, 'base64'))
}

/** Main's end of a port whose other end is in a page. Messages wait until `start`, as Electron has it. */
export class MessagePortMain extends StrictEmitter {
  readonly #deliver: (data: Carried) => void
  readonly #end: () => void
  #waiting: { data: unknown; ports: [] }[] | undefined = []
  #closed = false

  constructor(deliver: (data: Carried) => void, end: () => void) {
    super('MessagePortMain', ['message', 'close'])
    this.#deliver = deliver
    this.#end = end
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('The stand-in for Electron carries no ports over ports')
    if (!this.#closed) this.#deliver(encode(message))
  }

  start(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const event of waiting ?? []) this.emit('message', event)
  }

  close(): void {
    if (this.#closed) return
    this.#end()
    this.ended()
  }

  /** From the page: one message arrived. */
  arrived(data: Carried): void {
    const event: { data: unknown; ports: [] } = { data: decode(data), ports: [] }
    if (this.#waiting) this.#waiting.push(event)
    else this.emit('message', event)
  }

  /** From the page: the other end is closed, or its document is gone. */
  ended(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }
}
