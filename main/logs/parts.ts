import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HistoryItem, TailItem } from '../../preload/contract/logs.ts'
import type { Followed } from './hub.ts'

/** A page gets so many events at a time, so that it is never held up for long; between them this process does what others ask of it. */
const mostAtOnce = 2_000

/** What following a group brings, in items that a page can take. */
export async function* tailInParts(group: string, followed: AsyncGenerator<Followed, void>): AsyncGenerator<TailItem, void> {
  for await (const item of followed) {
    if (item.type === 'state') {
      yield item
      continue
    }
    const [first = [], ...others] = parts(item.events)
    if (item.type === 'window') yield { type: 'window', group, from: item.from, events: first }
    else yield { type: 'events', group, events: first }
    for (const events of others) {
      await nextTurn()
      yield { type: 'events', group, events }
    }
  }
}

/** The past in items that a page can take: only the last part of what AWS told at once says how far back it goes. */
export async function* historyInParts(to: number, read: AsyncGenerator<HistoryItem, void>): AsyncGenerator<HistoryItem, void> {
  let reached = to
  for await (const item of read) {
    const [last = [], ...before] = parts(item.events).reverse()
    for (const events of before.reverse()) {
      yield { group: item.group, events, reachedDownTo: reached, done: false }
      await nextTurn()
    }
    yield { ...item, events: last }
    reached = item.reachedDownTo
  }
}

function parts<Event>(events: readonly Event[]): Event[][] {
  const count = Math.ceil(events.length / mostAtOnce)
  return Array.from({ length: count }, (_, part) => events.slice(part * mostAtOnce, (part + 1) * mostAtOnce))
}
