import { Failure } from '../../preload/contract/errors.ts'
import type { Change, InstanceKey, Schedule } from '../../preload/contract/instances.ts'
import { type Clock, passed } from '../data/clock.ts'
import type { OpenRecord, Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { environmentsOn, unseenInstance } from '../environments/instance-guard.ts'
import type { Acts } from './acts.ts'
import type { Fleet } from './fleet.ts'
import type { KnownInstances } from './known.ts'
import type { Memory } from './memory.ts'
import { dueMoment, nextMoment } from './schedule.ts'
import { keyText } from './seen.ts'

/** Waits between two attempts, in milliseconds; the last one repeats. AWS may need minutes until it agrees that the instance runs. */
const backOffMs = [5_000, 15_000, 30_000, 60_000, 120_000, 300_000]
const keepStoppedForMs = 30 * 60_000
/** What could not be done at all is not tried again before. */
const restMs = 60 * 60_000
const scheduleForMs = 6 * 60 * 60_000
/** The clock is looked at this often, since it may be set, or stand still while the machine sleeps. */
const longestWaitMs = 10 * 60_000

type By = Exclude<Change['by'], 'user'>

/** Attempts at one thing, up to a time. */
interface Series {
  readonly action: 'start' | 'stop'
  readonly by: By
  readonly until: number
}

export interface WatchkeeperDeps {
  readonly memory: Memory
  readonly known: KnownInstances
  readonly fleet: Pick<Fleet, 'describe'>
  readonly acts: Acts
  readonly environments: Pick<Environments, 'all'>
  readonly recorder: Recorder
  readonly clock: Clock
  readonly log: (line: string) => void
  changed(): void
}

/** Stops again what AWS has started, and follows the schedules. Its acts were allowed when they were switched on; each is recorded. */
export function createWatchkeeper(deps: WatchkeeperDeps) {
  const { memory, known, fleet, acts, clock, log } = deps
  const working = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>()
  const timers = new Map<string, () => void>()
  const restUntil = new Map<string, number>()
  let closed = false

  const note = async (key: InstanceKey, sentence: string, failed: boolean) => {
    await memory.note(key, { at: new Date(clock.now()).toISOString(), sentence, failed })
    deps.changed()
  }

  const recordFor = (key: InstanceKey, action: Series['action'], by: By): Promise<OpenRecord> => {
    const seen = known.get(key)?.seen ?? null
    const [owner] = environmentsOn(deps.environments, seen ?? unseenInstance(key))
    return deps.recorder.open({
      environment: owner?.id ?? memory.get(key)?.environment ?? deps.environments.all()[0]?.id ?? 'local',
      target: key.identifier,
      action: action === 'stop' ? 'Stop instance' : 'Start instance',
      detail: `${key.region}, by Basepair: ${by === 'schedule' ? 'schedule' : 'keep stopped'}`,
      ...(seen !== null && { before: seen.status }),
    })
  }

  /** Whether what AWS shows, where it can be trusted, is what is wanted already. */
  const isThere = (key: InstanceKey, action: Series['action']): boolean => {
    const now = known.get(key)
    if (now === null || now.doubtUntil !== null) return false
    const { status } = now.seen
    return action === 'stop' ? status === 'stopped' || status === 'stopping' : status === 'available' || status === 'starting'
  }

  /** Asks first and looks afterwards, since AWS may show the old state for minutes; again and again while AWS refuses the state. */
  const attempt = async (key: InstanceKey, { action, by, until }: Series, record: OpenRecord, signal: AbortSignal): Promise<void> => {
    for (let count = 0; ; count++) {
      try {
        const status = action === 'stop' ? await acts.stop(key, by, null) : await acts.start(key, by)
        await record.done(status)
        const why = by === 'schedule' ? 'by the schedule' : 'because it is kept stopped and was started'
        await note(key, `${key.identifier} was asked to ${action}, ${why}.`, false)
        return
      } catch (error) {
        const failure = error instanceof Failure ? error : new Failure('INTERNAL', `${error}`)
        const wait = backOffMs[Math.min(count, backOffMs.length - 1)] ?? 0
        if (failure.code === 'GONE' || failure.code === 'FORBIDDEN' || clock.now() + wait > until) {
          restUntil.set(keyText(key), clock.now() + restMs)
          await record.failed(failure.message)
          await note(key, `${key.identifier} could not be asked to ${action}: ${failure.message}`, true)
          return
        }
        // AWS' word counts only after some refusals.
        if (count >= 2 && isThere(key, action)) {
          await record.done(known.get(key)?.seen.status)
          return
        }
        if (await passed(clock, wait, signal)) continue
        await record.cancelled(`${failure.message} Basepair ended, or somebody else decided, before it could try again.`)
        return
      }
    }
  }

  const run = (key: InstanceKey, series: Series): void => {
    const id = keyText(key)
    if (closed || working.has(id)) return
    const controller = new AbortController()
    const done = (async () => {
      if (series.by === 'schedule') await fleet.describe(key, controller.signal).catch(() => null)
      if (series.by === 'schedule' && isThere(key, series.action)) return
      const record = await recordFor(key, series.action, series.by)
      await attempt(key, series, record, controller.signal)
    })()
      .catch((error: unknown) => log(`instances: ${series.by} of ${key.identifier}: ${error}`))
      .finally(() => {
        working.delete(id)
        // Whoever ended it decides what comes next.
        if (!controller.signal.aborted) consider(key)
      })
    working.set(id, { controller, done })
  }

  /** Stops it again where it is kept stopped and AWS shows it running, without Basepair's own start. */
  const consider = (key: InstanceKey): void => {
    const kept = memory.get(key)
    const now = known.get(key)
    if (closed || kept === null || !kept.keepStopped || kept.mayRun || now === null) return
    if (known.hold(key) !== null || now.seen.status !== 'available' || clock.now() < (restUntil.get(keyText(key)) ?? 0)) return
    run(key, { action: 'stop', by: 'keep-stopped', until: clock.now() + keepStoppedForMs })
  }

  const unplan = (key: InstanceKey) => {
    timers.get(keyText(key))?.()
    timers.delete(keyText(key))
  }

  const plan = (key: InstanceKey, schedule: Schedule) => {
    unplan(key)
    const next = nextMoment(schedule, clock.now())
    if (closed || next === null) return
    const wait = Math.min(longestWaitMs, Math.max(0, next.at.getTime() - clock.now()))
    timers.set(
      keyText(key),
      clock.after(wait, () => void follow(key).catch((error: unknown) => log(`instances: the schedule of ${key.identifier}: ${error}`))),
    )
  }

  /** Does what the schedule asks for now, and plans the next look at it. */
  const follow = async (key: InstanceKey): Promise<void> => {
    const kept = memory.get(key)
    if (closed || kept === null || kept.schedule === null) return
    const { schedule } = kept
    const now = clock.now()
    const due = dueMoment(schedule, kept.handledUntil, now)
    plan(key, schedule)
    if (due === null) return
    const { action, at } = due.moment
    await memory.update(key, { handledUntil: now, ...(!due.late && { mayRun: action === 'start' }) })
    if (due.late) {
      const when = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
      await note(key, `The ${action} of ${when} was left out: Basepair did not run then, and it is too late now.`, true)
      return
    }
    const next = nextMoment(schedule, now)
    release(key)
    await working.get(keyText(key))?.done
    run(key, { action, by: 'schedule', until: Math.min(now + scheduleForMs, next?.at.getTime() ?? Number.POSITIVE_INFINITY) })
  }

  /** Ends what is being tried by itself. */
  const release = (key: InstanceKey) => {
    restUntil.delete(keyText(key))
    working.get(keyText(key))?.controller.abort()
  }

  return {
    consider,
    release,
    note,
    /** After a schedule was set or taken away. */
    planned(key: InstanceKey): void {
      const schedule = memory.get(key)?.schedule ?? null
      if (schedule === null) unplan(key)
      else plan(key, schedule)
    },
    /** Looks at every schedule: at the start, and after sleep. */
    async followAll(): Promise<void> {
      for (const { key, schedule } of memory.all()) if (schedule !== null) await follow(key)
    },
    async close(): Promise<void> {
      closed = true
      for (const off of timers.values()) off()
      const running = [...working.values()]
      for (const { controller } of running) controller.abort()
      await Promise.allSettled(running.map(({ done }) => done))
    },
  }
}
export type Watchkeeper = ReturnType<typeof createWatchkeeper>
