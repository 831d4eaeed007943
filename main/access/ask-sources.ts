import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Parsed, type PublicAddress, parseAddress } from './address.ts'

const timeoutMs = 5_000
/** An answer that is longer is none: what follows is not read. */
const mostBytes = 1024

/** What one service answered. */
export interface Said {
  /** Its host, for a sentence. */
  readonly source: string
  readonly said: Parsed
}

export type Agreement = { readonly agreed: PublicAddress; readonly sources: readonly string[] } | { readonly problem: string }

/**
 * Asks services for the caller's public address until two have given one; each that gives none is replaced by the next. Two that differ are
 * no answer. Each is asked once over IPv4, because a public RDS instance is reached by IPv4 while this machine may prefer IPv6.
 */
export async function askSources(sources: readonly string[], signal: AbortSignal): Promise<Agreement> {
  const left = [...new Set(sources)]
  if (left.length < 2) return { problem: 'Two services must say what your public address is, and fewer are named.' }
  const answers: Said[] = []
  const ask = async (): Promise<void> => {
    const source = left.shift()
    if (source === undefined) return
    const answer = await askOne(source, signal)
    answers.push(answer)
    if ('refused' in answer.said) await ask()
  }
  await Promise.all([ask(), ask()])
  signal.throwIfAborted()
  return agree(answers)
}

/** What the answers come to. */
export function agree(answers: readonly Said[]): Agreement {
  const given = answers.flatMap(({ source, said }) => ('refused' in said ? [] : [{ source, said }]))
  const [first] = given
  if (first === undefined || given.length < 2)
    return { problem: `Your public address is not known, because two services must agree on it: ${answers.map(sentenceOf).join('; ')}.` }
  if (given.some(({ said }) => said.address !== first.said.address))
    return { problem: `Your public address is not known, because the services disagree: ${given.map(sentenceOf).join('; ')}.` }
  return { agreed: first.said, sources: given.map(({ source }) => source) }
}

/** Only an address is repeated, never another text of a service. */
const sentenceOf = ({ source, said }: Said): string =>
  'refused' in said ? `what ${source} said ${said.refused}` : `${source} says ${said.address}`

/** Asks one service, once, without following it elsewhere. Never fails: what went wrong is what it said. */
async function askOne(source: string, signal: AbortSignal): Promise<Said> {
  const url = URL.parse(source)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return { source: 'a source', said: { refused: 'was not asked: it has no address' } }
  const name = url.pathname === '/' ? url.host : `${url.host}${url.pathname}`
  try {
    return { source: name, said: await read(url, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
    if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
      return { source: name, said: { refused: 'did not come within 5 s' } }
    return { source: name, said: { refused: `did not come${code === null ? '' : ` (${code})`}` } }
  }
}

function read(url: URL, signal: AbortSignal): Promise<Parsed> {
  const { promise, resolve, reject } = Promise.withResolvers<Parsed>()
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
    url,
    { family: 4, agent: false, signal, headers: { accept: 'text/plain', 'user-agent': 'Basepair' } },
    (response) => {
      const finish = (said: Parsed) => {
        resolve(said)
        response.destroy()
      }
      if (response.statusCode !== 200) return finish({ refused: `was HTTP ${response.statusCode}` })
      let text = ''
      response.on('error', reject)
      response.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1')
        if (text.length > mostBytes) finish({ refused: 'is longer than an address' })
      })
      response.on('end', () => finish(response.complete ? parseAddress(text) : { refused: 'broke off' }))
    },
  )
  request.on('error', reject)
  request.end()
  return promise
}
