import type { LogEvent } from '../../cloudwatch/event.ts'
import { PatternError, parseFilterPattern } from '../../cloudwatch/filter-pattern.ts'
import { type Level, levelHint, lineOf } from '../../cloudwatch/lambda-line.ts'
import type { Zone } from '../ui/time-format.ts'
import { fieldTest, jsonIn, valuesAt } from './find-field.ts'
import { findRegex } from './find-regex.ts'
import { findText, type Marker } from './find-text.ts'
import { readMoment, readSpan } from './find-time.ts'
import { type FindWord, readFindWords } from './find-words.ts'

/** A line as the finder needs it; the group where there are several. */
export type FoundLine = LogEvent & { readonly group?: string }

/** What the lines around a line tell of it. */
export interface FindContext {
  /** Whether the line was written during the invocation with that request id, also where it names none. */
  isOfRequest(id: string, line: FoundLine): boolean
}

/** What the finder's field asks for. */
export interface Find {
  /** Nothing is asked for: every line is found. */
  readonly isEmpty: boolean
  readonly matches: (line: FoundLine, context?: FindContext) => boolean
  /** What to mark in a found message. */
  readonly markers: readonly Marker[]
  /** Why a part of it cannot be read, as a sentence; that part asks for nothing. */
  readonly error: string | null
  /** Milliseconds since 1970, where a time is asked for; `to` exclusive. */
  readonly from: number | null
  readonly to: number | null
  readonly words: readonly FindWord[]
}

export interface FindOptions {
  readonly zone: Zone
  /** What `after:10:04` and `last:15m` count from, in milliseconds since 1970. */
  readonly now: number
  /** The whole field is a filter pattern of CloudWatch. */
  readonly asPattern?: boolean
}

type Condition = (line: FoundLine, context: FindContext) => boolean

interface Part {
  /** Those that cost more are asked later. */
  readonly cost: number
  readonly holds: Condition
  readonly marker: Marker | null
}

interface Reading {
  from: number | null
  to: number | null
  error: string | null
}

const alone: FindContext = { isOfRequest: (id, line) => lineOf(line).requestId === id }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Reads the finder's field: words and "phrases" (capital or small letters alike), `-not`, `/regular expression/`, `level:error`, `request:ID`,
 * `stream:…`, `group:…`, `email:…`, `sub:…`, `after:10:04`, `before:10:30`, `last:15m`, `field.of.json:value`, and `pattern:` with a filter pattern of
 * CloudWatch. All of them must hold. Any text can be read; what makes no sense is told in `error`.
 */
export function parseFind(text: string, { zone, now, asPattern = false }: FindOptions): Find {
  const words = asPattern && text.trim() !== '' ? patternWord(text) : readFindWords(text)
  const reading: Reading = { from: null, to: null, error: null }
  const parts = words
    .map((word) => ({ word, part: partOf(word, reading, zone, now) }))
    .flatMap(({ word, part }) => (part === null ? [] : [word.not ? negated(part) : part]))
    .sort((a, b) => a.cost - b.cost)
  const { from, to, error } = reading
  return {
    isEmpty: parts.length === 0 && from === null && to === null,
    matches: (line, context = alone) =>
      (from === null || line.at >= from) && (to === null || line.at < to) && parts.every(({ holds }) => holds(line, context)),
    markers: parts.flatMap(({ marker }) => marker ?? []),
    error,
    from,
    to,
    words,
  }
}

const patternWord = (value: string): FindWord[] => [{ kind: 'pattern', not: false, key: '', value, flags: '', source: value }]

const negated = ({ cost, holds }: Part): Part => ({ cost, holds: (line, context) => !holds(line, context), marker: null })

function partOf(word: FindWord, reading: Reading, zone: Zone, now: number): Part | null {
  const refuse = (sentence: string): null => {
    reading.error ??= sentence
    return null
  }
  switch (word.kind) {
    case 'text':
      return uuid.test(word.value) ? requestPart(word.value) : textPart(word.value)
    case 'phrase':
      return word.value === '' ? null : textPart(word.value)
    case 'regex': {
      const found = findRegex(word.value, word.flags)
      if (found === null)
        return refuse(`${word.source} is no regular expression that RE2 can read: it has no look-around and no references back.`)
      return { cost: 2, holds: ({ message }) => found.holds(message), marker: found.mark }
    }
    case 'pattern':
      return patternPart(word.value, refuse)
    case 'field':
      return fieldPart(word, reading, zone, now, refuse)
    default:
      return word.kind satisfies never
  }
}

type Refuse = (sentence: string) => null

function textPart(value: string): Part {
  const { holds, mark } = findText(value)
  return { cost: 0, holds: ({ message }) => holds(message), marker: mark }
}

function requestPart(id: string): Part {
  const { holds, mark } = findText(id)
  const request = id.toLowerCase()
  return { cost: 1, holds: (line, context) => holds(line.message) || context.isOfRequest(request, line), marker: mark }
}

function patternPart(value: string, refuse: Refuse): Part | null {
  if (value.trim() === '') return null
  try {
    const { matches, words } = parseFilterPattern(value)
    const markers = words.map((one) => findText(one, true).mark)
    const marker: Marker = (text, most) => markers.flatMap((mark) => mark(text, most)).sort((a, b) => a.start - b.start)
    return { cost: 3, holds: ({ message }) => matches(message), marker }
  } catch (error) {
    if (error instanceof PatternError) return refuse(error.message)
    throw error
  }
}

const levels: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function fieldPart(word: FindWord, reading: Reading, zone: Zone, now: number, refuse: Refuse): Part | null {
  const { key, value, source } = word
  if (value === '') return null
  switch (key.toLowerCase()) {
    case 'email':
    case 'sub':
      return textPart(value)
    case 'request':
    case 'requestid':
      return requestPart(value)
    case 'stream':
      return placePart(value, ({ stream }) => stream)
    case 'group':
      return placePart(value, ({ group }) => group ?? '')
    case 'level':
      return levelPart(value, refuse)
    case 'after':
    case 'before':
    case 'last':
      return timePart(word, reading, zone, now, refuse)
    default:
      return jsonPart(key, value, source)
  }
}

function placePart(value: string, read: (line: FoundLine) => string): Part {
  const { holds } = findText(value)
  return { cost: 0, holds: (line) => holds(read(line)), marker: null }
}

/** `error` is also what Lambda tells of a time-out and of a runtime that ended, and what is worse. */
function levelPart(value: string, refuse: Refuse): Part | null {
  const wanted = value.toLowerCase().split(',').filter(Boolean)
  const found = new Set(levels.filter((level) => wanted.some((start) => level.startsWith(start))))
  if (found.size === 0) return refuse(`level:${value}: the levels are ${levels.join(', ')}.`)
  if (found.has('error')) found.add('fatal')
  const hint = levelHint(found)
  return {
    cost: 2,
    holds: (line) => {
      if (!hint.test(line.message)) return false
      const { kind, level } = lineOf(line)
      return (level !== null && found.has(level)) || (found.has('error') && (kind === 'timed out' || kind === 'fault'))
    },
    marker: null,
  }
}

function timePart({ key, value, not, source }: FindWord, reading: Reading, zone: Zone, now: number, refuse: Refuse): null {
  if (not) return refuse(`-${source}: a time is not left out; use after: and before:.`)
  const isLast = key.toLowerCase() === 'last'
  const span = isLast ? readSpan(value) : null
  const at = span === null ? (isLast ? null : readMoment(value, zone, now)) : now - span
  if (at === null)
    return refuse(
      isLast
        ? `${source}: for instance last:90s, last:15m, last:2h or last:1d.`
        : `${source}: for instance ${key}:10:04 or ${key}:2026-11-21T10:04.`,
    )
  if (key.toLowerCase() === 'before') reading.to = Math.min(reading.to ?? at, at)
  else reading.from = Math.max(reading.from ?? at, at)
  return null
}

/** A field of a JSON line, or the word as it stands: `http://x` and `RequestId:…` are texts too. */
function jsonPart(path: string, value: string, source: string): Part {
  const asText = findText(source)
  const test = fieldTest(value)
  return {
    cost: 4,
    holds: ({ message }) => asText.holds(message) || valuesAt(jsonIn(message), path).some(test),
    marker: (text, most) => {
      const whole = asText.mark(text, most)
      return whole.length > 0 ? whole : findText(value).mark(text, most)
    },
  }
}
