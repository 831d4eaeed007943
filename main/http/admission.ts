import type { IncomingHttpHeaders } from 'node:http'
import type { Route, RouteTable } from './routes.ts'
import type { Session, Sessions } from './sessions.ts'

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** Each value that was sent, repeated headers included. */
  readonly distinct: { readonly [Name in 'host' | 'origin' | 'authorization']?: readonly string[] | undefined }
  readonly upgrade: boolean
}

export type Admission =
  | { readonly admitted: true; readonly route: Route; readonly host: string; readonly session: Session | null }
  | { readonly admitted: false; readonly status: 401 | 403 | 404 | 405 | 421 | 426 }

const refuse = (status: 401 | 403 | 404 | 405 | 421 | 426): Admission => ({ admitted: false, status })

/** The names under which this server may be asked. A rebound name differs in nothing but this header. */
export function ownHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost']
  // A browser leaves out the port that is usual for http.
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/** The bearer of an `Authorization` header, or null. */
function bearerOf(head: RequestHead): string | null {
  const sent = head.distinct.authorization ?? []
  return sent.length === 1 ? (/^Bearer ([\w-]{43})$/.exec(sent[0] ?? '')?.[1] ?? null) : null
}

/** False where the browser itself says that another site's page makes this request; a link followed to the page is no such case. */
function siteAllowed(headers: IncomingHttpHeaders, route: Route): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return route.name === 'page' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/**
 * Whether a request may be answered, checked in this order: host, target and method, origin, identity.
 * A missing `Origin` proves nothing, because a rebound page sends none either.
 */
export function admit(head: RequestHead, deps: { hosts: ReadonlySet<string>; table: RouteTable; sessions: Sessions }): Admission {
  const [host, ...others] = head.distinct.host ?? []
  if (host === undefined || others.length > 0 || !deps.hosts.has(host)) return refuse(421)

  const route = deps.table.find(head.target)
  if (route === null) return refuse(404)
  if (route.method !== head.method) return refuse(405)
  if (route.upgrade !== head.upgrade) return refuse(route.upgrade ? 426 : 404)

  // The very origin that the host names: on `localhost` another program may answer at the IPv6 address of the same port.
  const origins = head.distinct.origin ?? []
  const ownOrigin = origins.length === 1 && origins[0] === `http://${host}`
  if (origins.length > 0 && !ownOrigin) return refuse(403)
  if (!siteAllowed(head.headers, route)) return refuse(403)

  const bearer = bearerOf(head)
  const session = bearer === null ? null : deps.sessions.find(bearer)
  if (route.needs === 'bearer' && session === null) return refuse(401)
  if (route.needs === 'own page' && !ownOrigin && session === null) return refuse(403)
  return { admitted: true, route, host, session }
}
