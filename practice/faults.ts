import { setTimeout as pause } from 'node:timers/promises'
import { type ApiRequest, AwsFault, EventStream, type Service, type Tree } from './api.ts'

/** What can befall a call on its way. */
export type Fault =
  /** Refused because of too many calls. */
  | { readonly kind: 'throttled' }
  /** Refused because the credentials are no longer good. */
  | { readonly kind: 'expired' }
  /** Answered late, by so many real milliseconds. */
  | { readonly kind: 'late'; readonly milliseconds: number }
  /** Answered with a fault of the service itself, 500 to 599. */
  | { readonly kind: 'broken'; readonly status: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'dropped' }
  /** A page without anything on it, and a token to go on with. */
  | { readonly kind: 'empty page' }

/** Which calls a fault befalls: without a service or an action all of them, without a number until it is taken off. */
export interface Order {
  readonly fault: Fault
  readonly service?: string
  readonly action?: string
  readonly times?: number
}

/** Thrown where the wire is to close the connection without a word. */
export class ConnectionDropped extends Error {}

export interface Faults {
  /** Makes calls to come fail; gives back what takes it off. */
  order(order: Order): () => void
  /** Refuses four of five calls as too many while it is true. */
  throttling: boolean
  /** Refuses every call for its credentials while it is true. */
  credentialsExpired: boolean
  /** The service with what was ordered befalling its calls. `name` is the service's in signatures: `ec2`, `rds`, `logs`. */
  before(name: string, service: Service): Service
}

/** One call of so many gets through while AWS throttles: a client's three attempts in a row are refused, yet work goes on in the end. */
const throttledCycle = 5
/** Begins the token of an empty page; behind it stands the token of the page that should have been there. */
const emptied = 'practice-empty-page-'
const tokens = new Set(['Marker', 'NextToken', 'nextToken', 'PaginationToken'])

/** Faults on demand, for the panel and for tests. None at the start of a console. */
export function createFaults(): Faults {
  const orders: { readonly order: Order; left: number }[] = []
  let calls = 0
  let emptyPages = 0

  const takeDue = (service: string, action: string): Fault[] => {
    const due: Fault[] = []
    if (faults.credentialsExpired) due.push({ kind: 'expired' })
    if (faults.throttling && ++calls % throttledCycle !== 0) due.push({ kind: 'throttled' })
    for (const one of [...orders]) {
      if ((one.order.service ?? service) !== service || (one.order.action ?? action) !== action) continue
      due.push(one.order.fault)
      one.left -= 1
      if (one.left <= 0) orders.splice(orders.indexOf(one), 1)
    }
    return due
  }

  const faults: Faults = {
    throttling: false,
    credentialsExpired: false,
    order(order) {
      const one = { order, left: order.times ?? Number.POSITIVE_INFINITY }
      orders.push(one)
      return () => {
        if (orders.includes(one)) orders.splice(orders.indexOf(one), 1)
      }
    },
    before: (name, service) => ({
      async call(request) {
        const due = takeDue(name, request.action)
        for (const fault of due) if (fault.kind === 'late') await pause(fault.milliseconds, undefined, { ref: false })
        for (const fault of due) refuse(name, fault)
        const answer = await service.call(withoutEmptyPage(request))
        if (answer instanceof EventStream || !due.some(({ kind }) => kind === 'empty page')) return answer
        return emptyPage(name, request, answer, ++emptyPages)
      },
    }),
  }
  return faults
}

/** How each service words that it is asked too often, and that the credentials are no longer good; the others say it as RDS does. */
const throttled: Readonly<Record<string, readonly [code: string, message: string, status: number]>> = {
  ec2: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
  pricing: ['ThrottlingException', 'Rate exceeded', 400],
  logs: ['ThrottlingException', 'Rate exceeded', 400],
  lambda: ['TooManyRequestsException', 'Rate exceeded', 429],
  'cognito-idp': ['TooManyRequestsException', 'Rate exceeded', 400],
}
const expired = 'The security token included in the request is expired'
const outdated: Readonly<Record<string, readonly [code: string, message: string, status: number]>> = {
  ec2: ['RequestExpired', 'Request has expired.', 400],
  pricing: ['ExpiredTokenException', expired, 400],
  logs: ['ExpiredTokenException', expired, 400],
  lambda: ['ExpiredTokenException', expired, 403],
  'cognito-idp': ['ExpiredTokenException', expired, 400],
}
const broken: Readonly<Record<string, string>> = {
  ec2: 'InternalError',
  logs: 'ServiceUnavailableException',
  lambda: 'ServiceException',
  'cognito-idp': 'InternalErrorException',
}

/** Throws where the fault keeps the call from being answered, in the words of the service. */
function refuse(service: string, fault: Fault): void {
  switch (fault.kind) {
    case 'throttled':
      throw new AwsFault(...(throttled[service] ?? (['Throttling', 'Rate exceeded', 400] as const)))
    case 'expired':
      throw new AwsFault(...(outdated[service] ?? (['ExpiredToken', expired, 403] as const)))
    case 'broken':
      throw new AwsFault(broken[service] ?? 'InternalFailure', 'An internal error has occurred', fault.status)
    case 'dropped':
      throw new ConnectionDropped()
    case 'late':
    case 'empty page':
      return
    default:
      fault satisfies never
  }
}

function withoutEmptyPage(request: ApiRequest): ApiRequest {
  const { params } = request
  const text = (name: string): string | undefined => {
    const value = params.text(name)
    if (!tokens.has(name) || value?.startsWith(emptied) !== true) return value
    return value.slice(emptied.length).replace(/^\d+-/, '') || undefined
  }
  return {
    ...request,
    params: {
      text,
      flag: (name) => params.flag(name),
      whole: (name) => params.whole(name),
      texts: (name) => params.texts(name),
      groups: (name) => params.groups(name),
      group: (name) => params.group(name),
      map: (name) => params.map(name),
    },
  }
}

/** Where a page's token stands in the question and in the answer, of a service or of one action. */
const paging: Readonly<Record<string, { readonly asked: string; readonly told: string }>> = {
  rds: { asked: 'Marker', told: 'Marker' },
  ec2: { asked: 'NextToken', told: 'nextToken' },
  logs: { asked: 'nextToken', told: 'nextToken' },
  lambda: { asked: 'Marker', told: 'NextMarker' },
  'cognito-idp ListUsers': { asked: 'PaginationToken', told: 'PaginationToken' },
}

/** The answer without what it lists, and a token, another each time, that brings the page that should have been here. */
function emptyPage(service: string, { action, params }: ApiRequest, answer: Tree, count: number): Tree {
  if (!isElement(answer)) return answer
  const { asked, told } = paging[`${service} ${action}`] ?? paging[service] ?? { asked: 'NextToken', told: 'NextToken' }
  const token = `${emptied}${count}-${(params.text(asked) ?? '').replace(new RegExp(`^${emptied}\\d+-`), '')}`
  const without = Object.fromEntries(Object.entries(answer).map(([element, value]) => [element, withoutList(value)] as const))
  // The pages of GetLogEvents go both ways.
  if ('nextForwardToken' in answer) return { ...without, nextForwardToken: token, nextBackwardToken: token }
  return { ...without, [told]: token }
}

function withoutList(value: Tree): Tree {
  if (Array.isArray(value)) return []
  if (!isElement(value)) return value
  const [only, ...others] = Object.keys(value)
  return only !== undefined && others.length === 0 && Array.isArray(value[only]) ? { [only]: [] } : value
}

function isElement(tree: Tree): tree is { readonly [element: string]: Tree } {
  return typeof tree === 'object' && !Array.isArray(tree) && !(tree instanceof Date)
}
