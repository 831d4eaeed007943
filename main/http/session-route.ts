import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import type { Sessions } from './sessions.ts'

type Opened =
  | { readonly status: 200; readonly bearer: string }
  | { readonly status: 400 | 401 | 413 | 415 | 429; readonly headers?: Record<string, string> }

const asked = z.strictObject({ token: z.string().max(200) })
const largestBody = 1024

/** Exchanges a one-time token, `{ "token": … }`, for the bearer of a new session. */
export async function openSession(request: IncomingMessage, sessions: Sessions): Promise<Opened> {
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(request.headers['content-type'] ?? '')) return { status: 415 }
  const body = await readBody(request)
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

/** The body as text, or the status that refuses it. One that does not come is refused by the server's own time limit. */
function readBody(request: IncomingMessage): Promise<string | 400 | 413> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    const end = (result: string | 400 | 413) => {
      request.off('data', read).pause()
      resolve(result)
    }
    const read = (part: Buffer) => {
      size += part.length
      parts.push(part)
      if (size > largestBody) end(413)
    }
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
