import { compareEvents, type LogEvent } from './event.ts'
import { type LineKind, lineOf } from './lambda-line.ts'

/** An event that looks like a line of Lambda's own. Application lines have none. */
export interface Mark {
  readonly event: LogEvent
  readonly kind: LineKind
  readonly requestId: string | null
  /** One of the JSON records `platform.*`. */
  readonly json: boolean
  /** Its environment runs several invocations at once, as this record tells. */
  readonly concurrent: boolean
}

/** The first characters of Lambda's own lines: START, END, REPORT and RequestId, INIT, LOGS, TELEMETRY, JSON, and a time before `Task timed out`. */
const mayBegin = /^(?:[SERILT{]|\d{4}-)/

export function markOf(event: LogEvent): Mark | null {
  if (!mayBegin.test(event.message)) return null
  const line = lineOf(event)
  const { kind } = line
  if (kind === 'application') return null
  const json = event.message[0] === '{'
  const concurrent = json && kind === 'init start' && /"initializationType"\s*:\s*"lambda-managed-instances"/.test(event.message)
  return { event, kind, requestId: line.requestId, json, concurrent }
}

export type Closer = 'end' | 'report'

/** How a mark ends an invocation: END and platform.runtimeDone are one, REPORT and platform.report the other. */
export const closerOf = (kind: LineKind): Closer | null =>
  kind === 'end' || kind === 'runtime done' ? 'end' : kind === 'report' ? 'report' : null

/** The marks of one stream, by event and by request id. */
export class Marks {
  readonly #byEvent = new Map<LogEvent, Mark>()
  /** START, END and REPORT of each request id, in order. */
  readonly #byId = new Map<string, Mark[]>()

  add(mark: Mark): void {
    this.#byEvent.set(mark.event, mark)
    if (mark.requestId === null || (mark.kind !== 'start' && closerOf(mark.kind) === null)) return
    const same = this.#byId.get(mark.requestId)
    if (same === undefined) {
      this.#byId.set(mark.requestId, [mark])
      return
    }
    let at = same.length
    for (let before = same[at - 1]; before !== undefined && compareEvents(before.event, mark.event) > 0; before = same[at - 1]) at -= 1
    same.splice(at, 0, mark)
  }

  remove(event: LogEvent): void {
    const mark = this.#byEvent.get(event)
    if (mark === undefined) return
    this.#byEvent.delete(event)
    const same = mark.requestId === null ? undefined : this.#byId.get(mark.requestId)
    const at = same?.indexOf(mark) ?? -1
    if (same !== undefined && at >= 0) same.splice(at, 1)
    if (mark.requestId !== null && same?.length === 0) this.#byId.delete(mark.requestId)
  }

  of(event: LogEvent): Mark | undefined {
    return this.#byEvent.get(event)
  }

  first(requestId: string): Mark | undefined {
    return this.#byId.get(requestId)?.[0]
  }

  firstStart(requestId: string): Mark | undefined {
    return this.#byId.get(requestId)?.find(({ kind }) => kind === 'start')
  }

  /** The last END (or REPORT) of a request id: only the last can be Lambda's, an application prints its lines before. */
  lastCloser(requestId: string, closer: Closer): Mark | undefined {
    return this.#byId.get(requestId)?.findLast(({ kind }) => closerOf(kind) === closer)
  }

  hasCloser(requestId: string | null): boolean {
    return requestId !== null && this.#byId.get(requestId)?.some(({ kind }) => closerOf(kind) !== null) === true
  }

  /** Request ids that end in this stream without a START: their invocation began before what is loaded. */
  *endedWithoutStart(): Generator<{ readonly requestId: string; readonly end: Mark; readonly report: Mark }> {
    for (const requestId of this.#byId.keys()) {
      const end = this.lastCloser(requestId, 'end')
      const report = this.lastCloser(requestId, 'report')
      if (end !== undefined && report !== undefined && this.firstStart(requestId) === undefined) yield { requestId, end, report }
    }
  }
}
