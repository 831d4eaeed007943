import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from '../../main/http/listen.ts'
import { AwsFault, EventStream, type Service } from '../api.ts'
import { sendStream } from './event-stream.ts'
import { askedOf, type HttpCall, protocolOf, type Scope, type ServiceName, scopeOf } from './recognise.ts'
import { type Rendered, renderAnswer, renderFault } from './render.ts'

export interface WireOptions {
  /** Zero takes any. */
  readonly port: number
  /** A service that is missing here is unknown to its clients. */
  readonly services: Readonly<Partial<Record<ServiceName, Service>>>
  /** Answers paths that belong to no AWS service, as plain text; null where it does not know the path. */
  readonly plain: (path: string) => string | null
  /** True for an error that means that the client gets no answer, only the end of its connection. */
  readonly hangsUp: (error: unknown) => boolean
  /** Gets what went wrong inside, which no client is told. */
  readonly log: (text: string) => void
}

export interface Wire {
  readonly port: number
  close(): Promise<void>
}

/** A batch of log events may hold 1 MiB of text, which JSON writes with up to six characters for one. */
const limits = { bodyBytes: 1_000_000, batchBytes: 8_000_000, heardBytes: 20_000_000, requestMs: 30_000 } as const

/** The one HTTP server of the cloud, on loopback. Fails with the system's error where the port cannot be had. */
export async function openWire(options: WireOptions): Promise<Wire> {
  const server = createServer({ requestTimeout: limits.requestMs, headersTimeout: 10_000 }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.log(`the practice cloud could not answer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      request.socket.destroy()
    })
  })
  const port = await listenOnLoopback(server, options.port)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(options: WireOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request
  const url = request.url ?? '/'
  // A page of some other site whose name was made to point here, or that posts here, is no AWS client.
  if (!isLoopback(headers.host) || headers.origin !== undefined) {
    return send(response, { status: 403, contentType: 'text/plain', body: 'This address answers AWS clients of this machine only.\n' })
  }
  if (request.method === 'GET' && !url.includes('Action=')) {
    const text = options.plain(url)
    if (text !== null) return send(response, { status: 200, contentType: 'text/plain', body: text })
  }
  const most = headers['x-amz-target'] === 'Logs_20140328.PutLogEvents' ? limits.batchBytes : limits.bodyBytes
  const body = await readBody(request, most)
  if (body === null) return send(response, { status: 413, contentType: 'text/plain', body: 'Request entity too large\n' })
  const requestId = randomUUID()
  let rendered: Rendered | EventStream
  try {
    rendered = await dispatch(options, { method: request.method ?? '', headers, url, body }, requestId)
  } catch (error) {
    if (!options.hangsUp(error)) throw error
    request.socket.destroy()
    return
  }
  if (rendered instanceof EventStream) return sendStream(response, rendered, requestId)
  send(response, { ...rendered, headers: { ...rendered.headers, 'x-amzn-requestid': requestId } })
}

/** What the service says, in the protocol of the call. */
async function dispatch(options: WireOptions, call: HttpCall, requestId: string): Promise<Rendered | EventStream> {
  const protocol = protocolOf(call)
  let scope: Scope | null = null
  let action = ''
  const envelope = () => ({ protocol, service: scope?.service ?? 'rds', action, requestId })
  try {
    scope = scopeOf(call)
    const asked = askedOf(call, protocol)
    action = asked.action
    const service = options.services[scope.service]
    if (service === undefined) throw new AwsFault('UnknownService', `The practice cloud has no service ${scope.service}.`, 404)
    const answer = await service.call({ action, region: scope.region, params: asked.params })
    return answer instanceof EventStream ? answer : renderAnswer(envelope(), answer)
  } catch (error) {
    if (error instanceof AwsFault) return renderFault(envelope(), error)
    if (options.hangsUp(error)) throw error
    options.log(`the practice cloud failed at ${action}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return renderFault(envelope(), new AwsFault('InternalFailure', 'An internal error has occurred.', 500))
  }
}

function send(response: ServerResponse, { status, contentType, body, headers = {} }: Rendered): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(body)
}

function isLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host)
}

/** Null where it is too long. Then the rest is heard out, as many clients read no answer before they have said everything. */
async function readBody(request: IncomingMessage, most: number): Promise<string | null> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length <= most) parts.push(part)
    else if (length > limits.heardBytes) break
  }
  return length > most ? null : Buffer.concat(parts).toString('utf8')
}
