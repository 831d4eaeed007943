import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { Sessions } from './sessions.ts'

type Opened =
  | { readonly status: 200; readonly bearer: string }
  | { readonly status: 400 | 401 | 408 | 413 | 415 | 429; readonly headers?: Record<string, string> }

const asked = z.strictObject({ token: z.string().max(200) })
const largestBody = 1024

/** Exchanges a one-time token, `{ "token": … }`, for the bearer of a new session. The body has `bodyMs` milliseconds to arrive. */
export async function openSession(request: IncomingMessage, sessions: Sessions, bodyMs: number): Promise<Opened> {
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(request.headers['content-type'] ?? '')) return { status: 415 }
  const body = await readBody(request, bodyMs)
  if (typeof body === 'number') return { status: body }
  const parsed = asked.safeParse(parseJson(body))
  if (!parsed.success) return { status: 400 }
  const exchange = sessions.exchange(parsed.data.token)
  switch (exchange.outcome) {
    case 'opened':
      return { status: 200, bearer: exchange.bearer }
    case 'refused':
      return { status: 401 }
    case 'wait':
      return { status: 429, headers: { 'Retry-After': String(exchange.seconds) } }
    default:
      return exchange satisfies never
  }
}

/** The body as text, or the status that refuses it: too large, or too slow. */
function readBody(request: IncomingMessage, bodyMs: number): Promise<string | 400 | 408 | 413> {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return Promise.resolve(413)
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    const end = (result: string | 400 | 408 | 413) => {
      clearTimeout(patience)
      request.off('data', read).pause()
      resolve(result)
    }
    const read = (part: Buffer) => {
      size += part.length
      parts.push(part)
      if (size > largestBody) end(413)
    }
    const patience = setTimeout(() => end(408), bodyMs)
    request
      .on('data', read)
      .once('end', () => end(Buffer.concat(parts).toString('utf8')))
      .once('error', () => end(400))
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
