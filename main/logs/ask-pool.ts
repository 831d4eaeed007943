import { Failure } from '../../preload/contract/errors.ts'
import type { SignUps } from '../../preload/contract/logs.ts'
import { problemOfLook } from './follow-state.ts'
import type { Source } from './hub.ts'
import type { PoolAnswer, PoolUser } from './user-pool.ts'

export interface PoolAskerDeps {
  /** Confirmed users since a time; null where no pool calls the function. Fails as AWS does. */
  readonly confirmedUsers: (source: Source, from: number, signal: AbortSignal) => Promise<PoolAnswer | null>
  readonly log: (text: string) => void
  readonly now: () => number
  /** Milliseconds between two questions while a page watches, and at the least where attempts came that name nobody. */
  readonly pace: { readonly pool: number; readonly poolSoon: number }
}

export interface PoolLook {
  readonly source: Source
  readonly from: number
  /** Keys of the attempts that name nobody. */
  readonly nameless: readonly string[]
  readonly isWatched: boolean
}

/** How much more rarely Cognito is asked while no page watches. */
const idleFactor = 5

/** Asks the user pool who is confirmed, one question at a time. That it refuses takes nothing away from what the log tells. */
export function createPoolAsker({ confirmedUsers, log, now, pace }: PoolAskerDeps, changed: () => void) {
  const closing = new AbortController()
  const { signal } = closing
  let users: readonly PoolUser[] = []
  let state: SignUps['pool']
  let asked = new Set<string>()
  let askedAt = Number.NEGATIVE_INFINITY
  let isAsking = false

  async function ask({ source, from, nameless }: PoolLook): Promise<void> {
    isAsking = true
    askedAt = now()
    try {
      const answer = await confirmedUsers(source, from, signal)
      users = answer?.users ?? []
      state = answer === null ? undefined : { name: answer.name, problem: answer.cut ? cutSentence(answer.name) : null }
    } catch (error) {
      if (signal.aborted) return
      // Whom Cognito told of before is confirmed still.
      state = { name: state?.name ?? null, problem: problemOfLook(error, 'ask Cognito who is confirmed', log).message }
    } finally {
      isAsking = false
    }
    asked = new Set(nameless)
    changed()
  }

  return {
    users: () => users,
    state: () => state,
    isAnswered: () => askedAt !== Number.NEGATIVE_INFINITY && !isAsking,
    /** Asks where it is due. */
    look(look: PoolLook): void {
      if (isAsking || signal.aborted) return
      const since = now() - askedAt
      const isNew = look.nameless.some((key) => !asked.has(key))
      const due = isNew && state?.problem == null ? pace.poolSoon : look.isWatched ? pace.pool : pace.pool * idleFactor
      if (since >= due) void ask(look)
    },
    close: () => closing.abort(new Failure('CANCELLED', 'Nobody looks at the sign-ups any more.')),
  }
}

const cutSentence = (name: string): string => `${name} has more confirmed users than were read.`
