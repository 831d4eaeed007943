import { Failure, problemOf } from '../../preload/contract/errors.ts'
import type { SignUps } from '../../preload/contract/logs.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver } from '../postgres/driver.ts'
import { findRows, type Sought, type UserRows } from './find-rows.ts'

export interface RowAskerDeps {
  readonly driver: Pick<Driver, 'run'>
  readonly environments: Pick<Environments, 'target' | 'identity'>
  readonly log: (text: string) => void
  readonly now: () => number
}

/** Somebody whose row is looked for; another `mark` is a reason to look again. */
export interface Asked extends Sought {
  readonly mark: string
}

/**
 * Asks for the rows of the people that a log names, one question at a time. After a failure it waits until the environment's connection
 * is known to be sound: a password that is missing or wrong is not tried again and again.
 */
export function createRowAsker({ driver, environments, log, now }: RowAskerDeps, environment: string, changed: () => void) {
  const closing = new AbortController()
  let rows: UserRows | null = null
  let failure: Failure | null = null
  /** Whom the last answer is about. */
  let answered = new Set<string>()
  let askedAt = Number.NEGATIVE_INFINITY
  let answeredAt: number | null = null
  let asking: Promise<void> | null = null
  let next: readonly Asked[] | null = null

  const names = (people: readonly Asked[]) => people.map(({ sub, email, mark }) => `${sub}\n${email}\n${mark}`)
  const covers = (people: readonly Asked[]) => names(people).every((name) => answered.has(name))
  /** A statement that Postgres refused is no reason to doubt the connection. */
  const mayAsk = () =>
    failure === null || failure.code === 'SQL' || failure.code === 'FORBIDDEN' || environments.identity(environment) !== null

  async function askOnce(people: readonly Asked[]): Promise<void> {
    askedAt = now()
    try {
      const target = environments.target(environment)
      rows = people.length === 0 ? null : await findRows(driver, target, people, closing.signal)
      failure = null
    } catch (error) {
      if (closing.signal.aborted) return
      if (!(error instanceof Failure))
        log(`rows of users in ${environment}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      failure = error instanceof Failure ? error : new Failure('INTERNAL', 'The rows of users could not be asked for.')
      rows = null
    }
    answered = new Set(names(people))
    answeredAt = now()
    changed()
  }

  async function work(): Promise<void> {
    while (next !== null && !closing.signal.aborted && mayAsk()) {
      const people = next
      next = null
      await askOnce(people)
    }
    next = null
  }

  return {
    /** Asks where somebody is new among them, or where `anew`; while a question is under way, once more after it. */
    ask(people: readonly Asked[], anew: boolean): Promise<void> {
      if (closing.signal.aborted || !mayAsk() || (!anew && covers(people))) return asking ?? Promise.resolve()
      next = people
      asking ??= work().finally(() => {
        asking = null
      })
      return asking
    },
    rows: () => rows,
    table: (): SignUps['table'] =>
      failure === null ? { readable: true, problem: null } : { readable: false, problem: problemOf(failure) },
    /** Also where nothing is asked, because the last question failed. */
    isAnswered: (people: readonly Asked[]) => covers(people) || !mayAsk(),
    askedAt: () => askedAt,
    answeredAt: () => answeredAt,
    close: () => closing.abort(new Failure('CANCELLED', 'Nobody looks at the sign-ups any more.')),
  }
}
