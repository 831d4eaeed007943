import { isIP } from 'node:net'
import type { Connection } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'

export interface ParsedUrl {
  readonly connection: Connection
  /** Taken out of the URL at once; null where it holds none. */
  readonly password: string | null
}

const example = 'postgres://user@host:5432/database'

/**
 * Reads a connection URL into discrete fields. `subject` names it in messages (`CONNECTION_URL`); its text is never repeated,
 * because it may hold a password. In a guarded environment nothing in the URL can weaken TLS.
 * Follows libpq's connection URIs without their multi-host form. Fails with INVALID.
 */
export function parseConnectionUrl(text: string, subject: string, guarded: boolean): ParsedUrl {
  const refuse = (what: string): never => {
    throw new Failure('INVALID', `${subject} ${what}`)
  }
  const trimmed = text.trim()
  if (trimmed === '') refuse(`is empty. Give a URL like ${example}, or leave it out.`)
  if (!/^postgres(ql)?:\/\//i.test(trimmed)) refuse(`has no scheme: it must begin with postgres:// or postgresql://, as in ${example}.`)
  if (!URL.canParse(trimmed)) {
    refuse('cannot be read. In a password, write # as %23, / as %2F, ? as %3F, % as %25 and @ as %40.')
  }
  const url = new URL(trimmed)
  if (url.hash !== '') refuse('holds a bare #. In a password, write # as %23.')
  const decode = (part: string, name: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      return refuse(`has a % in its ${name} that is not an escape. Write % as %25.`)
    }
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') refuse('names no host.')
  const user = decode(url.username, 'user')
  if (user === '') refuse('names no user.')
  // As written: URL itself would take the database `.` for a folder and leave it out.
  const [, path = ''] = /^[^:]+:\/\/[^/?#]*\/([^?#]*)/.exec(trimmed) ?? []
  const database = decode(path, 'database')
  if (database === '') refuse('names no database after the host.')
  if (database.includes('/')) refuse('holds a / after the host that is not the database. In a password, write / as %2F.')
  if (new TextEncoder().encode(database).length > 63) refuse('names a database of more than 63 bytes; Postgres cannot hold it.')
  return {
    connection: {
      host: decode(host, 'host'),
      port: url.port === '' ? 5432 : Number(url.port),
      database,
      user,
      tls: tlsOf(url.searchParams, host, guarded, refuse),
    },
    password: url.password === '' ? null : decode(url.password, 'password'),
  }
}

/** The only option taken from a URL is `sslmode`; others could move the connection elsewhere or read files. */
function tlsOf(options: URLSearchParams, host: string, guarded: boolean, refuse: (what: string) => never): Connection['tls'] {
  for (const name of options.keys()) {
    if (name !== 'sslmode') refuse(`carries the option ${name}, which Basepair does not take from a URL. Only sslmode is.`)
  }
  // libpq takes the last of several, others the first.
  if (options.getAll('sslmode').length > 1) refuse('carries sslmode more than once.')
  const mode = options.get('sslmode')
  const near = isNear(host)
  if (mode === null) return near ? 'off' : 'verify-full'
  switch (mode) {
    case 'verify-full':
    case 'verify-ca':
      return 'verify-full'
    case 'require':
      return guarded && !near ? 'verify-full' : 'unverified'
    case 'disable':
    case 'allow':
    case 'prefer':
      if (guarded && !near) refuse(`asks for sslmode=${mode}, which would send the password unprotected. Leave it out or use verify-full.`)
      return 'off'
    default:
      return refuse(`asks for sslmode=${mode}, which is not one of disable, require, verify-full.`)
  }
}

/** True for this machine and for bare names as Docker gives them: there TLS is not expected. */
export function isNear(host: string): boolean {
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true
  return isIP(host) === 0 && !host.includes('.')
}
