import { type TextPart, visibleParts } from '../ui/data-grid-text.ts'
import type { Marker, Span } from './find-text.ts'

/** A part of a message as it is shown. */
export interface MessagePart extends TextPart {
  /** It is what the finder looked for. */
  readonly found: boolean
}

export interface InertMessage {
  readonly parts: readonly MessagePart[]
  /** Characters that are not shown, before and after. */
  readonly before: number
  readonly after: number
}

export interface InertOptions {
  /** Characters shown at most. */
  readonly limit: number
  /** Line breaks stay; otherwise each is a sign in one line. */
  readonly lines: boolean
  readonly markers: readonly Marker[]
}

/** As many marks as are drawn in one message. */
const mostMarks = 200
/** Characters shown before what was found, where it lies too far behind to be seen otherwise. */
const lead = 40

/**
 * A message made inert: what is not seen, or changes how the rest is seen (control characters, ANSI sequences, bidirectional controls, zero-width and
 * line separators), stands there as signs; long ones are cut around what was found. In time that grows with the part that is shown, and with the
 * message where something is looked for.
 */
export function inertMessage(message: string, { limit, lines, markers }: InertOptions): InertMessage {
  const whole = withoutLineEnd(message)
  const start = startOf(whole, limit, markers)
  const end = whole.length - start > limit ? boundary(whole, start + limit) : whole.length
  const shown = whole.slice(start, end)
  const parts: MessagePart[] = []
  let at = 0
  const add = (until: number, found: boolean) => {
    if (until > at) for (const part of visibleParts(shown.slice(at, until), lines)) parts.push({ ...tabbed(part), found })
    at = Math.max(at, until)
  }
  for (const span of spansOf(shown, markers)) {
    add(span.start, false)
    add(span.end, true)
  }
  add(shown.length, false)
  return { parts, before: start, after: whole.length - end }
}

/** Each event of Lambda ends with a line feed, which says nothing. */
const withoutLineEnd = (message: string): string => message.replace(/\r?\n$/, '')

/** Lambda's own lines have tabs between their figures: a gap says as much as a sign. */
const tabbed = (part: TextPart): TextPart => (part.mark && part.text === '⇥' ? { text: '\t', mark: false } : part)

function startOf(whole: string, limit: number, markers: readonly Marker[]): number {
  if (whole.length <= limit) return 0
  const first = Math.min(...markers.map((mark) => mark(whole, 1)[0]?.start ?? Number.POSITIVE_INFINITY))
  return first === Number.POSITIVE_INFINITY || first + lead <= limit ? 0 : boundary(whole, Math.max(0, first - lead))
}

/** Not within a character that has two halves. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}

/** From left to right; what overlaps is one. */
function spansOf(text: string, markers: readonly Marker[]): Span[] {
  const all = markers.flatMap((mark) => mark(text, mostMarks)).sort((a, b) => a.start - b.start)
  const spans: Span[] = []
  for (const span of all) {
    const last = spans.at(-1)
    if (last !== undefined && span.start <= last.end) spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else if (spans.length < mostMarks) spans.push(span)
  }
  return spans
}
