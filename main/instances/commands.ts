import type { InferContractRouterInputs } from '@orpc/contract'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey, InstanceRow, instances, Possibility } from '../../preload/contract/instances.ts'
import type { Call } from '../environments/caller.ts'
import { type Intent, makeChange, type Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { type Acts, checkSnapshotName } from './acts.ts'
import type { Changing } from './changing.ts'
import type { Memory } from './memory.ts'
import { checkSchedule } from './schedule.ts'
import type { Watchkeeper } from './watchkeeper.ts'

type Inputs = InferContractRouterInputs<typeof instances>

export interface CommandsDeps {
  readonly environments: Environments
  readonly recorder: Recorder
  readonly memory: Memory
  readonly acts: Acts
  readonly watchkeeper: Watchkeeper
  readonly allow: Changing['allow']
  /** The instance as AWS shows it now. Fails with GONE. */
  current(key: InstanceKey, signal: AbortSignal): Promise<InstanceRow>
  instanceOf(environment: string, signal: AbortSignal): Promise<InstanceRow | null>
  /** Why AWS never stops it; null where it does. */
  neverStops(key: InstanceKey): string | null
  /** Begins to look at its place. */
  looked(key: InstanceKey): void
  changed(): void
  now(): number
}

/** What the user asks for: stop, start, keep stopped, schedules. */
export function createCommands(deps: CommandsDeps) {
  const { memory, acts, watchkeeper, changed } = deps

  const change = <T>(call: Call, intent: Intent, work: () => Promise<{ value: T; after?: string }>) => makeChange(deps, call, intent, work)

  /** What AWS never stops cannot be kept stopped; a state that passes is no hindrance. */
  const requireStoppable = (key: InstanceKey) => {
    const reason = deps.neverStops(key)
    if (reason !== null) throw new Failure('WRONG_STATE', reason)
  }

  const startRow = async (call: Call, environment: string, row: InstanceRow): Promise<void> => {
    const { key, status } = row
    const owner = deps.allow(call, { environment, key }, undefined)
    require(row.start)
    const kept = memory.get(key)
    const intent = { environment: owner, target: key.identifier, action: 'Start instance', detail: key.region, before: status }
    watchkeeper.release(key)
    await change(call, intent, async () => {
      const after = await acts.start(key, 'user')
      return { value: undefined, after }
    })
    if (kept === null || (!kept.keepStopped && kept.schedule === null)) return
    // Otherwise the next stop that was missed would undo what the user has just asked for.
    await memory.update(key, { keepStopped: false, mayRun: true, handledUntil: deps.now() })
    if (kept.keepStopped) await watchkeeper.note(key, `${key.identifier} is no longer kept stopped, because you started it.`, false)
  }

  return {
    async stop({ environment, key, snapshot, confirm }: Inputs['stop'], call: Call): Promise<void> {
      if (snapshot !== null) checkSnapshotName(snapshot)
      if (snapshot !== null && key.kind === 'cluster') {
        throw new Failure('INVALID', `AWS takes no snapshot when it stops a cluster. Stop ${key.identifier} without one.`)
      }
      const row = await deps.current(key, call.signal)
      const owner = deps.allow(call, { environment, key: row.key }, confirm)
      require(row.stop)
      const detail = snapshot === null ? key.region : `${key.region}, snapshot ${snapshot} before`
      const intent = { environment: owner, target: row.key.identifier, action: 'Stop instance', detail, before: row.status }
      watchkeeper.release(row.key)
      await change(call, intent, async () => ({ value: undefined, after: await acts.stop(row.key, 'user', snapshot) }))
      if (memory.get(row.key)?.mayRun === true) await memory.update(row.key, { mayRun: false })
    },

    async start({ environment, key }: Inputs['start'], call: Call): Promise<void> {
      await startRow(call, environment, await deps.current(key, call.signal))
    },

    async startNeeded({ environment }: Inputs['startNeeded'], call: Call): Promise<void> {
      const found = await deps.instanceOf(environment, call.signal)
      const { label } = deps.environments.get(environment)
      if (found === null) throw new Failure('GONE', `${label} names no RDS instance. Name it in the settings.`, { mend: 'open_settings' })
      const row =
        found.memberOf === null ? found : await deps.current({ ...found.key, kind: 'cluster', identifier: found.memberOf }, call.signal)
      if (row.status === 'available' || row.status === 'starting' || row.change?.action === 'start') return
      await startRow(call, environment, row)
    },

    async keepStopped({ environment, key, on }: Inputs['keepStopped'], call: Call): Promise<void> {
      const row = await deps.current(key, call.signal)
      const owner = deps.allow(call, { environment, key: row.key }, undefined)
      if (on) requireStoppable(row.key)
      const { keepStopped } = row.watchkeeping
      const intent = {
        environment: owner,
        target: row.key.identifier,
        action: on ? 'Keep instance stopped' : 'Keep instance stopped no longer',
        detail: row.key.region,
        before: keepStopped ? 'on' : 'off',
      }
      if (!on) watchkeeper.release(row.key)
      await change(call, intent, async () => {
        // What runs now was not started by AWS: it is stopped by the user, and kept so from then on.
        const mayRun = on && row.status !== 'stopped' && row.change?.action !== 'stop' && row.status !== 'stopping'
        await memory.update(row.key, { keepStopped: on, mayRun, environment: owner })
        return { value: undefined, after: on ? 'on' : 'off' }
      })
      deps.looked(row.key)
      changed()
    },

    async schedule({ environment, key, schedule }: Inputs['schedule'], call: Call): Promise<void> {
      if (schedule !== null) checkSchedule(schedule)
      const row = await deps.current(key, call.signal)
      const owner = deps.allow(call, { environment, key: row.key }, undefined)
      if (schedule !== null) requireStoppable(row.key)
      const before = row.watchkeeping.schedule
      const intent = {
        environment: owner,
        target: row.key.identifier,
        action: schedule === null ? 'Take schedule away' : 'Set schedule',
        detail: row.key.region,
        before: inWords(before),
      }
      if (schedule === null) watchkeeper.release(row.key)
      await change(call, intent, async () => {
        // A schedule begins with its next moment.
        await memory.update(row.key, { schedule, environment: owner, handledUntil: deps.now() })
        watchkeeper.planned(row.key)
        return { value: undefined, after: inWords(schedule) }
      })
      deps.looked(row.key)
      changed()
    },
  }
}

function require(possibility: Possibility): void {
  if (!possibility.possible) throw new Failure('WRONG_STATE', possibility.reason)
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function inWords(schedule: InstanceRow['watchkeeping']['schedule']): string {
  if (schedule === null) return 'none'
  const days = [...schedule.days].sort().map((day) => dayNames[day - 1])
  const times = [schedule.startAt !== null && `start ${schedule.startAt}`, schedule.stopAt !== null && `stop ${schedule.stopAt}`]
  return `${days.join(' ')}: ${times.filter((one) => one !== false).join(', ')} (${schedule.zone})`
}
