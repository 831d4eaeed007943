import { XMLBuilder } from 'fast-xml-parser'
import type { AwsFault, Tree } from '../api.ts'
import type { Protocol, ServiceName } from './recognise.ts'

/** An answer as it goes over the wire. */
export interface Rendered {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

const namespaces: Readonly<Record<ServiceName, string>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  ec2: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  monitoring: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  pricing: '',
  logs: '',
  lambda: '',
  'cognito-idp': '',
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true })

interface Envelope {
  readonly protocol: Protocol
  readonly service: ServiceName
  readonly action: string
  readonly requestId: string
}

/** The answer of a service in the protocol in which it was asked. */
export function renderAnswer({ protocol, service, action, requestId }: Envelope, answer: Tree): Rendered {
  const name = `${action}Response`
  const xmlns = { '@xmlns': namespaces[service] }
  switch (protocol) {
    case 'query': {
      const result = answer === undefined ? {} : { [`${action}Result`]: plain(answer) }
      return xml(200, { [name]: { ...xmlns, ...result, ResponseMetadata: { RequestId: requestId } } })
    }
    case 'ec2': {
      const fields = plain(answer)
      return xml(200, { [name]: { ...xmlns, requestId, ...(typeof fields === 'object' ? fields : {}) } })
    }
    case 'json-1.0':
    case 'json-1.1':
    case 'rest-json':
      return json(200, protocol, answer === undefined ? {} : jsonValue(answer))
    default:
      return protocol satisfies never
  }
}

/** A refusal in the protocol in which the call came. */
export function renderFault({ protocol, service, requestId }: Envelope, fault: AwsFault): Rendered {
  const { code, message, status } = fault
  switch (protocol) {
    case 'query': {
      const error = { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: clean(message) }
      return xml(status, { ErrorResponse: { '@xmlns': namespaces[service], Error: error, RequestId: requestId } })
    }
    case 'ec2':
      return xml(status, { Response: { Errors: { Error: { Code: code, Message: clean(message) } }, RequestID: requestId } })
    case 'json-1.0':
    case 'json-1.1':
      return {
        ...json(status, protocol, { __type: code, message }),
        // For clients of services that spoke the Query protocol before.
        headers: { 'x-amzn-query-error': `${code};${status >= 500 ? 'Receiver' : 'Sender'}` },
      }
    case 'rest-json': {
      const error = { Type: status >= 500 ? 'Service' : 'User', message, Message: message }
      return { ...json(status, protocol, error), headers: { 'x-amzn-errortype': code } }
    }
    default:
      return protocol satisfies never
  }
}

function xml(status: number, tree: object): Rendered {
  return { status, contentType: 'text/xml', body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(tree)}` }
}

function json(status: number, protocol: 'json-1.0' | 'json-1.1' | 'rest-json', value: unknown): Rendered {
  return {
    status,
    contentType: protocol === 'rest-json' ? 'application/json' : `application/x-amz-${protocol}`,
    body: JSON.stringify(value),
  }
}

type Plain = string | readonly Plain[] | { readonly [element: string]: Plain }

/** Every leaf as its text, and without what is undefined. */
function plain(tree: Tree): Plain {
  if (tree instanceof Date) return tree.toISOString()
  if (Array.isArray(tree)) return tree.filter((one) => one !== undefined).map(plain)
  if (isElement(tree)) {
    return Object.fromEntries(Object.entries(tree).flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]])))
  }
  return clean(String(tree))
}

/** XML 1.0 has no way to write these characters. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
}

/** Times as seconds, and a list that XML wraps in `member` as the list itself. */
export function jsonValue(tree: Tree): unknown {
  if (tree instanceof Date) return tree.getTime() / 1000
  if (Array.isArray(tree)) return tree.filter((one) => one !== undefined).map(jsonValue)
  if (!isElement(tree)) return tree
  const { member } = tree
  if (Array.isArray(member) && Object.keys(tree).length === 1) return jsonValue(member)
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, jsonValue(value)]))
}

function isElement(tree: Tree): tree is { readonly [element: string]: Tree } {
  return typeof tree === 'object' && !Array.isArray(tree) && !(tree instanceof Date)
}
