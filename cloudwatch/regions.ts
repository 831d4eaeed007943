import { compareEvents, type LogEvent } from './event.ts'
import { type Closer, closerOf, type Mark, type Marks } from './marks.ts'

/** The events of one invocation in its stream. */
export interface Region {
  readonly start: Mark | null
  requestId: string | null
  /** In order, without a gap in the stream (but for those that belong to an earlier invocation). */
  own: LogEvent[]
  /** What Lambda told of it only after the next invocation had begun. */
  readonly late: LogEvent[]
  /** Where its END and REPORT stand among `own`; -1 where there is none. */
  readonly closedAt: Record<Closer, number>
  /** Its place among the stream's events. */
  from: number
}

/** Lambda ends every invocation after fifteen minutes. */
const longestRun = 15 * 60_000

export const newRegion = (start: Mark | null, from: number): Region => ({
  start,
  requestId: start?.requestId ?? null,
  own: [],
  late: [],
  closedAt: { end: -1, report: -1 },
  from,
})

const isClosed = ({ closedAt }: Region) => closedAt.end >= 0 && closedAt.report >= 0
const after = (mark: Mark | undefined, other: Mark) => mark !== undefined && compareEvents(mark.event, other.event) > 0

/** Two invocations overlapped, which only Lambda's managed instances do. */
export class Concurrent extends Error {}

/** Whether END and REPORT of the open invocation are still to come. */
const goesOn = (mark: Mark, { requestId }: Region, marks: Marks) =>
  requestId !== null && after(marks.lastCloser(requestId, 'end'), mark) && after(marks.lastCloser(requestId, 'report'), mark)

/**
 * Whether a line that looks like START is one, or a text that the open invocation printed. An environment runs one invocation after the
 * other, so an END of the open one that is still to come says that nothing else can have started.
 */
function isStart(mark: Mark, open: Region, marks: Marks): boolean {
  const requestId = mark.requestId ?? ''
  // Nobody knows the id of an invocation before it starts, and only a repeated one bears an id that was there before.
  const isRepeated = marks.firstStart(requestId) !== mark
  if (isClosed(open)) return !isRepeated || requestId === open.requestId || !goesOn(mark, open, marks)
  if (isRepeated || requestId === open.requestId) return false
  const ownEnd = marks.lastCloser(requestId, 'end')
  const ownReport = marks.lastCloser(requestId, 'report')
  const endsLater = after(ownEnd, mark) || after(ownReport, mark)
  if (open.requestId === null) {
    if (endsLater) return true
    for (const orphan of marks.endedWithoutStart()) if (after(orphan.end, mark) && after(orphan.report, mark)) return false
    return true
  }
  const end = marks.lastCloser(open.requestId, 'end')
  const report = marks.lastCloser(open.requestId, 'report')
  const last = after(end, mark) ? end : end === undefined && after(report, mark) ? report : undefined
  if (last !== undefined) {
    if (
      mark.json &&
      open.start?.json === true &&
      (after(ownEnd, last) || after(ownReport, last) || (after(ownEnd, mark) && after(ownReport, mark)))
    )
      throw new Concurrent()
    // Of what happened in the same millisecond the order may be another than it was.
    if (last.event.at === mark.event.at) return after(ownEnd, last) || after(ownReport, last)
    return end === undefined && (after(ownEnd, last) || after(ownReport, last))
  }
  if (end !== undefined) return true
  return endsLater || mark.event.at - (open.start?.event.at ?? mark.event.at) > longestRun
}

/** Where the first of these events, which stand before `index`, is in the stream: lines told late of other invocations may lie among them. */
function firstOf(own: readonly LogEvent[], index: number, events: readonly LogEvent[]): number {
  const [first] = own
  if (first === undefined) return index
  let place = index - own.length
  while (place > 0 && events[place] !== first) place -= 1
  return place
}

/** Divides a stream, event by event; begins anew at any invocation. */
export class Division {
  readonly regions: Region[] = []
  readonly #marks: Marks
  readonly #byId = new Map<string, Region[]>()
  readonly #touched = new Set<Region>()
  #lates: { readonly region: Region; readonly event: LogEvent }[] = []

  constructor(marks: Marks) {
    this.#marks = marks
  }

  /** Forgets the regions from `index` on, and what events from there on told of earlier ones. Gives where to go on. */
  backTo(index: number, events: readonly LogEvent[]): number {
    const gone = this.regions.splice(index)
    for (const region of gone) this.#forget(region)
    const from = gone[0]?.from ?? 0
    const first = events[from]
    while (first !== undefined) {
      const late = this.#lates.at(-1)
      if (late === undefined || compareEvents(late.event, first) < 0) break
      this.#lates.pop()
      if (late.region.late.at(-1) === late.event) late.region.late.pop()
      this.#touched.add(late.region)
    }
    return from
  }

  /** The regions that were told something late, or no more, since this was asked. */
  takeTouched(): Region[] {
    const touched = [...this.#touched]
    this.#touched.clear()
    return touched
  }

  /** Forgets the first `count` regions, and gives how many of the stream's `length` events they hold. */
  dropFirst(count: number, length: number): number {
    const gone = new Set(this.regions.splice(0, count))
    const events = this.regions[0]?.from ?? length
    for (const region of gone) this.#forget(region)
    for (const region of this.regions) region.from -= events
    this.#lates = this.#lates.filter(({ region }) => !gone.has(region))
    return events
  }

  #forget(region: Region): void {
    const same = region.requestId === null ? undefined : this.#byId.get(region.requestId)
    if (same === undefined || region.requestId === null) return
    const left = same.filter((one) => one !== region)
    if (left.length === 0) this.#byId.delete(region.requestId)
    else this.#byId.set(region.requestId, left)
  }

  #named(region: Region, requestId: string): void {
    if (region.requestId !== null) this.#forget(region)
    region.requestId = requestId
    this.#byId.set(requestId, [...(this.#byId.get(requestId) ?? []), region])
  }

  #open(start: Mark | null, from: number): Region {
    const region = newRegion(start, from)
    this.regions.push(region)
    if (start?.requestId) this.#named(region, start.requestId)
    return region
  }

  /** Divides what lies from `from` to the end. */
  run(events: readonly LogEvent[], from: number): void {
    let current = this.regions.at(-1)
    for (let index = from; index < events.length; index += 1) {
      const event = events[index]
      if (event === undefined) break
      const mark = this.#marks.of(event)
      if (mark === undefined) {
        current ??= this.#open(null, index)
        current.own.push(event)
        continue
      }
      if (mark.kind === 'start' && (current === undefined || isStart(mark, current, this.#marks))) {
        current = this.#begin(mark, index, current, events)
        current.own.push(event)
        continue
      }
      current ??= this.#open(null, index)
      current = this.#place(mark, current, index, events)
    }
    this.#initAlone(events)
  }

  /** A new invocation, with the lines of the init before it. */
  #begin(mark: Mark, index: number, before: Region | undefined, events: readonly LogEvent[]): Region {
    const tail = before === undefined ? [] : this.#takeInit(before)
    if (before !== undefined && before.own.length === 0) this.regions.pop()
    const region = this.#open(mark, firstOf(tail, index, events))
    region.own.push(...tail)
    return region
  }

  /** Takes from an ended invocation the lines of an init that follows it. */
  #takeInit(region: Region): LogEvent[] {
    const closed = Math.max(region.closedAt.end, region.closedAt.report)
    const own = region.own
    let cut = -1
    for (let index = closed + 1; index < own.length; index += 1) {
      const event = own[index]
      const kind = event === undefined ? undefined : this.#marks.of(event)?.kind
      if (kind === 'init start' && (closed >= 0 || region.start === null)) {
        cut = cut < 0 || closed >= 0 ? index : cut
        break
      }
      // The lines of an init stand before its report.
      if (kind === 'init report' && (closed >= 0 || region.start === null)) {
        cut = closed + 1
        break
      }
    }
    return cut < 0 ? [] : own.splice(cut)
  }

  /** Lines of an init without an invocation yet stand alone. */
  #initAlone(events: readonly LogEvent[]): void {
    const last = this.regions.at(-1)
    if (last === undefined || (last.start === null && Math.max(last.closedAt.end, last.closedAt.report) < 0)) return
    const tail = this.#takeInit(last)
    if (tail.length > 0) this.#open(null, firstOf(tail, events.length, events)).own.push(...tail)
  }

  #place(mark: Mark, current: Region, index: number, events: readonly LogEvent[]): Region {
    const { requestId, event } = mark
    const closer = closerOf(mark.kind)
    if (requestId === null || requestId === current.requestId) {
      if (closer !== null && requestId !== null) current.closedAt[closer] = current.own.length
      current.own.push(event)
      return current
    }
    if (closer !== null && current.start === null && !isClosed(current) && this.#marks.firstStart(requestId) === undefined) {
      // What began before what is loaded bears the id that it ends with.
      current.closedAt.end = -1
      current.closedAt.report = -1
      this.#named(current, requestId)
      current.closedAt[closer] = current.own.length
      current.own.push(event)
      return current
    }
    const earlier = this.#byId.get(requestId)?.at(-1)
    if (
      earlier !== undefined &&
      (closer === null ? mark.kind !== 'start' && !isClosed(earlier) : earlier.closedAt[closer] < 0 && !this.#toldLate(earlier, closer))
    ) {
      earlier.late.push(event)
      this.#lates.push({ region: earlier, event })
      this.#touched.add(earlier)
      return current
    }
    if (closer !== null && isClosed(current) && this.#endsWithoutStart(requestId, mark)) {
      const closed = Math.max(current.closedAt.end, current.closedAt.report)
      const own = current.own.splice(closed + 1)
      const region = this.#open(null, firstOf(own, index, events))
      this.#named(region, requestId)
      region.closedAt[closer] = own.length
      region.own.push(...own, event)
      return region
    }
    current.own.push(event)
    return current
  }

  #toldLate = (region: Region, closer: Closer) =>
    region.late.some((event) => {
      const kind = this.#marks.of(event)?.kind
      return kind !== undefined && closerOf(kind) === closer
    })

  /** An END and a REPORT of an invocation whose START is not there. */
  #endsWithoutStart(requestId: string, mark: Mark): boolean {
    const end = this.#marks.lastCloser(requestId, 'end')
    const report = this.#marks.lastCloser(requestId, 'report')
    if (end === undefined || report === undefined || this.#marks.firstStart(requestId) !== undefined) return false
    return compareEvents(end.event, mark.event) >= 0 && compareEvents(report.event, mark.event) >= 0
  }
}
