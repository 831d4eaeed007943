import { isIP, connect as openSocket, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as openTls, type TLSSocket } from 'node:tls'
import { chainOf, checkName } from './certificate.ts'
import type { Handshake, TlsOptions } from './driver.ts'
import { DriverError } from './driver-error.ts'

/** Takes the rows of the statement under way as bytes, before the driver would make strings of them. */
export interface RowTap {
  /** Bytes of DataRow messages with their headers; the last message may be unfinished. */
  append(chunk: Buffer, from: number, to: number): void
  /** So many more rows are complete with what was appended. */
  rowsDone(rows: number): void
  /** A row longer than `maxRowBytes` begins; its bytes are skipped. */
  rowTooLarge(bytes: number): void
}

export interface LineOptions {
  readonly tls: TlsOptions | null
  readonly connectTimeoutMs: number
}

export const connectTimeoutMs = 5000
export const maxRowBytes = 256 * 1024 * 1024
const maxMessageBytes = 1024 * 1024 * 1024

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])
const nothing = Buffer.alloc(0)
const headerBytes = 5
const dataRow = 0x44
const authentication = 0x52
const readyForQuery = 0x5a

type Kind = 'pass' | 'row' | 'skip'

/**
 * The socket under one pg client. TLS is made and verified here before the first byte of Postgres' protocol is written,
 * so that neither the user's name nor a password can reach a server whose certificate does not hold.
 * Afterwards it passes messages on to pg in order, except rows, which go to `tap` while one is set.
 */
export class Line extends Duplex {
  tap: RowTap | null = null
  /** True once the certificate was checked against the CA and the name. */
  verified = false
  /** What the TLS handshake gave; null in plain text. */
  secured: Handshake | null = null

  readonly #options: LineOptions
  readonly #timer: NodeJS.Timeout
  #socket: Socket | TLSSocket | null = null
  #phase: 'connecting' | 'securing' | 'signing in' | 'open' = 'connecting'
  #startup: Buffer = nothing
  /** The beginning of a header that was cut by the end of a chunk. */
  #carry: Buffer = nothing
  /** What the message under way is, and how many of its bytes are still to come. */
  #kind: Kind = 'pass'
  #left = 0

  constructor(options: LineOptions) {
    super({ allowHalfOpen: false })
    this.#options = options
    this.#timer = setTimeout(() => {
      const kind = this.#phase === 'connecting' ? 'connect timeout' : 'sign-in timeout'
      this.destroy(new DriverError(kind, `No answer in ${options.connectTimeoutMs} ms while ${this.#phase}`))
    }, options.connectTimeoutMs)
  }

  /** pg calls this with a port and a host, or with the path of a Unix socket. */
  connect(port: number | string, host?: string): this {
    const socket = typeof port === 'string' ? openSocket(port) : openSocket({ port, host: host ?? 'localhost' })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 10_000)
    this.#use(socket)
    socket.once('connect', () => (this.#options.tls === null ? this.#ready() : this.#requestTls(socket, this.#options.tls)))
    return this
  }

  #use(socket: Socket | TLSSocket): void {
    this.#socket = socket
    socket.on('error', (error) => this.destroy(this.#phase === 'securing' ? tlsError(error) : error))
    socket.on('close', () => {
      if (this.#socket === socket) this.destroy(this.#phase === 'securing' ? tlsError(new Error('The connection was closed')) : undefined)
    })
  }

  #requestTls(socket: Socket, tls: TlsOptions): void {
    this.#phase = 'securing'
    socket.once('data', (reply) => {
      // More than the one byte would be text smuggled in before TLS (CVE-2021-23222).
      const answer = reply.length === 1 ? reply.toString('latin1') : ''
      if (answer === 'S') this.#secure(socket, tls)
      else if (answer === 'N') this.destroy(new DriverError('TLS refused', 'The server offers no TLS'))
      else this.destroy(new DriverError('not Postgres', 'Not an answer to SSLRequest'))
    })
    socket.write(sslRequest)
  }

  #secure(socket: Socket, tls: TlsOptions): void {
    const secured = openTls({
      socket,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: tls.verify,
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      // SNI must not hold an address (RFC 6066, section 3).
      ...(isIP(tls.servername) === 0 ? { servername: tls.servername } : {}),
      // Node would compare with the host connected to, which may be an address or a tunnel.
      checkServerIdentity: (_host, certificate) => checkName(tls.servername, certificate),
    })
    this.#use(secured)
    secured.once('secureConnect', () => {
      this.verified = tls.verify && secured.authorized
      this.secured = {
        protocol: secured.getProtocol() ?? 'TLS',
        verified: this.verified,
        ...(this.verified ? chainOf(secured.getPeerCertificate(true)) : {}),
      }
      this.#ready()
    })
  }

  #ready(): void {
    this.#phase = 'signing in'
    this.#socket?.on('data', (chunk) => {
      // What pg's parser throws belongs to this connection alone; from here it would end the worker.
      try {
        if (this.#phase === 'signing in') this.#signIn(chunk)
        else this.#receive(chunk)
      } catch (error) {
        this.destroy(
          error instanceof DriverError ? error : new DriverError('protocol', 'The bytes received are not valid', { cause: error }),
        )
      }
    })
    this.emit('connect')
  }

  /** During sign-in messages are small and looked at whole: a password must not be asked for in a way that gives it away. */
  #signIn(chunk: Buffer): void {
    const data = this.#startup.length === 0 ? chunk : Buffer.concat([this.#startup, chunk])
    let at = 0
    while (data.length - at >= headerBytes) {
      const end = at + 1 + data.readUInt32BE(at + 1)
      const type = data[at]
      if (end - at < headerBytes || end - at > 100_000) throw new DriverError('not Postgres', 'Not an answer to a start of Postgres')
      if (end > data.length) break
      if (type === authentication) this.#checkAuthentication(data.readUInt32BE(at + headerBytes))
      this.emit('data', data.subarray(at, end))
      at = end
      if (type === readyForQuery) {
        this.#phase = 'open'
        clearTimeout(this.#timer)
        this.#startup = nothing
        if (at < data.length) this.#receive(data.subarray(at))
        return
      }
    }
    this.#startup = data.subarray(at)
  }

  #checkAuthentication(request: number): void {
    const clearText = request === 3
    const md5 = request === 5
    if (this.verified || !(clearText || (md5 && !this.#isLocal()))) return
    throw new DriverError(
      'clear-text password',
      clearText ? 'The password was asked for in clear text' : 'The password was asked for as MD5',
    )
  }

  #isLocal(): boolean {
    const address = this.#socket?.remoteAddress
    return address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address)
  }

  /** Splits the stream at message boundaries, handing on runs of one kind as they lie. */
  #receive(chunk: Buffer): void {
    const data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    this.#carry = nothing
    let at = 0
    let from = 0
    let rows = 0
    let rowsEnd = 0
    const handOn = () => {
      if (this.#kind === 'pass' && at > from) this.emit('data', data.subarray(from, at))
      if (this.#kind === 'row' && rows > 0) {
        this.tap?.append(data, from, rowsEnd)
        this.tap?.rowsDone(rows)
        from = rowsEnd
      }
      if (this.#kind === 'row' && at > from) this.tap?.append(data, from, at)
      from = at
      rows = 0
    }
    while (at < data.length) {
      if (this.#left === 0) {
        if (data.length - at < headerBytes) {
          this.#carry = data.subarray(at)
          break
        }
        const isRow = data[at] === dataRow
        const length = data.readUInt32BE(at + 1)
        if (length < 4 || length > maxMessageBytes) throw new DriverError('protocol', `A message of ${length} bytes`)
        // What lies before the first row may set or clear the tap.
        if (isRow && this.#kind !== 'row') handOn()
        const kind: Kind = !isRow || this.tap === null ? 'pass' : length > maxRowBytes ? 'skip' : 'row'
        if (kind !== this.#kind) handOn()
        this.#kind = kind
        if (kind === 'skip') this.tap?.rowTooLarge(length)
        this.#left = length + 1
      }
      const step = Math.min(this.#left, data.length - at)
      this.#left -= step
      at += step
      if (this.#left === 0 && this.#kind === 'row') {
        rows += 1
        rowsEnd = at
      }
    }
    handOn()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const socket = this.#socket
    if (socket === null || socket.destroyed) done(new DriverError('ended', 'The connection is closed'))
    else if (socket.write(chunk)) done()
    else socket.once('drain', () => done())
  }

  /** What was corked leaves as one packet. */
  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    this.#socket?.cork()
    for (const { chunk } of chunks.slice(0, -1)) this.#socket?.write(chunk)
    const last = chunks.at(-1)
    if (last === undefined) done()
    else this._write(last.chunk, last.encoding, done)
    this.#socket?.uncork()
  }

  override _read(): void {}

  override _final(done: (error?: Error | null) => void): void {
    this.#socket?.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer)
    this.#socket?.destroy()
    done(error)
  }

  /** Stops reading from the socket, so that the server waits. */
  hold(): void {
    this.#socket?.pause()
  }

  letGo(): void {
    this.#socket?.resume()
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    this.#socket?.ref()
    return this
  }

  unref(): this {
    this.#socket?.unref()
    return this
  }
}

function tlsError(cause: Error): DriverError {
  return new DriverError('TLS handshake', cause.message, { cause })
}
