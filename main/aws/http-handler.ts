import { AsyncLocalStorage } from 'node:async_hooks'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Asked, NotAws, readAsked, requireAws } from './answer.ts'
import { type Slowness, usualSlowness } from './budget.ts'
import { guardFrames } from './event-frames.ts'

/** What calls may take, in milliseconds and bytes, and how many there may be. */
export interface Limits {
  readonly connectMs: number
  /** One call with its retries; two seconds short of the ten in which it is to stand on the page, on a busy machine too. */
  readonly callMs: number
  readonly bodyBytes: number
  /** Of one account. EC2's bucket fills by 20 a second for most reads; AWS publishes nothing of RDS'. */
  readonly callsPerSecond: number
  readonly slowness: Slowness
  /** Live Tail sends something each second, be it empty. After so long a silence nobody is at the other end. */
  readonly silenceMs: number
}
export const usualLimits: Limits = {
  connectMs: 3000,
  callMs: 8_000,
  bodyBytes: 32 * 1024 * 1024,
  callsPerSecond: 20,
  slowness: usualSlowness,
  silenceMs: 20_000,
}

/** The answer was cut off. The code is Node's own, by which the SDK knows that it may ask again. */
export class CutOff extends Error {
  readonly code = 'ECONNRESET'
  constructor() {
    super('The answer was cut off.')
  }
}

/** Hears what went wrong on the wire: the SDK's credential providers put a sentence of their own in its place. */
export const hearing = new AsyncLocalStorage<{ trouble: unknown }>()

/** Ends an answer that goes on, which no time limit of a call ends. */
export const lasting = new AsyncLocalStorage<AbortSignal>()

const eventStream = 'application/vnd.amazon.eventstream'

/** An answer that goes on, as it comes; fails with CutOff where it stops coming, or is no event stream. However slow its reader is, only the sender's silence counts. */
async function* goingOn(body: Readable, { silenceMs, bodyBytes }: Limits): AsyncGenerator<Buffer, void> {
  const pass = guardFrames(bodyBytes)
  const listen = () => setTimeout(() => body.destroy(new CutOff()), silenceMs).unref()
  let silence = listen()
  try {
    for await (const part of body) {
      clearTimeout(silence)
      // A response of node:http without an encoding yields buffers.
      const bytes = part as Buffer
      pass(bytes)
      yield bytes
      silence = listen()
    }
  } catch {
    throw new CutOff()
  } finally {
    clearTimeout(silence)
    body.destroy()
  }
}

function endedBy(signal: AbortSignal | undefined, body: Readable): Readable {
  const end = () => body.destroy()
  signal?.addEventListener('abort', end, { once: true })
  body.once('close', () => signal?.removeEventListener('abort', end))
  if (signal?.aborted) end()
  return body
}

async function collect(body: Readable, most: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  const end = () => body.destroy()
  signal?.addEventListener('abort', end, { once: true })
  try {
    for await (const part of body) {
      // A response of node:http without an encoding yields buffers.
      const bytes = part as Buffer
      length += bytes.length
      if (length > most) throw new NotAws('an answer larger than any of AWS')
      parts.push(bytes)
    }
  } catch (error) {
    if (error instanceof NotAws) throw error
    signal?.throwIfAborted()
    throw new CutOff()
  } finally {
    signal?.removeEventListener('abort', end)
    body.destroy()
  }
  signal?.throwIfAborted()
  return Buffer.concat(parts)
}

type Request = Parameters<NodeHttpHandler['handle']>[0]
type HandleOptions = Parameters<NodeHttpHandler['handle']>[1]
type Handled = Awaited<ReturnType<NodeHttpHandler['handle']>>

/**
 * Sends the SDK's requests and gives back whole answers that speak AWS' protocol; anything else fails with NotAws or CutOff. Live Tail's answer
 * alone is given back as it comes.
 * `dated` hears the Date of each answer, in milliseconds that this machine's clock is ahead of it, and who sent it.
 */
export class AwsHttpHandler extends NodeHttpHandler {
  readonly #limits: Limits
  readonly #dated: (aheadMs: number, host: string) => void

  readonly #agents: readonly HttpAgent[]

  constructor(limits: Limits, dated: (aheadMs: number, host: string) => void = () => {}) {
    // Connections that lie idle for longer than a call may take are given up.
    const kept = { keepAlive: true, maxSockets: 50, timeout: limits.callMs }
    const [httpAgent, httpsAgent] = [new HttpAgent(kept), new HttpsAgent(kept)]
    super({ connectionTimeout: limits.connectMs, httpAgent, httpsAgent })
    this.#agents = [httpAgent, httpsAgent]
    this.#limits = limits
    this.#dated = dated
  }

  /** Gives up the connections that nothing uses: after a sleep or a change of network nobody may be at their other end. */
  dropIdle(): void {
    for (const { freeSockets } of this.#agents)
      for (const sockets of Object.values(freeSockets)) for (const socket of sockets ?? []) socket.destroy()
  }

  override async handle(request: Request, options?: HandleOptions): Promise<Handled> {
    try {
      return await this.#whole(request, options)
    } catch (error) {
      const heard = hearing.getStore()
      if (heard !== undefined) heard.trouble = error
      throw error
    }
  }

  async #whole(request: Request, options?: HandleOptions): Promise<Handled> {
    const asked = readAsked(request.headers, request.body)
    // The SDK's own type of the signal is wider than what this console hands in.
    const signal = options?.abortSignal as AbortSignal | undefined
    if (asked.action === 'StartLiveTail') {
      const { response } = await this.#begun(request, signal)
      const type = response.headers['content-type'] ?? response.headers['Content-Type'] ?? ''
      if (response.statusCode === 200 && type.startsWith(eventStream)) {
        response.body = Readable.from(goingOn(endedBy(lasting.getStore(), response.body), this.#limits), { objectMode: false })
        return { response }
      }
      return await this.#checked(asked, request.hostname, response, signal)
    }
    const { response } = await super.handle(request, options)
    return await this.#checked(asked, request.hostname, response, signal)
  }

  /** The beginning of an answer: from then on the signal, which holds a call's time limit, does not end it any more. */
  async #begun(request: Request, signal: AbortSignal | undefined): Promise<Handled> {
    const ending = new AbortController()
    const end = () => ending.abort(signal?.reason)
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
    try {
      return await super.handle(request, { abortSignal: ending.signal })
    } finally {
      signal?.removeEventListener('abort', end)
    }
  }

  async #checked(asked: Asked, host: string, response: Handled['response'], signal: AbortSignal | undefined): Promise<Handled> {
    const body = await collect(response.body, this.#limits.bodyBytes, signal)
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]))
    const whole = requireAws(asked, { status: response.statusCode, headers, body })
    const date = Date.parse(headers['date'] ?? '')
    if (!Number.isNaN(date)) this.#dated(Date.now() - date, host)
    response.body = new Uint8Array(whole.buffer, whole.byteOffset, whole.length)
    return { response }
  }
}
