import type { IncomingHttpHeaders } from 'node:http'
import { AwsFault, type Params } from '../api.ts'
import { jsonParams } from './json-params.ts'
import { queryParams } from './query-params.ts'
import { isRestPath, restAsked } from './rest-paths.ts'

export type ServiceName = 'rds' | 'ec2' | 'sts' | 'monitoring' | 'pricing' | 'logs' | 'lambda' | 'cognito-idp'
export type Protocol = 'query' | 'ec2' | 'json-1.0' | 'json-1.1' | 'rest-json'

export interface HttpCall {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** With the query string. */
  readonly url: string
  readonly body: string
}

/** Which protocol speaks: told without fail, so that every refusal can be said in it. */
export function protocolOf({ headers, url }: HttpCall): Protocol {
  if (isRestPath(url)) return 'rest-json'
  const type = headers['content-type'] ?? ''
  if (type.includes('x-amz-json-1.0')) return 'json-1.0'
  if (type.includes('x-amz-json-1.1')) return 'json-1.1'
  return /\/ec2\/aws4_request/.test(headers.authorization ?? '') ? 'ec2' : 'query'
}

const services: readonly string[] = ['rds', 'ec2', 'sts', 'monitoring', 'pricing', 'logs', 'lambda', 'cognito-idp'] satisfies ServiceName[]
const isService = (name: string): name is ServiceName => services.includes(name)

export interface Scope {
  readonly accessKeyId: string
  readonly region: string
  readonly service: ServiceName
}

/** Who calls which service of which region, from the signature's header. The signature itself is not checked: any credentials are good here. */
export function scopeOf({ headers, url }: HttpCall): Scope {
  const header = headers.authorization
  if (header === undefined) {
    if (/[?&]X-Amz-Signature=/i.test(url))
      throw new AwsFault('IncompleteSignature', 'Requests signed in their address are not understood here.')
    throw new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  }
  if (!header.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new AwsFault('IncompleteSignature', `Unsupported authorization algorithm: only AWS4-HMAC-SHA256 is accepted.`)
  }
  const part = (name: string): string | undefined => new RegExp(`[ ,]${name}=([^, ]+)`).exec(header)?.[1]
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => part(name) === undefined)
  if (headers['x-amz-date'] === undefined && headers.date === undefined) missing.push('X-Amz-Date')
  if (missing.length > 0) {
    const said = missing.map((name) =>
      name === 'X-Amz-Date'
        ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        : `Authorization header requires '${name}' parameter.`,
    )
    throw new AwsFault('IncompleteSignature', said.join(' '))
  }
  const credential = /^([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/.exec(part('Credential') ?? '')
  if (credential === null)
    throw new AwsFault(
      'IncompleteSignature',
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
    )
  const [, accessKeyId = '', , region = '', service = ''] = credential
  if (!isService(service)) throw new AwsFault('UnknownService', `The practice cloud has no service ${service}.`, 404)
  return { accessKeyId, region, service }
}

/** What is asked, of whatever protocol. */
export function askedOf(call: HttpCall, protocol: Protocol): { readonly action: string; readonly params: Params } {
  if (protocol === 'rest-json') {
    const { action, fields } = restAsked(call)
    return { action, params: queryParams(fields) }
  }
  if (protocol === 'json-1.0' || protocol === 'json-1.1') {
    const target = String(call.headers['x-amz-target'] ?? '')
    const action = /^[\w.]+\.(\w+)$/.exec(target)?.[1]
    if (action === undefined) throw new AwsFault('UnknownOperationException', 'The request does not name an operation.')
    return { action, params: jsonParams(parse(call.body)) }
  }
  const address = URL.parse(call.url, 'http://127.0.0.1')
  if (address === null) throw new AwsFault('InvalidRequest', 'The address of the request cannot be read.')
  const fields = new Map<string, string>(address.searchParams)
  for (const [name, value] of new URLSearchParams(call.body)) fields.set(name, value)
  const action = fields.get('Action')
  if (action === undefined || !/^\w{1,100}$/.test(action)) throw new AwsFault('MissingAction', 'Missing Action')
  return { action, params: queryParams(fields) }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body)
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not JSON.')
  }
}
