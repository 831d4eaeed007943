import type { LogEvent } from '../../../cloudwatch/event.ts'
import type { Followed, FollowOptions, LogHub, Range } from '../../../main/logs/hub.ts'
import type { Failure } from '../../../preload/contract/errors.ts'
import type { FollowState } from '../../../preload/contract/logs.ts'

/** A log group without CloudWatch: what stood there before `windowFrom` is its past, the rest is followed. */
export function createFakeHub(past: readonly LogEvent[], windowFrom: number) {
  const followers = new Set<(item: Followed) => void>()
  const followed: FollowOptions[] = []
  const ranges: Range[] = []
  const events: LogEvent[] = []
  const state = (change: Partial<FollowState>): FollowState => ({
    group: 'group',
    state: 'following',
    problem: null,
    completeUpTo: windowFrom,
    lookedAt: windowFrom,
    ingestionDelayMs: null,
    latenessMs: 120_000,
    requestsPerMinute: 60,
    live: null,
    ...change,
  })
  const told = { now: state({}), refusals: [] as Failure[], pageSize: 5 }
  const tell = (item: Followed) => {
    for (const one of followers) one(item)
  }
  const hub: Pick<LogHub, 'follow' | 'history'> = {
    async *follow(_source, options) {
      const queue: Followed[] = [{ type: 'state', state: told.now }]
      if (told.now.state !== 'missing') queue.unshift({ type: 'window', from: windowFrom, events: [...events] })
      let wake = () => {}
      const put = (item: Followed) => {
        queue.push(item)
        wake()
      }
      options.signal.addEventListener('abort', () => wake())
      followers.add(put)
      followed.push(options)
      try {
        while (!options.signal.aborted) {
          const next = queue.shift()
          if (next !== undefined) yield next
          else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      } finally {
        followers.delete(put)
        followed.splice(followed.indexOf(options), 1)
      }
    },
    async *history({ group }, range) {
      ranges.push(range)
      const refusal = told.refusals.shift()
      if (refusal !== undefined) throw refusal
      const all = past.filter(({ at }) => at >= range.from && at < range.to).toSorted((one, other) => other.at - one.at)
      for (let index = 0; index < all.length; index += told.pageSize) {
        const page = all.slice(index, index + told.pageSize)
        yield { group, events: page, reachedDownTo: (page.at(-1)?.at ?? range.to) + 1, done: false }
      }
      yield { group, events: [], reachedDownTo: range.from, done: true }
    },
  }
  return {
    hub,
    followed,
    ranges,
    told,
    put(more: readonly LogEvent[]) {
      events.push(...more)
      tell({ type: 'events', events: more })
    },
    window: (from: number, more: readonly LogEvent[]) => tell({ type: 'window', from, events: more }),
    become(change: Partial<FollowState>) {
      told.now = state(change)
      tell({ type: 'state', state: told.now })
    },
  }
}
