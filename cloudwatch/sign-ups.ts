import type { Invocation, Outcome, SeenFailure } from './invocation.ts'
import { toldBy } from './person.ts'
import type { Person, SignUpTrace, Trigger } from './sign-up.ts'

/** Whom an invocation of the post-confirmation function is about, as its lines tell. */
export function personOf(invocation: Invocation): Person {
  return toldBy(invocation).person
}

/** Cognito waits five seconds for an answer and calls three times at most; a cold start may come before each. */
const oneConfirmation = 25_000
const attemptsAtMost = 3
const answeredInTime = 4_500

/** From what says the least about the row to what says the most. */
const furthest: readonly Outcome[] = ['failed', 'timed out', 'hidden error', 'open', 'ok']
const rank = ({ outcome }: Invocation) => furthest.indexOf(outcome)

/** Cognito had its answer in time, so it did not call again. */
const wasAnswered = (one: Invocation) =>
  (one.outcome === 'ok' || one.outcome === 'hidden error') &&
  one.endedAt !== null &&
  Math.max(one.endedAt - one.startedAt, one.durationMs ?? 0) + (one.initMs ?? 0) < answeredInTime

interface Confirmation {
  person: Person
  trigger: Trigger
  readonly key: string
  readonly attempts: Invocation[]
}

function isOfThis(confirmation: Confirmation, next: Invocation, trigger: Trigger): boolean {
  const { attempts } = confirmation
  const first = attempts[0]
  const last = attempts.at(-1)
  if (first === undefined || last === undefined || attempts.length >= attemptsAtMost) return false
  if (trigger !== 'unknown' && confirmation.trigger !== 'unknown' && trigger !== confirmation.trigger) return false
  return next.startedAt - first.startedAt <= oneConfirmation && !wasAnswered(last)
}

/** Why there may be no row: what ended the function, else what names a cause rather than an end of patience. */
function reasonOf(attempts: readonly Invocation[], best: Invocation): SeenFailure | null {
  if (best.outcome === 'ok') return null
  const last = best.failures.at(-1)
  if (best.outcome === 'failed' && last !== undefined && last.kind !== 'exception') return last
  const failures = [best, ...attempts.toReversed()].flatMap((one) => one.failures)
  return failures.find(({ kind }) => kind !== 'timed out' && kind !== 'exception') ?? failures[0] ?? null
}

/** One confirmation of attempts that belong together, in order of time; none without attempts. */
export function traceOf({ key, person, trigger, attempts }: Pick<SignUpTrace, 'key' | 'person' | 'trigger' | 'attempts'>): SignUpTrace[] {
  const best = attempts.toSorted((a, b) => rank(b) - rank(a))[0]
  return best === undefined ? [] : [{ key, person, trigger, attempts, outcome: best.outcome, failure: reasonOf(attempts, best) }]
}

/** An init of which no invocation is known yet confirms nobody. */
const isInvocation = ({ requestId, hasStart }: Invocation) => requestId !== null || hasStart

/** Joins the attempts of each confirmation, oldest first. `invocations` are of any streams, in any order. */
export function traceSignUps(invocations: readonly Invocation[]): SignUpTrace[] {
  const all: Confirmation[] = []
  const last = new Map<string, Confirmation>()
  const answered = new Set<string>()
  for (const one of invocations.filter(isInvocation).toSorted((a, b) => a.startedAt - b.startedAt || (a.key < b.key ? -1 : 1))) {
    const { person, trigger } = toldBy(one)
    const ids = [person.sub === null ? null : `sub ${person.sub}`, person.email === null ? null : `email ${person.email.toLowerCase()}`]
    // The e-mail may go on to another user after the first one was deleted; the sub never does.
    const id = ids[0] ?? ids[1] ?? null
    if (id === null) {
      all.push({ key: one.key, person, trigger, attempts: [one] })
      continue
    }
    const before = last.get(id)
    if (before !== undefined && isOfThis(before, one, trigger)) {
      before.attempts.push(one)
      if (before.trigger === 'unknown' || trigger !== 'unknown') before.trigger = trigger
      continue
    }
    const earlier = before?.attempts.some(({ outcome }) => outcome === 'ok' || outcome === 'hidden error') === true || answered.has(id)
    if (earlier) answered.add(id)
    const read: Trigger = trigger === 'unknown' ? (earlier ? 'password_reset' : 'sign_up') : trigger
    const confirmation = { key: `${person.sub ?? person.email} ${one.startedAt}`, person, trigger: read, attempts: [one] }
    all.push(confirmation)
    last.set(id, confirmation)
  }
  return all.flatMap(traceOf)
}
