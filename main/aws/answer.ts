import { XMLValidator } from 'fast-xml-parser'

/** One request of the SDK as far as its answer depends on it. */
export interface Asked {
  readonly protocol: 'query' | 'ec2' | 'json' | 'other'
  /** `DescribeDBInstances`; empty where the protocol names none. */
  readonly action: string
}

/** An answer whose body is there whole. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Something that is not AWS answered, or its answer was damaged on the way. `seen` says what came instead, to stand after "answered with".
 * Holds nothing of the answer's text.
 */
export class NotAws extends Error {
  readonly seen: string
  /** The answer began as one of AWS: what it answers may have been carried out. */
  readonly damaged: boolean
  /** Where it is a server's failure, by the name under which the SDK looks when it decides whether to ask again. */
  readonly $metadata: { readonly httpStatusCode: number } | undefined
  constructor(seen: string, { damaged = false, status = 0 }: { damaged?: boolean; status?: number } = {}) {
    super(`Not an answer of AWS: ${seen}`)
    this.seen = seen
    this.damaged = damaged
    this.$metadata = status >= 500 ? { httpStatusCode: status } : undefined
  }
}

/** Whether the action only looks; anything else changes something, and is never sent again after an answer that did not come. */
export const isRead = (action: string) => /^(Describe|Get|List|Filter|Lookup|Search|StartLiveTail$)/.test(action)

/** What the request's headers and body say of it. */
export function readAsked(headers: Readonly<Record<string, string>>, body: unknown): Asked {
  const target = headers['x-amz-target']
  if (target !== undefined) return { protocol: 'json', action: target.split('.').pop() ?? '' }
  const [, action, version] = typeof body === 'string' ? (/^Action=(\w+)&Version=([\d-]+)/.exec(body) ?? []) : []
  if (action === undefined) return { protocol: 'other', action: '' }
  return { protocol: version === ec2Version ? 'ec2' : 'query', action }
}

/** EC2's API has had this version for ten years; its answers have no result element. */
const ec2Version = '2016-11-15'

/**
 * Gives back the body of an answer that speaks the protocol of its request, and fails with NotAws otherwise. The SDK takes a page of a
 * hotel's portal, or nothing at all, for a list that is empty.
 */
export function requireAws(asked: Asked, { status, headers, body }: Answered): Buffer {
  if (status >= 300 && status < 400) throw new NotAws(sayRedirect(status, headers['location']))
  if (status < 200 || status === 407) throw new NotAws(`status ${status}, as a proxy does`)
  const text = body.toString('utf8').trim()
  const fromAws = headers['x-amzn-requestid'] !== undefined
  if (text === '') {
    // AWS' own front doors answer a failure of theirs with nothing; the status alone says enough.
    if (status >= 500 || (status >= 400 && fromAws) || (status < 300 && asked.protocol === 'other')) return body
    throw new NotAws('an empty answer')
  }
  // A page of AWS itself: the SDK cannot read it, and its status says enough.
  if (status >= 500 && fromAws && isPage(text)) return Buffer.alloc(0)
  if (isPage(text)) throw new NotAws(`a web page${status < 300 ? '' : ` and status ${status}`}`, { status })
  if (asked.protocol === 'query' || asked.protocol === 'ec2') requireXml(asked, status, text)
  else requireJson(asked, status, text)
  return body
}

function sayRedirect(status: number, location: string | undefined): string {
  const host = location !== undefined && URL.canParse(location) ? new URL(location).hostname : ''
  return /^[\w.-]{1,100}$/.test(host) ? `a redirection to ${host}` : `a redirection (status ${status})`
}

const isPage = (text: string) => /^(<!doctype html|<html|<head|<body)/i.test(text)

function requireXml({ protocol, action }: Asked, status: number, text: string): void {
  const refused = status >= 300
  const root = /^\s*(?:<\?[^>]*\?>\s*)*<([\w.:-]+)/.exec(text)?.[1]
  if (root === undefined) throw new NotAws('something that is not XML', { status })
  const due = refused ? (protocol === 'ec2' ? 'Response' : 'ErrorResponse') : `${action}Response`
  if (root !== due) throw new NotAws('XML of another kind', { status })
  if (XMLValidator.validate(text) !== true) throw new NotAws('XML that was cut off or damaged', { damaged: true, status })
  if (refused) {
    if (!/<Code>[^<]+<\/Code>/.test(text)) throw new NotAws('an error without its code', { status })
    return
  }
  // RDS and STS put a result element into every answer.
  if (protocol === 'query' && !new RegExp(`<${action}Result[\\s/>]`).test(text)) throw new NotAws('an answer without its result')
}

/** An answer to a question holds something of what was asked: AWS sends a list's element even where the list is empty. */
export function requireContent(action: string, output: unknown): void {
  if (!isRead(action) || typeof output !== 'object' || output === null) return
  const said = Object.entries(output).some(([name, value]) => name !== '$metadata' && value !== undefined)
  if (!said) throw new NotAws('an answer with nothing of what was asked in it')
}

function requireJson({ protocol }: Asked, status: number, text: string): void {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const began = text.startsWith('{')
    throw new NotAws(began ? 'JSON that was cut off or damaged' : 'something that is not JSON', { damaged: began, status })
  }
  if (protocol === 'other') return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAws('JSON of another kind', { status })
}
