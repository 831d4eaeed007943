import type { Route } from '../../../main/http/routes.ts'
import type { RawRequest } from '../../support/raw-http.ts'

/** The parts that a request is put together from, each with what is true of it, and the oracle that says what each whole must get. */

type Headers = readonly (readonly [string, string])[]

export interface Host {
  readonly name: string
  readonly headers: Headers
  /** The value, where it is exactly one of the two names of this server. */
  readonly own: string | null
}

export function hostsOf(port: number): readonly Host[] {
  const foreign: Record<string, readonly string[]> = {
    'no port': ['127.0.0.1'],
    'localhost without a port': ['localhost'],
    'another port': [`127.0.0.1:${port + 1}`],
    'a port with a zero before it': [`127.0.0.1:0${port}`],
    'no port behind the colon': ['127.0.0.1:'],
    'a rebound name': [`evil.example:${port}`],
    'a rebound name without a port': ['evil.example'],
    'any address': [`0.0.0.0:${port}`],
    'IPv6 loopback': [`[::1]:${port}`],
    'IPv4 in IPv6': [`[::ffff:127.0.0.1]:${port}`],
    'a trailing dot': [`127.0.0.1.:${port}`],
    'localhost with a trailing dot': [`localhost.:${port}`],
    'upper case': [`LOCALHOST:${port}`],
    'a short address': [`127.1:${port}`],
    'another loopback address': [`127.0.0.2:${port}`],
    'a decimal address': [`2130706433:${port}`],
    'userinfo before it': [`user@127.0.0.1:${port}`],
    'ours as userinfo': [`127.0.0.1:${port}@evil.example`],
    'a name below localhost': [`evil.localhost:${port}`],
    'ours as a prefix': [`127.0.0.1:${port}.evil.example`],
    'ours in a list': [`127.0.0.1:${port}, evil.example`],
    'an absolute form': [`http://127.0.0.1:${port}`],
    empty: [''],
    missing: [],
    'ours and another': [`127.0.0.1:${port}`, `evil.example:${port}`],
    'another and ours': [`evil.example:${port}`, `127.0.0.1:${port}`],
    'ours twice': [`127.0.0.1:${port}`, `127.0.0.1:${port}`],
  }
  return [
    { name: 'the address', headers: [['Host', `127.0.0.1:${port}`]], own: `127.0.0.1:${port}` },
    { name: 'localhost', headers: [['Host', `localhost:${port}`]], own: `localhost:${port}` },
    ...Object.entries(foreign).map(([name, values]) => ({ name, headers: values.map((value) => ['Host', value] as const), own: null })),
  ]
}

export interface Origin {
  readonly name: string
  readonly values: readonly string[]
}

export function originsOf(port: number): readonly Origin[] {
  const named: Record<string, readonly string[]> = {
    missing: [],
    'the address': [`http://127.0.0.1:${port}`],
    localhost: [`http://localhost:${port}`],
    'another port': [`http://127.0.0.1:${port + 1}`],
    'no port': ['http://127.0.0.1'],
    null: ['null'],
    empty: [''],
    https: [`https://127.0.0.1:${port}`],
    'another site': ['https://evil.example'],
    'a rebound name': [`http://evil.example:${port}`],
    'ours as a prefix': [`http://127.0.0.1:${port}.evil.example`],
    'a name below localhost': [`http://evil.localhost:${port}`],
    'a slash behind it': [`http://127.0.0.1:${port}/`],
    'upper case': [`HTTP://127.0.0.1:${port}`],
    'ours twice': [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}`],
    'an extension': ['chrome-extension://abcdefghijklmnop'],
  }
  return Object.entries(named).map(([name, values]) => ({ name, values }))
}

export interface Credential {
  readonly name: string
  readonly headers: Headers
  readonly right: boolean
}

export function credentialsOf(known: { bearer: string; unused: string; used: string; over: string }): readonly Credential[] {
  const named: Record<string, readonly string[]> = {
    none: [],
    right: [`Bearer ${known.bearer}`],
    wrong: [`Bearer ${'A'.repeat(43)}`],
    'an unused one-time token': [`Bearer ${known.unused}`],
    'a used one-time token': [`Bearer ${known.used}`],
    'a session that is over': [`Bearer ${known.over}`],
    empty: ['Bearer '],
    'the scheme in lower case': [`bearer ${known.bearer}`],
    'another scheme': [`Basic ${Buffer.from(`:${known.bearer}`).toString('base64')}`],
    'no scheme': [known.bearer],
    'one letter short': [`Bearer ${known.bearer.slice(0, -1)}`],
    'more behind it': [`Bearer ${known.bearer}, Bearer ${known.bearer}`],
    twice: [`Bearer ${known.bearer}`, `Bearer ${known.bearer}`],
  }
  return Object.entries(named).map(([name, values]) => ({
    name,
    headers: values.map((value) => ['Authorization', value] as const),
    right: name === 'right',
  }))
}

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'] as const
export type Method = (typeof methods)[number]

/** What a route must be for this suite to know it: the test fails where the server has another. */
export interface Target {
  readonly path: string
  readonly method: Method | null
  readonly kind: Route['name'] | 'nothing'
}

/** Every route of the server over the bundle of the tests, and neighbours that must not be one. */
export const targets: readonly Target[] = [
  { path: '/', method: 'GET', kind: 'page' },
  { path: '/assets/main-1a2b3c4d.js', method: 'GET', kind: 'file' },
  { path: '/assets/main-5e6f7a8b.css', method: 'GET', kind: 'file' },
  { path: '/icon.svg', method: 'GET', kind: 'file' },
  { path: '/session', method: 'POST', kind: 'session' },
  { path: '/pages/', method: 'GET', kind: 'rows' },
  { path: '/line', method: 'GET', kind: 'line' },
  { path: '/nothing', method: null, kind: 'nothing' },
  { path: '/index.html', method: null, kind: 'nothing' },
]

export interface Whole {
  readonly host: Host
  readonly origin: Origin
  readonly credential: Credential
  readonly method: Method
  readonly target: Target
  readonly upgrade: boolean
}

/** The status that a request must get: 200, 101 for a line, or the first check that it fails. */
export function expected({ host, origin, credential, method, target, upgrade }: Whole): number {
  if (host.own === null) return 421
  if (target.kind === 'nothing') return 404
  if (target.method !== method) return 405
  if (target.kind === 'line' && !upgrade) return 426
  if (target.kind !== 'line' && upgrade) return 404
  const fromOwnPage = origin.values.length === 1 && origin.values[0] === `http://${host.own}`
  if (origin.values.length > 0 && !fromOwnPage) return 403
  switch (target.kind) {
    case 'page':
    case 'file':
      return 200
    case 'rows':
      return credential.right ? 200 : 401
    case 'session':
      return fromOwnPage || credential.right ? 200 : 403
    case 'line':
      return fromOwnPage || credential.right ? 101 : 403
    default:
      return target.kind satisfies never
  }
}

const handshake: Headers = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

/** The request over the wire; `address` is put behind `/pages/`, `token` into the body for `/session`. */
export function request(whole: Whole, fill: { address: string; token: string }): RawRequest {
  const { host, origin, credential, method, target, upgrade } = whole
  const withBody = target.kind === 'session' && method === 'POST' && !upgrade
  return {
    method,
    target: target.kind === 'rows' ? `${target.path}${fill.address}` : target.path,
    headers: [
      ...host.headers,
      ...origin.values.map((value) => ['Origin', value] as const),
      ...credential.headers,
      ...(upgrade ? handshake : []),
      ...(withBody ? [['Content-Type', 'application/json'] as const] : []),
    ],
    ...(withBody ? { body: JSON.stringify({ token: fill.token }) } : {}),
  }
}

export const told = (whole: Whole): string =>
  `${whole.method} ${whole.target.path}${whole.upgrade ? ' as a line' : ''}, host ${whole.host.name}, origin ${whole.origin.name}, credential ${whole.credential.name}`
