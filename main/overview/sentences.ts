import { isIP } from 'node:net'
import type { Environment, TlsFacts } from '../../preload/contract/environments.ts'
import type { Failure } from '../../preload/contract/errors.ts'
import type { PathLink } from '../../preload/contract/overview.ts'

export type LinkName = PathLink['link']

export const sound = (link: LinkName, sentence: string): PathLink => ({ link, state: 'sound', sentence, source: null, mend: null })

export const waiting = (link: LinkName): PathLink => ({ link, state: 'waiting', sentence: 'not tried', source: null, mend: null })

export const broken = (link: LinkName, sentence: string, mend: PathLink['mend'] = null): PathLink => ({
  link,
  state: 'broken',
  sentence,
  source: null,
  mend,
})

/** A link that broke with a failure of the driver, in the driver's own words. */
export function brokenBy(link: LinkName, failure: Failure): PathLink {
  const mend = failure.data?.mend ?? (failure.code === 'FILE' ? 'open_lifecycle' : null)
  return { link, state: 'broken', sentence: failure.message, source: failure.data?.source?.code ?? null, mend }
}

/** Where on the way to the database a connection failed; null where the failure says nothing about the way. */
export function linkOf(failure: Failure): LinkName | null {
  switch (failure.code) {
    case 'UNREACHABLE':
    case 'TIMEOUT':
    case 'LOST':
      return 'server'
    case 'TLS':
      return 'tls'
    case 'NO_DATABASE':
      return 'database'
    case 'FORBIDDEN':
    case 'SQL':
      return 'database'
    case 'SIGN_IN':
      return 'sign-in'
    case 'BUSY':
      // Either the database lets nobody in now, or the server has no connection left.
      return failure.data?.source?.code === '55000' ? 'database' : 'sign-in'
    default:
      return null
  }
}

/** `users`, `users and activities`, `users, activities and 3 more`. */
export function enumerate(names: readonly string[], shown = 3): string {
  const rest = names.length - shown
  const words = rest > 0 ? [...names.slice(0, shown), `${rest} more`] : [...names]
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`
}

export const plural = (names: readonly string[], one: string, many: string): string => (names.length === 1 ? one : many)

function isThisMachine(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost' || host.endsWith('.localhost')) return true
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1'
}

/**
 * The TLS link once the server was reached. A guarded environment promises a verified server, so there anything less is broken,
 * although the links behind it can still be tried; elsewhere it is said and left to the user. What never leaves this machine needs none.
 */
export function tlsLink(environment: Environment, facts: TlsFacts | null, authority = 'the trusted CAs'): PathLink {
  const { host, tls } = environment.connection
  const spoken = facts?.protocol ?? 'TLS'
  switch (tls) {
    case 'verify-full':
      return sound('tls', `${spoken}, verified with ${authority}.${endsOf(facts)}`)
    case 'unverified': {
      const sentence = `${spoken}, but nobody checks that it is ${host} who answers.`
      if (isThisMachine(host)) return sound('tls', `${spoken}, not verified, on this machine.`)
      return environment.guard === 'guarded'
        ? broken('tls', `${sentence} Choose verify-full in the settings.`, 'open_settings')
        : sound('tls', sentence)
    }
    case 'off': {
      if (isThisMachine(host)) return sound('tls', 'Off, on this machine.')
      const sentence = `Off: what goes to ${host} and back can be read on the way.`
      return environment.guard === 'guarded'
        ? broken('tls', `${sentence} Choose verify-full in the settings.`, 'open_settings')
        : sound('tls', sentence)
    }
    default:
      return tls satisfies never
  }
}

/** ` Root NAME to 2061-05-21, certificate to 2027-01-02.` A date is enough: what has ended is broken already. */
function endsOf(facts: TlsFacts | null): string {
  if (facts?.root === undefined || facts.validTill === undefined) return ''
  return ` Root ${facts.root.name} to ${dayOf(facts.root.validTill)}, certificate to ${dayOf(facts.validTill)}.`
}

const dayOf = (time: string): string => time.slice(0, 10)
