import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Invocation, Outcome, SeenFailure } from '../../cloudwatch/invocation.ts'
import type { Person } from '../../cloudwatch/sign-up.ts'
import { personOf, traceSignUps } from '../../cloudwatch/sign-ups.ts'

/** The invocations of each log group, oldest first; an array that did not change stays the same object. */
export type InvocationsByGroup = ReadonlyMap<string, readonly Invocation[]>

/** One line of the list: an invocation, or the attempts of one sign-up joined. */
export interface InvocationRow {
  readonly key: string
  readonly group: string
  /** In order of time; at least one. */
  readonly attempts: readonly Invocation[]
  /** The attempt whose figures are shown: that which went furthest, else the last. */
  readonly shown: Invocation
  readonly outcome: Outcome
  /** Of the first attempt: the row keeps its place while others come. */
  readonly startedAt: number
  readonly person: Person
  readonly failure: SeenFailure | null
}

/** `7f0c…a1`: enough of an id to tell it from its neighbours. */
export const shortId = (id: string): string => (id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id)

/** Who it was about, else its request id. */
export function whoOf({ person, shown }: InvocationRow): string {
  const known = person.email ?? person.handle ?? person.name ?? person.sub
  if (known !== null) return known
  return shown.requestId === null ? 'no request id' : shortId(shown.requestId)
}

/** The line of a failure without the time and request id that Lambda writes ahead of a time-out: its row tells both. */
export const failureLine = (text: string): string =>
  (text.split(/[\r\n]/, 1)[0] ?? '').replace(/^\d{4}-\d\d-\d\dT[\d:.]{8,16}Z [0-9a-zA-Z-]{8,64} (?=Task timed out)/, '')

/** `61 of 128 MB`; empty where no line told. */
export function memoryOf({ maxMemoryMb, memorySizeMb }: Invocation): string {
  if (maxMemoryMb === null) return memorySizeMb === null ? '' : `of ${memorySizeMb} MB`
  return memorySizeMb === null ? `${maxMemoryMb} MB` : `${maxMemoryMb} of ${memorySizeMb} MB`
}

function rowOf(group: string, key: string, attempts: readonly Invocation[], outcome: Outcome, failure: SeenFailure | null, person: Person) {
  const [first] = attempts
  const shown = attempts.findLast((one) => one.outcome === outcome) ?? attempts.at(-1)
  if (first === undefined || shown === undefined) return null
  return { key: `${group}\n${key}`, group, attempts, shown, outcome, startedAt: first.startedAt, person, failure }
}

const sameAttempts = (a: InvocationRow, b: InvocationRow): boolean =>
  a.outcome === b.outcome && a.attempts.length === b.attempts.length && a.attempts.every((one, index) => one === b.attempts[index])

const oldestFirst = (a: InvocationRow, b: InvocationRow): number =>
  a.startedAt - b.startedAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** The rows of one group, oldest first. Invocations that belong to no sign-up are rows of their own. */
function rowsOfGroup(group: string, invocations: readonly Invocation[]): InvocationRow[] {
  const traced = new Set<Invocation>()
  const rows: InvocationRow[] = []
  for (const { key, attempts, outcome, failure, person } of traceSignUps(invocations)) {
    const row = rowOf(group, key, attempts, outcome, failure ?? attempts.at(-1)?.failures[0] ?? null, person)
    if (row) rows.push(row)
    for (const one of attempts) traced.add(one)
  }
  for (const one of invocations) {
    if (traced.has(one)) continue
    const row = rowOf(group, one.key, [one], one.outcome, one.failures[0] ?? null, personOf(one))
    if (row) rows.push(row)
  }
  return rows.sort(oldestFirst)
}

/** More than lies between the attempts of one confirmation, in milliseconds. */
const farApart = 60_000

/** How many of the rows are as they were, where nothing changed before a time; and from when on the others begin. */
function keptUntil(rows: readonly InvocationRow[], changedAt: number): { count: number; since: number } {
  let since = changedAt - farApart
  let count = rows.length
  for (;;) {
    while (count > 0 && (rows[count - 1]?.startedAt ?? 0) >= since) count -= 1
    // Attempts on both sides of that time are joined anew, all of them.
    let earliest = since
    for (let index = count - 1; index >= 0; index--) {
      const row = rows[index]
      if (row === undefined || row.startedAt < since - farApart) break
      if ((row.attempts.at(-1)?.startedAt ?? 0) >= since) earliest = Math.min(earliest, row.startedAt)
    }
    if (earliest === since) return { count, since }
    since = earliest
  }
}

interface GroupRows {
  readonly from: readonly Invocation[]
  /** The oldest first. */
  readonly rows: readonly InvocationRow[]
}

/** Joins anew only what may have changed; a row that did not is the same object. */
function rowsAfter(before: GroupRows | undefined, group: string, from: readonly Invocation[]): readonly InvocationRow[] {
  if (before === undefined) return rowsOfGroup(group, from)
  let same = 0
  while (same < from.length && from[same] === before.from[same]) same += 1
  const changedAt = Math.min(from[same]?.startedAt ?? Number.POSITIVE_INFINITY, before.from[same]?.startedAt ?? Number.POSITIVE_INFINITY)
  if (changedAt === Number.POSITIVE_INFINITY) return before.rows
  const { count, since } = keptUntil(before.rows, changedAt)
  const old = new Map(before.rows.slice(count).map((row) => [row.key, row]))
  const start = from.findIndex(({ startedAt }) => startedAt >= since)
  const next = start < 0 ? [] : rowsOfGroup(group, from.slice(start))
  return [
    ...before.rows.slice(0, count),
    ...next.map((row) => {
      const was = old.get(row.key)
      return was !== undefined && sameAttempts(was, row) ? was : row
    }),
  ]
}

/**
 * Makes the rows of the list, newest first, each time anew from what is loaded. A group that did not change is not looked at again,
 * nor what lies well before the first change; a row whose attempts did not change stays the same object, so that it is not drawn again.
 */
export function createRows(): (groups: InvocationsByGroup) => readonly InvocationRow[] {
  const kept = new Map<string, GroupRows>()
  let last: readonly InvocationRow[] = []
  return (groups) => {
    let changed = false
    for (const group of kept.keys()) {
      if (groups.has(group)) continue
      kept.delete(group)
      changed = true
    }
    for (const [group, from] of groups) {
      const before = kept.get(group)
      if (before?.from === from) continue
      changed = true
      kept.set(group, { from, rows: rowsAfter(before, group, from) })
    }
    if (!changed) return last
    const all = [...kept.values()]
    const [only] = all
    last = (all.length === 1 && only ? only.rows : all.flatMap(({ rows }) => rows).sort(oldestFirst)).toReversed()
    return last
  }
}

/** A row is found where one of its lines is; each row is looked at once. */
export function rowFinder(found: (event: LogEvent) => boolean): (row: InvocationRow) => boolean {
  const known = new WeakMap<InvocationRow, boolean>()
  return (row) => {
    const before = known.get(row)
    if (before !== undefined) return before
    const isFound = row.attempts.some(({ events }) => events.some(found))
    known.set(row, isFound)
    return isFound
  }
}

export interface RowChoice {
  /** Shows one outcome only; null all. */
  readonly only: Outcome | null
  /** What the finder looks for; null where it looks for nothing. */
  readonly isFound: ((row: InvocationRow) => boolean) | null
  /** Milliseconds since 1970, the end not included; null all that is loaded. */
  readonly between: { readonly from: number; readonly to: number } | null
}

/** The rows to show, in the order given. */
export function chooseRows(rows: readonly InvocationRow[], { only, isFound, between }: RowChoice): readonly InvocationRow[] {
  if (only === null && isFound === null && between === null) return rows
  return rows.filter(
    (row) =>
      (only === null || row.outcome === only) &&
      (between === null || row.attempts.some(({ startedAt }) => startedAt >= between.from && startedAt < between.to)) &&
      (isFound === null || isFound(row)),
  )
}
