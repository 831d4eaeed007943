import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { type Log, redact } from '../incidents.ts'
import { createSocketMount, type SocketMountOptions } from '../mount/socket.ts'
import { admit, ownHosts, type RequestHead } from './admission.ts'
import { readBundle } from './bundle.ts'
import { contentSecurityPolicy, securityHeaders } from './headers.ts'
import { listenOnLoopback } from './listen.ts'
import { createRouteTable, type Route, rowsAddress } from './routes.ts'
import { openSession } from './session-route.ts'
import { createSessions } from './sessions.ts'

export interface BrowserServerOptions {
  readonly router: SocketMountOptions['router']
  /** Packed pages by their one-time address. */
  readonly pages: { take(address: string): ArrayBuffer | null }
  /** Told when the last line of a window closed. */
  readonly left?: (window: string) => void
  /** Where the build put the page. */
  readonly bundleFolder: string
  /** 0 takes any free port. */
  readonly port: number
  readonly log: Log
  /** Milliseconds since the epoch, and how long lines may take; for tests. */
  readonly now?: () => number
  readonly requestMs?: number
  readonly greetingMs?: number
  readonly heartbeatMs?: number
}

export interface BrowserServer {
  readonly port: number
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  /** The one-time token of the first link. */
  readonly token: string
  /** Everything that is answered, for the test that walks all of it. */
  readonly routes: readonly Route[]
  /** A new one-time address of this console. */
  newLink(): string
  /** Revokes every session, closes every line and connection, and stops listening. */
  close(): Promise<void>
}

/** Serves the page, the line and the packed pages to this machine's browsers alone. Fails with the system's error where the port is taken. */
export async function createBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const { log, pages, requestMs = 10_000 } = options
  const bundle = await readBundle(options.bundleFolder)
  const table = createRouteTable(bundle)
  const sessions = createSessions(options.now)
  const mount = createSocketMount({ ...options, session: sessions.find, refuse: (socket) => refuseSocket(socket, 400) })
  const server = createServer({
    // A request without a host is refused with our own headers, like every other.
    requireHostHeader: false,
    maxHeaderSize: 16 * 1024,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, requestMs),
    keepAliveTimeout: 10_000,
  })
  server.maxConnections = 256
  let hosts: ReadonlySet<string> = new Set()
  // The headers and the address of a request hold tokens: neither goes into the log.
  const logError = (error: unknown) => log(`http: ${redact(inspect(error))}`)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const admission = admit(headOf(request, false), { hosts, table, sessions })
    if (!admission.admitted) return refuse(request, response, admission.status)
    const { route, host } = admission
    switch (route.name) {
      case 'page': {
        const nonce = randomBytes(18).toString('base64')
        // Browsers that do not count the line's scheme as their own origin's need it named.
        const policy = contentSecurityPolicy({ nonce, connect: [`ws://${host}`] })
        return send(response, 200, { ...securityHeaders(policy), 'Content-Type': 'text/html; charset=utf-8' }, bundle.index(nonce))
      }
      case 'file': {
        const file = bundle.files.get(route.path)
        if (file === undefined) return refuse(request, response, 404)
        const kept = file.hashed ? { 'Cache-Control': 'private, max-age=31536000, immutable' } : {}
        return send(response, 200, { ...securityHeaders(), ...kept, 'Content-Type': file.type }, file.body)
      }
      case 'session': {
        const opened = await openSession(request, sessions)
        if (opened.status !== 200) return refuse(request, response, opened.status, opened.headers)
        const headers = { ...securityHeaders(), 'Content-Type': 'application/json; charset=utf-8' }
        return send(response, 200, headers, Buffer.from(JSON.stringify({ bearer: opened.bearer })))
      }
      case 'rows': {
        const page = pages.take(rowsAddress(request.url ?? ''))
        if (page === null) return refuse(request, response, 404)
        return send(response, 200, { ...securityHeaders(), 'Content-Type': 'application/octet-stream' }, Buffer.from(page))
      }
      case 'line':
        return refuse(request, response, 426)
      default:
        return route.name satisfies never
    }
  }

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      logError(error)
      if (response.headersSent) response.destroy()
      else refuse(request, response, 500)
    })
  }
  server.on('request', handle)
  server.on('checkContinue', handle)
  server.on('checkExpectation', (request, response) => refuse(request, response, 417))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    try {
      const admission = admit(headOf(request, true), { hosts, table, sessions })
      if (admission.admitted) mount.upgrade(request, socket, head)
      else refuseSocket(socket, admission.status)
    } catch (error) {
      logError(error)
      refuseSocket(socket, 500)
    }
  })
  server.on('connect', (_request, socket) => refuseSocket(socket, 405))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseSocket(socket, statusOfBroken(error.code)))

  const port = await listenOnLoopback(server, options.port)
  hosts = ownHosts(port)
  const url = `http://127.0.0.1:${port}/`
  const token = sessions.newToken()
  return {
    port,
    url,
    token,
    routes: table.routes,
    newLink: () => `${url}#${sessions.newToken()}`,
    async close() {
      sessions.revokeAll()
      mount.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), 1000)
      await closed
      clearTimeout(late)
    },
  }
}

const headOf = (request: IncomingMessage, upgrade: boolean): RequestHead => ({
  method: request.method ?? '',
  target: request.url ?? '',
  headers: request.headers,
  distinct: request.headersDistinct,
  upgrade,
})

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.byteLength }).end(body)
}

/** Answers without a word, and hangs up on a caller who is still sending a body that nobody will read. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const sending =
    !request.complete && (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
  const connection: Record<string, string> = sending ? { Connection: 'close' } : {}
  response.writeHead(status, { ...securityHeaders(), ...headers, ...connection, 'Content-Length': 0 }).end()
}

function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy()
  const headers = Object.entries({ ...securityHeaders(), 'Content-Length': '0', Connection: 'close' })
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
}

function statusOfBroken(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
