import { compareEvents, type LogEvent } from '../../cloudwatch/event.ts'

/** An event with the group that it stands in. */
export interface Line extends LogEvent {
  readonly group: string
}

/** CloudWatch's order; of two groups by name where everything else is the same. */
export const compareLines = (a: Line, b: Line): number => compareEvents(a, b) || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0)

/** The first index whose line does not stand before the given one. */
export function placeOf(lines: readonly Line[], line: Line): number {
  return search(lines, (other) => compareLines(other, line) < 0)
}

/** Whether an event of any group is among the lines. */
export function holds(lines: readonly Line[], event: LogEvent): boolean {
  for (let at = search(lines, (other) => compareEvents(other, event) < 0); at < lines.length; at += 1) {
    const line = lines[at]
    if (line === undefined || compareEvents(line, event) !== 0) return false
    if (line.id === event.id) return true
  }
  return false
}

/** The first index whose line is of that time or later. */
export function firstAt(lines: readonly Line[], time: number): number {
  return search(lines, (other) => other.at < time)
}

function search(lines: readonly Line[], isBefore: (line: Line) => boolean): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const line = lines[middle]
    if (line !== undefined && isBefore(line)) low = middle + 1
    else high = middle
  }
  return low
}

export interface Merged {
  /** The first index that holds another line than before; Infinity where nothing was added. */
  readonly from: number
  /** Those that were not there yet. */
  readonly added: readonly Line[]
}

/**
 * Puts sorted lines into sorted lines; what is there already stays as it is. What lies before the first of them is not touched, so that
 * a few lines at the end of many cost little.
 */
export function mergeInto(lines: Line[], batch: readonly Line[]): Merged {
  const [first] = batch
  if (first === undefined) return { from: Number.POSITIVE_INFINITY, added: [] }
  const start = placeOf(lines, first)
  const rest = start < lines.length ? lines.splice(start) : []
  const added: Line[] = []
  let from = Number.POSITIVE_INFINITY
  let at = 0
  let before: Line | undefined
  for (const line of batch) {
    let there = rest[at]
    while (there !== undefined && compareLines(there, line) < 0) {
      lines.push(there)
      at += 1
      there = rest[at]
    }
    if ((there !== undefined && compareLines(there, line) === 0) || (before !== undefined && compareLines(before, line) === 0)) continue
    before = line
    if (from > lines.length) from = lines.length
    lines.push(line)
    added.push(line)
  }
  for (let left = at; left < rest.length; left += 1) lines.push(rest[left] as Line)
  return { from, added }
}
