import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { FollowState } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import { type Clock, passed } from '../data/clock.ts'
import { isMissingGroup, readPage } from './ask.ts'
import { createDelays, createRate, problemOfLook } from './follow-state.ts'
import { readHistory } from './history.ts'
import type { Followed, FollowOptions, Source } from './hub.ts'
import { createKnownEvents } from './known-events.ts'
import { createLine, type Line } from './line.ts'
import { createLive, type LiveUse } from './live.ts'
import { createLooks, latenessMs } from './looks.ts'

/** Between two requests in one place, of all followers; so much lies between two pages where what happened in the meantime is read up. */
const shareMs = 250
/** Between two looks for a group that is not there. */
const missingMs = 3_000
const longestMs = 30_000
/** The date of an answer has no milliseconds, and the answer was under way. */
const clockErrorMs = 2_000
/** Throttling is told where so many looks in a row met it. */
const throttledLooks = 3

export interface FollowerDeps {
  readonly aws: Pick<Aws, 'logs' | 'clockAheadMs'>
  readonly clock: Clock
  /** How many groups are followed in this place: CloudWatch lets FilterLogEvents through five times a second for a whole account and region. */
  readonly company: () => number
  /** Of all sessions of Live Tail together. */
  readonly liveUse: LiveUse
  readonly log: (text: string) => void
}

/** Looks at one group for all who follow it, and stands still while nobody does. */
export function createFollower({ aws, clock, company, liveUse, log }: FollowerDeps, source: Source) {
  const { group } = source
  const closing = new AbortController()
  /** AWS' time, as far as its answers tell; whatever they tell, nothing happened before 1970. */
  const awsTime = (local: number) => Math.max(latenessMs, local - aws.clockAheadMs())
  let looks = createLooks(group, awsTime(clock.now()) - latenessMs)
  const known = createKnownEvents()
  const delays = createDelays()
  const requests = createRate()
  const lines = new Map<Line, FollowOptions>()
  let state: FollowState['state'] = 'starting'
  let problem: FollowState['problem'] = null
  let lookedAt: number | null = null
  let failures = 0
  let begunAt = Number.NEGATIVE_INFINITY
  let hurry = false
  let looking = new AbortController()
  let waiting = new AbortController()
  let running: Promise<void> | null = null

  const stateNow = ({ live: wanted }: FollowOptions): FollowState => ({
    group,
    state,
    problem,
    completeUpTo: lookedAt === null ? null : looks.frontier,
    lookedAt,
    ingestionDelayMs: delays.median(),
    latenessMs,
    requestsPerMinute: requests.perMinute(clock.now()),
    live: wanted ? live.state() : null,
  })

  const tell = (events: readonly LogEvent[]) => {
    for (const line of lines.keys()) line.putEvents(events)
  }
  const tellState = () => {
    for (const [line, options] of lines) line.putState(stateNow(options))
  }

  const live = createLive(
    {
      aws,
      clock,
      use: liveUse,
      log,
      changed: tellState,
      brought(events) {
        // What is final was told, and is known no more: told now it would come twice.
        const fresh = known.addLive(events.filter(({ at }) => at >= looks.frontier))
        delays.add(fresh)
        // Before the first answer nobody has a window; it will hold them.
        if (lookedAt !== null) tell(fresh)
      },
    },
    source,
  )
  const isLiveWanted = () => [...lines.values()].some((options) => options.live)

  /** The first answer, also one that the group is not there, tells from where on it is followed. */
  const answered = (): boolean => {
    const first = lookedAt === null
    lookedAt = clock.now()
    if (first) for (const line of lines.keys()) line.putWindow(looks.frontier, known.since(looks.frontier))
    return first
  }

  /**
   * Only the first answer tells how far this machine's clock is ahead: then it was looked for from too late on, and what happens now would
   * never be asked for.
   */
  const beganTooLate = (): boolean => {
    const due = awsTime(begunAt) - latenessMs
    if (lookedAt !== null || looks.frontier <= due + clockErrorMs) return false
    looks = createLooks(group, due)
    hurry = true
    return true
  }

  const look = async (): Promise<void> => {
    begunAt = clock.now()
    const reading = looks.next(awsTime(begunAt))
    requests.add(begunAt)
    looking = new AbortController()
    const ends = AbortSignal.any([closing.signal, looking.signal])
    try {
      const page = await readPage(aws, source, reading, { signal: ends, background: true })
      if (beganTooLate()) return
      const before = looks.frontier
      looks.read(reading, page, awsTime(begunAt))
      // A reading that took many pages may have begun before what is final by now.
      const fresh = known.add(page.events.filter(({ at }) => at >= before))
      delays.add(fresh)
      failures = 0
      problem = null
      // Whoever gets the window has them in it.
      if (!answered()) tell(fresh)
      if (looks.frontier > before) known.forgetBefore(looks.frontier)
      state = looks.isBehind(awsTime(clock.now())) ? 'catching_up' : 'following'
    } catch (error) {
      if (ends.aborted || beganTooLate()) return
      failed(error)
      // A token that was refused once is refused for ever.
      if (reading.token !== null && error instanceof Failure && (error.code === 'INVALID' || error.code === 'NOT_AWS'))
        looks.restart(reading)
    }
  }

  const failed = (error: unknown) => {
    if (isMissingGroup(error)) {
      failures = 0
      problem = null
      state = 'missing'
      answered()
      return
    }
    failures += 1
    const throttled = error instanceof Failure && error.code === 'THROTTLED'
    if (throttled && failures < throttledLooks) return
    problem = problemOfLook(error, `read the log group ${group}`, log)
    state = 'trouble'
  }

  const waitMs = (): number => {
    const share = shareMs * company()
    const every = Math.max(1_000, share, Math.min(...[...lines.values()].map(({ everyMs }) => everyMs)))
    if (failures > 0) return Math.min(longestMs, every * 2 ** failures)
    if (state === 'missing') return Math.max(every, missingMs)
    return state === 'catching_up' ? share : every
  }

  /** Waits for the next look; as soon as somebody comes who wants to look oftener, or at once where the machine woke. */
  const rest = async (): Promise<void> => {
    while (!hurry && lines.size > 0 && !closing.signal.aborted) {
      const left = begunAt + waitMs() - clock.now()
      if (left <= 0) break
      waiting = new AbortController()
      await passed(clock, left, AbortSignal.any([closing.signal, waiting.signal]))
    }
    hurry = false
  }

  const run = async (): Promise<void> => {
    for (;;) {
      await rest()
      if (lines.size === 0 || closing.signal.aborted) return
      await look()
      tellState()
    }
  }

  const start = () => {
    running ??= run()
      .catch((error: unknown) => log(`logs: ${group}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`))
      .finally(() => {
        running = null
        // Somebody may have come while the last look ended.
        if (lines.size > 0 && !closing.signal.aborted) start()
      })
  }

  /** Tells again what a slow reader could not take: the past from where it has everything, and what is known after it. */
  async function* tellAgain(line: Line, from: number, signal: AbortSignal): AsyncGenerator<Followed, void> {
    const to = Math.max(from, looks.frontier)
    const after = known.since(to)
    yield { type: 'window', from, events: [] }
    try {
      for await (const { events } of readHistory({ aws, clock }, source, { from, to, pattern: null }, signal)) {
        if (events.length > 0) yield { type: 'events', events: events.toReversed() }
      }
      if (after.length > 0) yield { type: 'events', events: after }
    } catch (error) {
      if (signal.aborted) return
      log(`logs: ${group}: ${error instanceof Error ? error.message : String(error)}`)
      line.dropAgain()
      await passed(clock, 2_000, signal)
    }
  }

  return {
    place: source.place,
    get isIdle() {
      return lines.size === 0
    },
    async *follow(options: FollowOptions): AsyncGenerator<Followed, void> {
      const signal = AbortSignal.any([options.signal, closing.signal])
      const line = createLine()
      lines.set(line, options)
      if (lookedAt !== null) line.putWindow(looks.frontier, known.since(looks.frontier))
      line.putState(stateNow(options))
      if (options.live) {
        known.expectLive()
        live.start()
      }
      waiting.abort()
      start()
      try {
        while (!signal.aborted) {
          const from = line.takeDropped()
          if (from !== null) yield* tellAgain(line, from, signal)
          const item = line.take()
          if (item !== null) yield item
          else await line.waitForMore(signal)
        }
      } finally {
        lines.delete(line)
        if (!isLiveWanted()) live.stop()
        if (lines.size === 0) waiting.abort()
      }
    },
    /** Looks at once, after failures too. */
    wake(): void {
      failures = 0
      hurry = true
      // A request that was under way may wait for an answer on a line that is dead.
      looking.abort()
      waiting.abort()
      live.restart()
    },
    async close(): Promise<void> {
      closing.abort()
      live.stop()
      await running
    },
  }
}
export type Follower = ReturnType<typeof createFollower>
