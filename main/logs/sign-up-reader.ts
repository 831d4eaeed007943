import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure, type Problem } from '../../preload/contract/errors.ts'
import type { FollowState, SignUps } from '../../preload/contract/logs.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver } from '../postgres/driver.ts'
import { createPoolAsker, type PoolAskerDeps } from './ask-pool.ts'
import { type Asked, createRowAsker } from './ask-rows.ts'
import { problemOfLook } from './follow-state.ts'
import type { LogHub, Source } from './hub.ts'
import { type Confirmation, joinPool } from './join-pool.ts'
import { joinRows } from './join-rows.ts'
import { repairStatement } from './repair.ts'
import { createSignUpLog, type SignUpLogBounds } from './sign-up-log.ts'

/** Milliseconds. */
export interface SignUpPace {
  /** Between two looks at the log while only the overview asks, and while a page watches. */
  readonly idle: number
  readonly watched: number
  /** Between two questions for the rows while a page watches: longer than an idle connection is kept, which would hold the database open. */
  readonly rows: number
  /** The same after they could not be read. */
  readonly rowsAgain: number
  /** Between two questions who is confirmed, while a page watches, and at the least where attempts came that name nobody. */
  readonly pool: number
  readonly poolSoon: number
  /** Until a group that was not found, or could not be asked for, is looked for again. */
  readonly again: number
  /** Between two looks at what is due. */
  readonly tick: number
}

export const usualPace: SignUpPace = {
  idle: 5_000,
  watched: 1_000,
  rows: 15_000,
  rowsAgain: 5_000,
  pool: 60_000,
  poolSoon: 3_000,
  again: 10_000,
  tick: 2_000,
}

/** The most sign-ups that are told. */
const most = 1_000

export interface SignUpReaderDeps {
  readonly hub: Pick<LogHub, 'follow' | 'history'>
  readonly environments: Pick<Environments, 'target' | 'identity'>
  readonly driver: Pick<Driver, 'run'>
  /** The post-confirmation function's group; null where none is found. */
  readonly findGroup: (signal: AbortSignal) => Promise<string | null>
  readonly confirmedUsers: PoolAskerDeps['confirmedUsers']
  readonly log: (text: string) => void
  readonly now: () => number
  readonly pace: SignUpPace
  readonly bounds?: SignUpLogBounds | undefined
}

export interface Watched {
  readonly environment: string
  readonly place: NonNullable<SignUps['place']>
  readonly hours: number
}

/** Reads the sign-ups of one group: its past once, then whatever comes. Emits `changed`; works until it is closed. */
export function createSignUpReader(deps: SignUpReaderDeps, { environment, place, hours }: Watched) {
  const { hub, now, pace } = deps
  const emitter = new EventEmitter().setMaxListeners(0)
  const closing = new AbortController()
  const { signal } = closing
  const log = createSignUpLog(deps.bounds)
  const asker = createRowAsker({ driver: deps.driver, environments: deps.environments, log: deps.log, now }, environment, () => changed())
  let group: string | null = null
  /** Null until it is known whether there is a group at all. */
  let found: boolean | null = null
  let follow: FollowState | null = null
  let problem: Problem | null = null
  /** All of the log from here on is there. */
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let reading = 0
  let wholly = false
  let watching = 0
  let hurry: AbortController | null = null

  const changed = () => emitter.emit('changed')
  const goal = () => now() - hours * 3_600_000

  const pool = createPoolAsker(deps, () => logChanged())
  const isRead = () => wholly && reading === 0

  /** What the log tells, and the user pool of whom it does not name. */
  const all = (): Confirmation[] => joinPool(log.traces(), isRead() ? pool.users() : [], { from, to, now: now() })

  function lookAtPool(): void {
    if (group === null || !isRead()) return
    const nameless = log.traces().filter(({ person, outcome }) => person.sub === null && person.email === null && outcome !== 'open')
    pool.look({ source: { place, group }, from, nameless: nameless.map(({ key }) => key), isWatched: watching > 0 })
  }

  const asked = ({ person: { sub, email }, attempts, outcome }: Confirmation): Asked => ({
    sub,
    email,
    mark: `${attempts.length} ${outcome}`,
  })
  /** Of whom the log says nothing, nothing is told before the row was looked for. */
  const isTold = (one: Confirmation) => one.attempts.length > 0 || asker.isAnswered([asked(one)])
  const people = (): Asked[] => all().slice(-most).map(asked)
  const logChanged = () => {
    lookAtPool()
    void asker.ask(people(), false)
    changed()
  }

  /** Reads the past from `upTo` back to `downTo`, however often AWS refuses on the way. */
  async function readBack(downTo: number, upTo: number, isGap: boolean): Promise<void> {
    if (group === null) return
    let reached = upTo
    reading += 1
    try {
      while (!signal.aborted) {
        try {
          for await (const page of hub.history({ place, group }, { from: downTo, to: reached, pattern: null }, signal)) {
            log.take(page.events)
            reached = page.reachedDownTo
            if (!isGap) from = reached
            problem = null
            logChanged()
            if (log.isFull()) {
              from = Math.max(from, reached)
              return
            }
          }
          if (!isGap) from = Math.min(from, downTo)
          problem = null
          return
        } catch (error) {
          if (signal.aborted) return
          problem = told(error)
          changed()
          await pause(pace.again, null, { signal, ref: false })
        }
      }
    } finally {
      reading -= 1
      if (reading === 0 && !signal.aborted) {
        wholly = true
        tidy()
        lookAtPool()
        changed()
      }
    }
  }

  /** Once the past is there, lines of whole invocations are let go, and what is older than was asked for. */
  function tidy(): void {
    if (reading > 0 || !wholly) return
    log.settle(to)
    const { since, any } = log.forget(Math.max(from, goal()))
    from = since
    if (any) logChanged()
  }

  function windowCame(start: number, events: Parameters<typeof log.take>[0]): void {
    log.replace(start, events)
    if (from === Number.POSITIVE_INFINITY) {
      from = start
      void readBack(Math.min(goal(), start), start, false).catch(ended)
    } else if (start > to) void readBack(Math.max(to, goal()), start, true).catch(ended)
    to = Math.max(to, start)
    logChanged()
  }

  function stateCame(state: FollowState): void {
    const before = JSON.stringify([follow?.state, follow?.problem])
    follow = state
    if (state.completeUpTo !== null) to = Math.max(to, state.completeUpTo)
    // Figures of the tail alone are nothing new here.
    if (JSON.stringify([state.state, state.problem]) !== before) changed()
  }

  async function run(): Promise<void> {
    const source = await find()
    if (source === null) return
    for await (const item of hub.follow(source, { live: false, everyMs: pace.idle, signal })) {
      if (item.type === 'state') stateCame(item.state)
      else if (item.type === 'window') windowCame(item.from, item.events)
      else if (item.events.length > 0) {
        log.take(item.events)
        logChanged()
      }
    }
  }

  async function find(): Promise<Source | null> {
    while (!signal.aborted) {
      try {
        group = await deps.findGroup(signal)
        found = group !== null
        problem = null
      } catch (error) {
        problem = told(error)
      }
      changed()
      if (group !== null) {
        if (watching > 0) hasten()
        return { place, group }
      }
      await pause(pace.again, null, { signal, ref: false })
    }
    return null
  }

  /** While a page watches, the group is looked at as often as one may; what that brings comes by the other way too. */
  function hasten(): void {
    if (group === null || hurry !== null || signal.aborted) return
    hurry = new AbortController()
    const both = AbortSignal.any([hurry.signal, signal])
    const looks = hub.follow({ place, group }, { live: false, everyMs: pace.watched, signal: both })
    void (async () => {
      for await (const _ of looks) if (both.aborted) return
    })().catch(ended)
  }

  const told = (error: unknown): Problem => problemOfLook(error, `read the sign-ups of ${environment}`, deps.log)

  function ended(error: unknown): void {
    if (signal.aborted) return
    problem = told(error)
    changed()
  }

  const ticking = setInterval(() => {
    tidy()
    lookAtPool()
    const since = now() - asker.askedAt()
    if (watching > 0) void asker.ask(people(), since >= (asker.table().readable ? pace.rows : pace.rowsAgain))
  }, pace.tick)
  ticking.unref()
  void run().catch(ended)

  function stateNow(): SignUps['state'] {
    if (problem !== null || follow?.state === 'trouble') return 'trouble'
    if (found === false || follow?.state === 'missing') return 'missing'
    return isRead() ? 'read' : 'reading'
  }

  return {
    emitter,
    now(): SignUps {
      const confirmations = all()
      const shown = confirmations.slice(-most)
      const first = confirmations.length > most ? (shown[0]?.attempts[0]?.startedAt ?? from) : from
      const pooled = pool.state()
      return {
        place,
        group,
        from: Math.max(0, Math.round(first === Number.POSITIVE_INFINITY ? (stateNow() === 'missing' ? goal() : now()) : first)),
        state: stateNow(),
        problem: problem ?? follow?.problem ?? null,
        table: asker.table(),
        signUps: joinRows(shown.filter(isTold), asker.rows(), now()),
        ...(pooled !== undefined && { pool: pooled }),
        insert: repairStatement(),
        checkedAt: asker.answeredAt(),
      }
    },
    /** Asks for the rows again; its promise ends with the answer, which may be a problem. */
    ask: () => asker.ask(people(), true),
    /** Whether both halves are there: what the log says, and the rows of whoever it names. */
    isSettled(): boolean {
      const state = stateNow()
      return state !== 'reading' && (state !== 'read' || (pool.isAnswered() && asker.isAnswered(people())))
    },
    /** Somebody looks at a page with it; gives back what ends that. */
    watch(): () => void {
      watching += 1
      hasten()
      return () => {
        watching -= 1
        if (watching > 0) return
        hurry?.abort()
        hurry = null
      }
    },
    close() {
      clearInterval(ticking)
      closing.abort(new Failure('CANCELLED', 'Nobody looks at the sign-ups any more.'))
      asker.close()
      pool.close()
    },
  }
}
export type SignUpReader = ReturnType<typeof createSignUpReader>
