import type { LogEvent } from './event.ts'
import { type FoundFailure, failuresIn } from './failures.ts'
import type { Invocation, Outcome, SeenFailure } from './invocation.ts'
import { type LambdaLine, lineOf } from './lambda-line.ts'
import type { LambdaReport } from './lambda-report.ts'
import type { Marks } from './marks.ts'
import { toldIn } from './person.ts'
import { plainText } from './plain-text.ts'
import type { Region } from './regions.ts'

/** What Lambda's own lines tell of one invocation. */
interface Told {
  end: LogEvent | null
  reportEvent: LogEvent | null
  report: LambdaReport | null
  done: LambdaReport | null
  doneEvent: LogEvent | null
  timedOut: LogEvent | null
  fault: LogEvent | null
  coldStart: boolean
  initMs: number | null
  initStatus: string | null
  initEvent: LogEvent | null
}

function told(region: Region, marks: Marks): Told {
  const all: Told = {
    end: null,
    reportEvent: null,
    report: null,
    done: null,
    doneEvent: null,
    timedOut: null,
    fault: null,
    coldStart: false,
    initMs: null,
    initStatus: null,
    initEvent: null,
  }
  let begun = false
  for (const event of region.own) {
    if (event === region.start?.event) begun = true
    const mark = marks.of(event)
    if (mark === undefined) continue
    if ((mark.kind === 'init start' || mark.kind === 'init report') && !begun && (region.start !== null || region.requestId === null)) {
      all.coldStart = true
      const init = lineOf(event).initReport
      if (init !== null) {
        all.initMs ??= init.durationMs
        all.initStatus = init.status
        all.initEvent = event
      }
    } else tell(all, event, lineOf(event), region)
  }
  for (const event of region.late) tell(all, event, lineOf(event), region)
  return all
}

function tell(all: Told, event: LogEvent, line: LambdaLine, region: Region): void {
  if (line.requestId === null || line.requestId !== region.requestId) return
  switch (line.kind) {
    case 'end':
      all.end = event
      break
    case 'report':
      all.reportEvent = event
      all.report = line.report
      break
    case 'runtime done':
      all.doneEvent = event
      all.done = line.report
      break
    case 'timed out':
      all.timedOut = event
      break
    case 'fault':
      all.fault = event
      break
    default:
  }
}

const limitOf = (event: LogEvent | null) => /Task timed out after (\d{1,6})(?:\.\d{1,6})? seconds/.exec(event?.message ?? '')?.[1]

/** What ends an invocation in Lambda's words, short: of a report only what it tells of the failure. */
function lineOfEnd(event: LogEvent, { reportEvent, report, doneEvent, done }: Told): string {
  const told = event === reportEvent ? report : event === doneEvent ? done : null
  if (told === null || told.status === null) return event.message.trim().slice(0, 500)
  const errorType = told.errorType === null ? [] : [`Error Type: ${told.errorType}`]
  const duration = told.durationMs === null ? [] : [`Duration: ${told.durationMs} ms`]
  return [`Status: ${told.status}`, ...errorType, ...duration].join(', ').slice(0, 500)
}

function timeOut(event: LogEvent, all: Told): FoundFailure {
  const limit = limitOf(event)
  return {
    kind: 'timed out',
    text: lineOfEnd(event, all),
    event,
    sentence: `The function was ended ${limit === undefined ? 'at its time limit' : `after its time limit of ${limit} s`} while it waited, most often for a database that it cannot reach: put the function into the VPC of the database and let its security group in.`,
    mend: 'open_access',
    uncaught: true,
  }
}

function broken(event: LogEvent, all: Told): FoundFailure {
  const errorType = all.report?.errorType ?? all.done?.errorType ?? null
  const memory = errorType === 'Runtime.OutOfMemory'
  return {
    kind: memory ? 'out of memory' : 'exception',
    text: lineOfEnd(event, all),
    event,
    sentence: memory
      ? 'The function used all of its memory and was ended: give it more memory, or have it hold less.'
      : `The function failed${errorType === null ? '' : ` with ${plainText(errorType.slice(0, 120))}`}: look at its lines.`,
    mend: null,
    uncaught: true,
  }
}

const isTimeOut = (status: string | null | undefined) => status === 'timeout'
const isFailure = (status: string | null | undefined) => status === 'error' || status === 'failure'

function outcomeOf(all: Told, failures: readonly FoundFailure[]): Outcome {
  const ended = all.end !== null || all.report !== null || all.done !== null
  const status = all.report?.status ?? all.done?.status
  if (isTimeOut(status) || (all.timedOut !== null && !isFailure(status))) return 'timed out'
  if (isFailure(status) || all.fault !== null) return 'failed'
  if (status !== 'success' && failures.some(({ uncaught }) => uncaught) && ended) return 'failed'
  if (!ended && isTimeOut(all.initStatus)) return 'timed out'
  if (!ended && isFailure(all.initStatus)) return 'failed'
  if (!ended) return 'open'
  return failures.length > 0 ? 'hidden error' : 'ok'
}

const endOf = ({ end, doneEvent, reportEvent, timedOut }: Told) => end?.at ?? doneEvent?.at ?? reportEvent?.at ?? timedOut?.at ?? null

/** The events of a region in CloudWatch's order: what was told late comes after the others. */
const eventsOf = ({ own, late }: Region) => (late.length === 0 ? own.slice() : [...own, ...late])

function withEnd(all: Told, outcome: Outcome, failures: readonly FoundFailure[]): readonly FoundFailure[] {
  const at = all.timedOut ?? all.reportEvent ?? all.doneEvent ?? all.initEvent
  if (at === null) return failures
  if (outcome === 'timed out') return [...failures, timeOut(at, all)]
  return outcome === 'failed' && failures.length === 0 ? [broken(at, all)] : failures
}

/** Somebody may be called like an error; a line that is their name alone tells of none. */
function withoutValues(found: readonly FoundFailure[], events: readonly LogEvent[]): readonly FoundFailure[] {
  if (found.length === 0) return found
  const values = Object.values(toldIn(events).person)
  return found.filter(({ uncaught, event }) => uncaught || !values.includes(lineOf(event).text.trim()))
}

/** What the lines of a region tell. `key` is the caller's. */
export function invocationOf(region: Region, marks: Marks, key: string): Invocation {
  const first = region.own[0]
  if (first === undefined) throw new Error('An invocation has one event at least.')
  const all = told(region, marks)
  const events = eventsOf(region)
  const found = withoutValues(failuresIn(events), events)
  const outcome = outcomeOf(all, found)
  const hidden = outcome === 'hidden error'
  const failures: SeenFailure[] = withEnd(all, outcome, found).map(({ uncaught: _, ...failure }) => ({ ...failure, hidden }))
  const initMs = all.report?.initMs ?? all.report?.restoreMs ?? all.initMs
  return {
    key,
    requestId: region.requestId,
    stream: first.stream,
    startedAt: region.start?.event.at ?? first.at,
    endedAt: endOf(all),
    durationMs: all.report?.durationMs ?? all.done?.durationMs ?? null,
    billedMs: all.report?.billedMs ?? null,
    memorySizeMb: all.report?.memorySizeMb ?? null,
    maxMemoryMb: all.report?.maxMemoryMb ?? null,
    initMs,
    coldStart: all.coldStart || initMs !== null,
    outcome,
    hasStart: region.start !== null,
    events,
    failures,
  }
}
