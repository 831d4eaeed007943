import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Invocation, SeenFailure } from '../../cloudwatch/invocation.ts'
import { type LambdaLine, lineOf } from '../../cloudwatch/lambda-line.ts'
import { formatDuration } from '../ui/quantities.ts'
import { failureLine, memoryOf, shortId } from './invocation-rows.ts'

/** A piece of what an expanded invocation shows. */
export type Part =
  | { readonly kind: 'start' | 'report' | 'note'; readonly key: string; readonly text: string; readonly found: boolean }
  | {
      readonly kind: 'line'
      readonly key: string
      readonly text: string
      readonly event: LogEvent
      /** It is the line that matters of a failure. */
      readonly matters: boolean
      readonly found: boolean
      /** What is behind the line: its traceback, its JSON, the rest of it. */
      readonly folded: Folded | null
    }
  | { readonly kind: 'failure'; readonly key: string; readonly failure: SeenFailure }
  /** Lines that are not shown until they are asked for. */
  | { readonly kind: 'left out'; readonly key: string; readonly count: number }

export interface Folded {
  /** `the traceback (12 lines)`: completes "show". */
  readonly what: string
  readonly text: string
}

/** A line is cut here until the rest of it is asked for. */
const longest = 2_000
/** What is behind a line is cut here: copied as text, the invocation is whole. */
const longestFolded = 20_000
/** Above that, the middle of an invocation that went well is left out until it is asked for. */
const mostLines = 400

const linesOf = (text: string): string[] => text.trimEnd().split(/\r\n|\r|\n/)
const tracebackStart = /^\s{0,20}Traceback \(most recent call last\):\s*$/

/** The REPORT line's figures in words; null where none was seen. */
function reportWords(invocation: Invocation): string | null {
  const { durationMs, billedMs, initMs } = invocation
  const memory = memoryOf(invocation)
  if (durationMs === null && billedMs === null && memory === '') return null
  const figures = [
    durationMs === null ? null : `Duration: ${durationMs} ms`,
    billedMs === null ? null : `billed ${billedMs} ms`,
    memory === '' ? null : `memory ${memory}`,
    initMs === null ? null : `init ${initMs} ms`,
  ]
  return `REPORT ${figures.filter((figure) => figure !== null).join(' · ')}`
}

function startWords({ requestId, coldStart, initMs }: Invocation): string {
  const cold = coldStart ? (initMs === null ? 'cold start' : `cold start ${formatDuration(initMs)}`) : null
  return [`START RequestId: ${requestId === null ? 'none' : shortId(requestId)}`, cold].filter((words) => words !== null).join(' · ')
}

/** Which events are Lambda's own: the first START, the last END and REPORT of the invocation's id. What only looks like them is a line. */
function platformEvents(invocation: Invocation, lines: readonly LambdaLine[]): ReadonlySet<number> {
  const own = (kind: LambdaLine['kind']) => (line: LambdaLine) => line.kind === kind && line.requestId === invocation.requestId
  const at = [
    lines.findIndex(own('start')),
    lines.findLastIndex(own('end')),
    lines.findLastIndex(own('report')),
    lines.findLastIndex(own('runtime done')),
    lines.findIndex(({ kind }) => kind === 'init start'),
  ]
  return new Set(at)
}

/** How many events from `index` on are one traceback that was printed line by line. */
function tracebackLength(lines: readonly LambdaLine[], index: number): number {
  if (!tracebackStart.test(lines[index]?.text ?? '')) return 0
  let end = index + 1
  while (lines[end]?.kind === 'application' && /^\s/.test(lines[end]?.text ?? '')) end += 1
  // The exception itself stands behind its frames.
  return lines[end]?.kind === 'application' ? end + 1 - index : end - index
}

const cut = (text: string): string =>
  text.length > longestFolded
    ? `${text.slice(0, longestFolded)}…\nCut after ${longestFolded} of ${text.length} characters; “Copy as text” has all.`
    : text

function foldedOf(line: LambdaLine, event: LogEvent, shown: string): Folded | null {
  if (line.json !== undefined) {
    return { what: `the JSON (${Object.keys(line.json).length} fields)`, text: cut(JSON.stringify(line.json, null, 2)) }
  }
  const own = linesOf(line.text)
  if (own.length > 1 && shown !== line.text) {
    const traceback = own.some((one) => tracebackStart.test(one)) || own.slice(1).some((one) => /^\s+(?:File "|at )/.test(one))
    return { what: `${traceback ? 'the traceback' : 'the rest'} (${own.length} lines)`, text: cut(own.join('\n')) }
  }
  return shown.length > longest ? { what: `all ${event.message.length} characters`, text: cut(own.join('\n')) } : null
}

/** What tells a line in short: of an exception in JSON its type and message, of a traceback in one event its last line. */
function textOf(line: LambdaLine): string {
  const [type, message] = [line.json?.['errorType'], line.json?.['errorMessage']]
  if (typeof type === 'string' && typeof message === 'string') return `${type}: ${message}`
  const own = linesOf(line.text)
  return own.length > 1 && own.some((one) => tracebackStart.test(one)) ? (own.at(-1) ?? line.text) : line.text
}

/**
 * What an expanded invocation shows: the start, the application's lines with tracebacks folded to the line that matters, what each
 * failure means, and the figures. `found` marks what the finder looks for; `whole` leaves nothing out.
 */
export function partsOf(invocation: Invocation, found: ((event: LogEvent) => boolean) | null, whole = false): readonly Part[] {
  const { events, failures } = invocation
  const lines = events.map(lineOf)
  const platform = platformEvents(invocation, lines)
  const isFound = (event: LogEvent | undefined) => event !== undefined && (found?.(event) ?? false)
  const platformFound = [...platform].some((index) => isFound(events[index]))
  const parts: Part[] = []
  const told = new Set<string>()
  const tell = (some: readonly SeenFailure[]): void => {
    for (const one of some) {
      if (told.has(one.sentence)) continue
      told.add(one.sentence)
      parts.push({ kind: 'failure', key: `${one.event.id} ${one.kind}`, failure: one })
    }
  }

  if (!invocation.hasStart) parts.push({ kind: 'note', key: 'no start', text: 'Its beginning lies before what is loaded.', found: false })
  else parts.push({ kind: 'start', key: 'start', text: startWords(invocation), found: platformFound })

  for (let index = 0; index < events.length; index++) {
    const [event, line] = [events[index], lines[index]]
    if (event === undefined || line === undefined || platform.has(index)) continue
    const span = Math.max(1, tracebackLength(lines, index))
    const spanned = events.slice(index, index + span)
    const ofIt = failures.filter((failure) => spanned.some(({ id }) => id === failure.event.id))
    const failure = ofIt[0]
    const last = lines[index + span - 1] ?? line
    const shown =
      failure === undefined ? textOf(span > 1 ? last : line) : failure.kind === 'timed out' ? failureLine(failure.text) : failure.text
    const folded =
      span > 1
        ? {
            what: `the traceback (${span} lines)`,
            text: lines
              .slice(index, index + span)
              .map((one) => one.text.trimEnd())
              .join('\n'),
          }
        : foldedOf(line, event, shown)
    parts.push({
      kind: 'line',
      key: event.id,
      text: shown.length > longest ? `${shown.slice(0, longest)}…` : linesOf(shown).join('\n'),
      event: failure?.event ?? event,
      matters: failure !== undefined,
      found: spanned.some(isFound),
      folded,
    })
    tell(ofIt)
    index += span - 1
  }

  const report = reportWords(invocation)
  if (report !== null) parts.push({ kind: 'report', key: 'report', text: report, found: platformFound })
  // What only Lambda's own lines tell of, as the end of a run in JSON does.
  tell(failures)
  if (invocation.outcome === 'open') parts.push({ kind: 'note', key: 'no end', text: 'No end seen yet.', found: false })
  return whole ? parts : shortened(parts, failures.length > 0)
}

const isPlain = (part: Part): boolean => part.kind === 'line' && !part.matters && !part.found

/** Leaves out what would push the failure out of view: lines between others that nobody asked for. Without a failure only thousands are. */
function shortened(parts: readonly Part[], hasFailure: boolean): readonly Part[] {
  const [most, before, after] = hasFailure ? [8, 3, 2] : [mostLines, mostLines / 2, mostLines / 2]
  const short: Part[] = []
  for (let at = 0; at < parts.length; ) {
    let end = at
    for (let part = parts[end]; part !== undefined && isPlain(part); part = parts[end]) end += 1
    if (end - at > most) {
      const [first] = parts.slice(at, at + 1)
      short.push(...parts.slice(at, at + before))
      short.push({ kind: 'left out', key: `left out after ${first?.key}`, count: end - at - before - after })
      short.push(...parts.slice(end - after, end))
    } else short.push(...parts.slice(at, Math.max(end, at + 1)))
    at = Math.max(end, at + 1)
  }
  return short
}

/** All lines of an invocation as text, each with its time. */
export const asText = (attempts: readonly Invocation[]): string =>
  attempts
    .map(({ events }) => events.map(({ at, message }) => `${new Date(at).toISOString()} ${message.trimEnd()}`).join('\n'))
    .join('\n\n')
