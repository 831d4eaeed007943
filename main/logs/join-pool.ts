import type { Outcome, SeenFailure } from '../../cloudwatch/invocation.ts'
import type { SignUpTrace } from '../../cloudwatch/sign-up.ts'
import { traceOf } from '../../cloudwatch/sign-ups.ts'
import type { PoolUser } from './user-pool.ts'

/** A sign-up of which the log tells, the user pool, or both. */
export interface Confirmation extends Omit<SignUpTrace, 'outcome'> {
  /** Null without attempts. */
  readonly outcome: Outcome | null
  /** When the user was confirmed, or last changed; null where the log itself names the user. */
  readonly poolAt: number | null
  /** Of a user without attempts, whether the log has some at that time that may be this user's; `failure` is then what they have in common. */
  readonly isUnclear: boolean
}

export interface Told {
  /** All of the log from here on is there, up to `to`. */
  readonly from: number
  readonly to: number
  readonly now: number
}

/** The first call of the function comes within so much of the confirmation, before it only by the clocks. */
const afterMs = 20_000
const skewMs = 2_000
/** Cognito calls three times at most. */
const attemptsAtMost = 3
/** Time in which the function may still begin. */
const beginsMs = 30_000
/** Without an end by then, its lines are not to come any more. */
const openMs = 60_000

const byTrace = (trace: SignUpTrace): Confirmation => ({ ...trace, poolAt: null, isUnclear: false })
const startOf = ({ attempts, poolAt = null }: Pick<SignUpTrace, 'attempts'> & { readonly poolAt?: number | null }): number =>
  attempts[0]?.startedAt ?? poolAt ?? 0

interface Stranger {
  readonly user: PoolUser
  /** When the user may have been confirmed. */
  readonly at: number
}

/**
 * The log's sign-ups with the confirmed users whom it does not name, oldest first. Attempts that name nobody become a user's where they can be
 * no other's; where several users were confirmed at the time, each is told without attempts.
 */
export function joinPool(traces: readonly SignUpTrace[], users: readonly PoolUser[], told: Told): Confirmation[] {
  const strangers = strangersTo(traces, users)
  if (strangers.length === 0) return traces.map(byTrace)
  const isNameless = ({ person, outcome, attempts }: SignUpTrace) =>
    person.sub === null && person.email === null && (outcome !== 'open' || startOf({ attempts }) + openMs < told.now)
  const nameless = traces.filter(isNameless)
  const taken = new Set<SignUpTrace>()
  const more: Confirmation[] = []
  for (const { users: together, traces: candidates } of confirmedTogether(strangers, nameless)) {
    let rest = candidates
    for (const [index, { user, at }] of together.entries()) {
      const own = ownOf(together, index, rest)
      if (own === null) {
        // From here on nobody is told apart.
        const failure = commonFailure(rest)
        for (const other of together.slice(index)) more.push(alone(other.user, other.at, true, failure))
        break
      }
      if (own.length > 0) more.push(...named(user, at, own))
      // Whose function has not begun yet, or whose lines have not come, is not told to be without.
      else if (at >= told.from && at + beginsMs <= told.to) more.push(alone(user, at, false, null))
      for (const trace of own) taken.add(trace)
      rest = rest.slice(own.length)
    }
  }
  return [...traces.filter((trace) => !taken.has(trace)).map(byTrace), ...more].sort((one, other) => startOf(one) - startOf(other))
}

function strangersTo(traces: readonly SignUpTrace[], users: readonly PoolUser[]): PoolUser[] {
  const subs = new Set<string>()
  const emails = new Set<string>()
  for (const { person } of traces) {
    if (person.sub !== null) subs.add(person.sub)
    // An e-mail may have been another user's who is deleted; where the sub is told, that counts.
    else if (person.email !== null) emails.add(person.email.toLowerCase())
  }
  return users.filter(({ sub, email }) => !subs.has(sub) && (email === null || !emails.has(email.toLowerCase())))
}

/** The attempts that are this user's and no other's; null where that cannot be told. `rest` begins with them. */
function ownOf(together: readonly Stranger[], index: number, rest: readonly SignUpTrace[]): readonly SignUpTrace[] | null {
  const next = together[index + 1]
  if (next === undefined) return rest.length <= attemptsAtMost ? rest : null
  const own = rest.slice(0, lowerBound(rest, next.at - skewMs))
  return own.length <= attemptsAtMost && isWhole(own) ? own : null
}

/** How many of the traces, which are in order of time, begin before. */
function lowerBound(traces: readonly SignUpTrace[], at: number): number {
  let [low, high] = [0, traces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const trace = traces[middle]
    if (trace !== undefined && startOf(trace) < at) low = middle + 1
    else high = middle
  }
  return low
}

interface Together {
  readonly users: Stranger[]
  readonly traces: readonly SignUpTrace[]
}

/** The users in order of time, those together who may share an attempt, each time with all that may be theirs. */
function confirmedTogether(users: readonly PoolUser[], nameless: readonly SignUpTrace[]): Together[] {
  const near = (from: number, to = from) => nameless.slice(lowerBound(nameless, from - skewMs), lowerBound(nameless, to + afterMs + 1))
  const strangers = users.map((user): Stranger => {
    const times = [user.changedAt, user.createdAt]
    return { user, at: times.find((at) => near(at).length > 0) ?? user.changedAt }
  })
  const groups: Stranger[][] = []
  for (const stranger of strangers.sort((one, other) => one.at - other.at)) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    const first = near(stranger.at)[0]
    if (before !== undefined && first !== undefined && startOf(first) <= before.at + afterMs) group?.push(stranger)
    else groups.push([stranger])
  }
  return groups.map((group) => ({ users: group, traces: near(group[0]?.at ?? 0, group.at(-1)?.at ?? 0) }))
}

/** Cognito calls no more after these. */
function isWhole(own: readonly SignUpTrace[]): boolean {
  const last = own.at(-1)?.outcome
  return own.length === attemptsAtMost || last === 'ok' || last === 'hidden error'
}

const personOf = ({ sub, email, name, handle }: PoolUser) => ({ sub, email, name, handle })

function named(user: PoolUser, poolAt: number, own: readonly SignUpTrace[]): Confirmation[] {
  const attempts = own.flatMap((trace) => trace.attempts)
  const trigger = own.find((trace) => trace.trigger !== 'unknown')?.trigger ?? 'unknown'
  const key = `${user.sub} ${attempts[0]?.startedAt}`
  return traceOf({ key, person: personOf(user), trigger, attempts }).map((trace) => ({ ...trace, poolAt, isUnclear: false }))
}

const alone = (user: PoolUser, poolAt: number, isUnclear: boolean, failure: SeenFailure | null): Confirmation => ({
  key: `${user.sub} ${poolAt}`,
  person: personOf(user),
  trigger: 'unknown',
  attempts: [],
  outcome: null,
  failure,
  poolAt,
  isUnclear,
})

function commonFailure(traces: readonly SignUpTrace[]): SeenFailure | null {
  const first = traces[0]?.failure ?? null
  return first !== null && traces.every(({ failure }) => failure?.kind === first.kind && failure.sentence === first.sentence) ? first : null
}
