import { createGrouping, type Grouping } from '../../cloudwatch/grouping.ts'
import type { Invocation } from '../../cloudwatch/invocation.ts'
import type { InvocationsByGroup } from './invocation-rows.ts'
import type { LogStore, StreamLines } from './log-store.ts'
import { compareLines, firstAt, type Line } from './sorted-lines.ts'

interface Followed {
  readonly grouping: Grouping
  version: number
  lines: readonly Line[]
}

/** What became of the lines from `from` on, where both lists are in order: null where one of them is no more, else those that are new. */
function newSince(before: readonly Line[], now: readonly Line[], from: number): Line[] | null {
  const added: Line[] = []
  let at = from
  for (let index = from; index < before.length; index++) {
    const line = before[index]
    let other = now[at]
    while (line !== undefined && other !== undefined && other !== line && compareLines(other, line) < 0) {
      added.push(other)
      at += 1
      other = now[at]
    }
    if (line === undefined || other === undefined || (other !== line && compareLines(other, line) !== 0)) return null
    at += 1
  }
  for (let rest = now[at]; rest !== undefined; rest = now[at]) {
    added.push(rest)
    at += 1
  }
  return added
}

function catchUp(followed: Followed, stream: StreamLines): boolean {
  if (followed.version === stream.version) return false
  const { grouping, lines: before } = followed
  const from = stream.changedFrom(followed.version)
  const now = stream.lines.slice()
  followed.version = stream.version
  followed.lines = now
  if (from === Number.POSITIVE_INFINITY) return false
  const [first, oldFirst] = [now[0], before[0]]
  let kept = before
  if (first !== undefined && oldFirst !== undefined && compareLines(oldFirst, first) < 0) {
    grouping.removeBefore(first.at)
    kept = before.slice(before.findIndex((line) => compareLines(line, first) >= 0))
  }
  const since = kept === before ? from : 0
  // Only what is new: older lines that come page by page would otherwise be looked up among all, all of them, with every page.
  const added = newSince(kept, now, since)
  const gone = kept[since]
  if (added !== null) grouping.add(added)
  else if (gone !== undefined) {
    grouping.removeFrom(gone.at)
    grouping.add(now.slice(firstAt(now, gone.at)))
  }
  return true
}

/** The invocations of the loaded lines by log group. Each call looks only at the streams that changed since the last. */
export function groupInvocations(store: LogStore): () => InvocationsByGroup {
  const streams = new Map<StreamLines, Followed>()
  let groups: Map<string, readonly Invocation[]> = new Map()
  return () => {
    const changed = new Set<string>()
    const there = new Set(store.streams())
    for (const stream of streams.keys()) {
      if (there.has(stream)) continue
      streams.delete(stream)
      changed.add(stream.group)
    }
    for (const stream of there) {
      const followed = streams.get(stream) ?? { grouping: createGrouping(), version: -1, lines: [] }
      streams.set(stream, followed)
      if (catchUp(followed, stream)) changed.add(stream.group)
    }
    if (changed.size === 0) return groups
    const next = new Map(groups)
    for (const group of changed) {
      const own = [...streams].filter(([stream]) => stream.group === group)
      if (own.length === 0) next.delete(group)
      else
        next.set(
          group,
          own.flatMap(([, { grouping }]) => grouping.invocations()).sort((a, b) => a.startedAt - b.startedAt),
        )
    }
    groups = next
    return groups
  }
}
