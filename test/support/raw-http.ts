import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case; a repeated header has all of its values. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
}

/** A request as it goes over the wire: nothing is put right, added or left out. */
export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

export function rawText({ method, target, headers, body }: RawRequest): string {
  const length: readonly (readonly [string, string])[] = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))]]
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

function parse(data: Buffer): { answer: RawAnswer; length: number } | null {
  const end = data.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = data.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  const length = end + 4 + Number(headers.get('content-length')?.[0] ?? 0)
  if (data.length < length) return null
  return { answer: { status: Number(first.split(' ')[1]), headers, body: data.subarray(end + 4, length) }, length }
}

/** One connection to the loopback, kept open while the server keeps it. Sends text as it is and reads one answer for it. */
export class RawClient {
  readonly #port: number
  #socket: Socket | null = null

  constructor(port: number) {
    this.#port = port
  }

  send(text: string): Promise<RawAnswer> {
    const kept = this.#socket !== null && !this.#socket.destroyed && this.#socket.writable
    const socket = kept && this.#socket !== null ? this.#socket : connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
    this.#socket = socket
    return new Promise((resolve, reject) => {
      let data = Buffer.alloc(0)
      const settle = () => socket.off('data', read).off('close', closed).off('error', failed)
      const read = (part: Buffer) => {
        data = Buffer.concat([data, part])
        const parsed = parse(data)
        if (parsed === null) return
        settle()
        if (parsed.answer.headers.get('connection')?.[0]?.toLowerCase() === 'close' || parsed.answer.status === 101) this.close()
        if (parsed.length < data.length) reject(new Error(`More than one answer: ${data.subarray(parsed.length).toString('latin1')}`))
        else resolve(parsed.answer)
      }
      const closed = () => {
        settle()
        reject(new Error(`Closed after ${data.length} bytes.`))
      }
      const failed = (error: Error) => {
        settle()
        reject(error)
      }
      socket.on('data', read).on('close', closed).on('error', failed)
      socket.write(text)
    })
  }

  close(): void {
    // A reset of a connection that is given up is nobody's error.
    this.#socket?.on('error', () => {}).destroy()
    this.#socket = null
  }
}
