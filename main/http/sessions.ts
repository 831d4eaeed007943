import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** One browser that exchanged a one-time link. */
export interface Session {
  readonly id: string
}

/** What became of a one-time token: a bearer for the page to keep, a refusal, or too many refusals before it. */
export type Exchange =
  | { readonly outcome: 'opened'; readonly bearer: string }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'wait'; readonly seconds: number }

/** Who may speak in browser mode. Everything is in memory and ends with the process. */
export interface Sessions {
  /** A token for one exchange. */
  newToken(): string
  exchange(token: string): Exchange
  /** The session of a bearer, whose idle time starts anew; null where it is unknown or over. */
  find(bearer: string): Session | null
  revokeAll(): void
}

const hour = 3_600_000
/** An unused link is forgotten after so long, except the newest one. */
const tokenLife = 12 * hour
const idleLife = 12 * hour
const wholeLife = 7 * 24 * hour
const mostTokens = 16
const mostSessions = 32
/** Refusals in a row before the next try has to wait; the wait doubles with each further one. */
const freeRefusals = 5
const longestWait = 30_000

// Only digests are kept and compared: equal in length whatever was sent, and of no use to whoever reads this memory.
const digest = (secret: string) => createHash('sha256').update(secret).digest()
const newSecret = () => randomBytes(32).toString('base64url')

/** `now` gives milliseconds. */
export function createSessions(now: () => number = Date.now): Sessions {
  let tokens: { readonly digest: Buffer; readonly made: number }[] = []
  let sessions: { readonly digest: Buffer; readonly session: Session; readonly made: number; used: number }[] = []
  let refusals = 0
  let waitUntil = 0

  const expire = () => {
    const at = now()
    tokens = tokens.filter(({ made }, index) => at - made < tokenLife || index === tokens.length - 1)
    sessions = sessions.filter(({ made, used }) => at - made < wholeLife && at - used < idleLife)
  }

  // Compares with every entry, so that the time taken says nothing about which one was nearly right.
  const match = <Entry extends { readonly digest: Buffer }>(entries: readonly Entry[], secret: string): Entry | null => {
    const wanted = digest(secret)
    let found: Entry | null = null
    for (const entry of entries) if (timingSafeEqual(entry.digest, wanted)) found = entry
    return found
  }

  return {
    newToken: () => {
      expire()
      const token = newSecret()
      tokens = [...tokens, { digest: digest(token), made: now() }].slice(-mostTokens)
      return token
    },
    exchange: (token) => {
      expire()
      const left = waitUntil - now()
      if (left > 0) return { outcome: 'wait', seconds: Math.ceil(left / 1000) }
      const found = match(tokens, token)
      if (found === null) {
        refusals += 1
        if (refusals >= freeRefusals) waitUntil = now() + Math.min(longestWait, 1000 * 2 ** (refusals - freeRefusals))
        return { outcome: 'refused' }
      }
      refusals = 0
      tokens = tokens.filter((entry) => entry !== found)
      const bearer = newSecret()
      const session = { id: randomBytes(9).toString('base64url') }
      // The one that was used last goes last, so that what falls out is what nobody uses.
      sessions = [...sessions, { digest: digest(bearer), session, made: now(), used: now() }]
        .toSorted((one, other) => one.used - other.used)
        .slice(-mostSessions)
      return { outcome: 'opened', bearer }
    },
    find: (bearer) => {
      expire()
      const found = match(sessions, bearer)
      if (found === null) return null
      found.used = now()
      return found.session
    },
    revokeAll: () => {
      tokens = []
      sessions = []
    },
  }
}
