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

/** Something that is not AWS answered. `seen` says what came instead, to stand after "it answered with". Holds nothing of the answer's text. */
export class NotAws extends Error {
  readonly seen: string
  constructor(seen: string) {
    super(`Not an answer of AWS: ${seen}`)
    this.seen = seen
  }
}

/** Whether the action only looks; anything else changes something, and is never sent again after an answer that did not come. */
export const isRead = (action: string) => /^(Describe|Get|List|Filter|Lookup|Search)/.test(action)

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
 * Lets an answer through that speaks the protocol of its request, and fails with NotAws otherwise. The SDK takes a page of a hotel's portal,
 * or nothing at all, for a list that is empty.
 */
export function requireAws(asked: Asked, answer: Answered): void {
  const { status, headers } = answer
  if (status >= 300 && status < 400) throw new NotAws(sayRedirect(status, headers['location']))
  if (status < 200 || status === 407) throw new NotAws(`status ${status}, as a proxy does`)
  const text = answer.body.toString('utf8').trim()
  // AWS' own front doors answer a failure of theirs with a page or with nothing; the status alone says enough.
  if (status >= 500 && (text === '' || headers['x-amzn-requestid'] !== undefined)) return
  if (text === '' && asked.protocol === 'other') return
  if (text === '') throw new NotAws('an empty answer')
  if (asked.protocol === 'query' || asked.protocol === 'ec2') requireXml(asked, status, text)
  else requireJson(asked, status, text)
}

function sayRedirect(status: number, location: string | undefined): string {
  const host = location !== undefined && URL.canParse(location) ? new URL(location).hostname : ''
  return /^[\w.-]{1,100}$/.test(host) ? `a redirection to ${host}` : `a redirection (${status})`
}

const isPage = (text: string) => /^(<!doctype html|<html|<head|<body)/i.test(text.slice(0, 100))

function requireXml({ protocol, action }: Asked, status: number, text: string): void {
  if (isPage(text)) throw new NotAws('a web page')
  if (!text.startsWith('<')) throw new NotAws('something that is not XML')
  const root = /^(?:<\?[^>]*\?>\s*)*<([\w.:-]+)/.exec(text)?.[1]
  const due = status >= 300 ? (protocol === 'ec2' ? 'Response' : 'ErrorResponse') : `${action}Response`
  if (root !== due) throw new NotAws('XML of another kind')
  if (XMLValidator.validate(text) !== true) throw new NotAws('XML that was cut off or damaged')
  if (status >= 300) {
    if (!/<Code>[^<]+<\/Code>/.test(text)) throw new NotAws('an error without a code')
    return
  }
  // Every answer of RDS and STS has its result element, and every list its element even when it is empty.
  if (protocol === 'query' && !new RegExp(`<${action}Result[\\s/>]`).test(text)) throw new NotAws('an answer without its result')
  if (!isRead(action)) return
  const content =
    protocol === 'query'
      ? new RegExp(`<${action}Result(?:\\s[^>]*)?>\\s*<`).test(text) && !new RegExp(`<${action}Result(?:\\s[^>]*)?>\\s*</`).test(text)
      : /<[^?][^>]*>\s*<(?!\/|requestId\b)\w/.test(text.replace(/<requestId>[^<]*<\/requestId>/i, ''))
  if (!content) throw new NotAws('an answer with nothing in it')
}

function requireJson({ protocol, action }: Asked, status: number, text: string): void {
  if (isPage(text)) throw new NotAws('a web page')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new NotAws(text.startsWith('{') ? 'JSON that was cut off or damaged' : 'something that is not JSON')
  }
  if (protocol === 'other') return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAws('JSON of another kind')
  if (status < 300 && isRead(action) && Object.keys(value).length === 0) throw new NotAws('an answer with nothing in it')
}
