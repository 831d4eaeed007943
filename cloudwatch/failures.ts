import type { LogEvent } from './event.ts'
import { type KnownFailure, knownFailures, knownTypes, sentenceOfKind } from './failure-catalogue.ts'
import type { FailureKind, FailureMend, SeenFailure } from './invocation.ts'
import { type JsonObject, type LambdaLine, lineOf } from './lambda-line.ts'
import { plainText } from './plain-text.ts'

/** A failure before it is known how its invocation ended. */
export interface FoundFailure extends Omit<SeenFailure, 'hidden'> {
  /** The runtime itself tells of it: nobody caught it. */
  readonly uncaught: boolean
}

interface Reading {
  readonly kind: FailureKind
  readonly sentence: string
  readonly mend: FailureMend | null
}

/** How much of a line is looked at, and how many of its own lines. */
const lookedAt = 16_000
const linesLookedAt = 200
const longestText = 500

/** Anything a failing line could hold; what lacks it is not looked at closer. */
const suspicious =
  /error|traceback|exception|does not exist|violates|permission denied|too many|authentication failed|pg_hba|unterminated|zero-length|connect|timeout expired|etimedout|getaddrinfo|translate host|resolve host|module|not exported|bad handler|referenced before|not associated|not defined|initialization|signal: killed|out of memory|connection slots|dsn|shutting down|starting up|no password|certificate/i

/** An exception's type before its message, also with its module: `psycopg2.errors.UndefinedTable: `, `error: `, `(psycopg2.OperationalError) `. */
const typed = /^\(?((?:[A-Za-z_]\w{0,60}\.){0,6}[A-Za-z_]\w{0,80})(?:\) |\)?: +)/
/** libpq says where it connected to before what the server answered. */
const connected = /^(?:connection failed: |connection is bad: )?connection to server (?:at|on) [^\r\n]{0,300}? failed: /i
/** Words of the application before the message, without what values are written with. */
const worded = /^[^'"{}[\]<>=:\r\n]{1,60}: */
const exceptionType =
  /^(?:(?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,80}(?:Error|Exception|Interrupt|Exit|Timeout|Fault)|(?:Runtime|psycopg2?|psycopg2?\.errors|Function)\.\w{1,80}|[Ee]rror)$/
/** A statement or a value that is printed tells nothing by what is in it. */
const printedValue = /^\s*(?:["']?\s*(?:INSERT\s+INTO|SELECT\s|UPDATE\s|DELETE\s+FROM|WITH\s)|[{[]|\((?![\w.]{1,160}\) )|b?'|b?")/i

function readingOf(known: KnownFailure, found: RegExpExecArray): Reading {
  const names = found.slice(1).flatMap((name) => (name === undefined ? [] : [plainText(name)]))
  return { kind: known.kind, sentence: known.sentence(...names), mend: known.mend }
}

function readPhrase(text: string): Reading | null {
  for (const known of knownFailures) {
    const found = known.seen.exec(text)
    if (found !== null) return readingOf(known, found)
  }
  return null
}

interface Phrase {
  readonly reading: Reading | null
  /** The exception's type, where the text begins with one. */
  readonly type: string | null
}

/** Reads one physical line: its phrase at the beginning, or after an exception's type or words that end with a colon. */
function readLine(line: string): Phrase {
  let rest = line.trimStart().slice(0, 2_000)
  let type: string | null = null
  for (let step = 0; step < 5; step += 1) {
    const place = connected.exec(rest)
    const reading = (place === null ? null : readPhrase(rest.slice(place[0].length).replace(/^[A-Z]{4,7}: {1,4}/, ''))) ?? readPhrase(rest)
    if (reading !== null) return { reading, type }
    const exception = typed.exec(rest)
    if (exception?.[1] !== undefined && exceptionType.test(exception[1])) {
      type ??= exception[1]
      rest = rest.slice(exception[0].length)
      continue
    }
    const words = worded.exec(rest)
    if (words === null || rest.length === words[0].length) break
    rest = rest.slice(words[0].length)
  }
  return { reading: null, type }
}

const lastName = (type: string) => type.split('.').at(-1) ?? type

function readType(type: string, message: string): Reading {
  const name = lastName(type)
  const kind = Object.hasOwn(knownTypes, name) ? knownTypes[name] : undefined
  if (kind !== undefined) return { kind, sentence: sentenceOfKind[kind] ?? '', mend: null }
  const told = message.trim() === '' ? '' : ' and its message'
  return {
    kind: 'exception',
    sentence: `The function raised ${plainText(type.slice(0, 120))}: look at the line${told}, and at the lines before it.`,
    mend: null,
  }
}

const isIndented = (line: string) => /^\s/.test(line)
const tracebackHead =
  /^(?:Traceback \(most recent call last\):|\[ERROR\] [\w.]{1,160}: [^\r\n]{0,1500}[\r\n]+Traceback \(most recent call last\):)/
const linesOf = (text: string) => text.slice(0, lookedAt).split(/\r\n|\r|\n/, linesLookedAt)

function found(event: LogEvent, text: string, reading: Reading, uncaught: boolean): FoundFailure {
  const line = linesOf(text.trim())[0] ?? ''
  return { ...reading, text: line.slice(0, longestText), event, uncaught }
}

/** The reading of an exception by its type and message. */
function readException(type: string, message: string): Reading {
  const first = linesOf(message).find((line) => line.trim() !== '') ?? ''
  return readLine(first).reading ?? readType(type, first)
}

const string = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** An error as Lambda's runtimes write one in JSON: at the top (Python), or as the message (Node). */
function readJsonError(json: JsonObject): { readonly type: string; readonly message: string } | null {
  const errorMessage = string(json['errorMessage'])
  const errorType = string(json['errorType'])
  if (errorType === null && errorMessage === null) return null
  return { type: errorType ?? 'Error', message: errorMessage ?? '' }
}

function ofJson(event: LogEvent, line: LambdaLine): FoundFailure | null {
  const { json } = line
  if (json === undefined) return null
  const isError = line.level === 'error' || line.level === 'fatal'
  const message = json['message']
  const inner = typeof message === 'object' && message !== null ? readJsonError({ ...message }) : null
  const error = readJsonError(json) ?? inner
  // Without level and error it is a value that the application printed.
  if (error === null && line.level === null) return null
  if (error !== null) {
    const uncaught = isError && (string(message) === null || json['log_level'] !== undefined)
    return found(event, `${error.type}: ${error.message}`, readException(error.type, error.message), uncaught)
  }
  const text = string(message)
  if (text === null) return isError ? found(event, event.message, readType('an error', ''), false) : null
  return ofText(event, text, isError)
}

/** What the runtime wrote itself: nobody caught it. */
const nodeUncaught = /^(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t(\{[\s\S]*)$/
const pythonBare = /^\[ERROR\] ([\w.]{1,160}): ?([^\r\n]{0,2000})/
const runtimeType = /^(?:Runtime\.\w{1,80}|[\w.]{1,160}(?:Error|Exception|Exit|Interrupt))$/

/** Python's runtime writes `[ERROR] Type: message` and the traceback, without time and id. */
function readUncaught(message: string): { readonly type: string; readonly message: string } | null {
  const bare = pythonBare.exec(message)
  if (bare?.[1] === undefined) return null
  const isWhole = runtimeType.test(bare[1]) || /[\r\n]Traceback \(most recent call last\):/.test(message.slice(0, lookedAt))
  return isWhole ? { type: bare[1], message: bare[2] ?? '' } : null
}

function ofText(event: LogEvent, text: string, isError: boolean): FoundFailure | null {
  const node = nodeUncaught.exec(text)
  if (node?.[1] !== undefined) {
    const error = readNodeError(node[1])
    if (error !== null) return found(event, `${error.type}: ${error.message}`, readException(error.type, error.message), true)
  }
  const lines = linesOf(text)
  if (lines.some((line) => line.startsWith('Traceback (most recent call last):'))) return ofTraceback(event, lines)
  if (!isError && printedValue.test(text)) return null
  for (const line of lines) {
    if (!suspicious.test(line)) continue
    const { reading } = readLine(line)
    if (reading !== null) return found(event, line, reading, false)
  }
  const first = lines.find((line) => line.trim() !== '') ?? ''
  const { type } = readLine(first)
  if (type !== null && (isError || (lastName(type) !== 'Error' && lastName(type) !== 'error')))
    return found(event, first, readType(type, first), false)
  return isError
    ? found(
        event,
        first,
        { kind: 'exception', sentence: 'The function tells of an error: look at the line and at those before it.', mend: null },
        false,
      )
    : null
}

function readNodeError(text: string): { readonly type: string; readonly message: string } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? readJsonError({ ...value }) : null
  } catch {
    // Cut at the end of a long line: its beginning tells enough.
    const type = /^\{"errorType":"([^"\\]{1,160})","errorMessage":"((?:[^"\\]|\\.){0,2000})/.exec(text)
    return type?.[1] === undefined ? null : { type: type[1], message: type[2] ?? '' }
  }
}

/** Of a traceback matters the last line that is not indented: the exception. */
function ofTraceback(event: LogEvent, lines: readonly string[]): FoundFailure | null {
  const head = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last):'))
  const line = lines.slice(head + 1).find((one) => one.trim() !== '' && !isIndented(one))
  if (line === undefined) return null
  const { reading, type } = readLine(line)
  return found(event, line, reading ?? readType(type ?? 'an exception', line), false)
}

function ofLine(event: LogEvent, line: LambdaLine): FoundFailure | null {
  const { message } = event
  if (line.kind === 'fault') return found(event, message, readPhrase(line.text) ?? readType('Runtime.ExitError', line.text), true)
  if (message[0] === '{' && line.json !== undefined) return ofJson(event, line)
  const uncaught = readUncaught(message)
  if (uncaught !== null) {
    return found(event, `${uncaught.type}: ${uncaught.message}`, readException(uncaught.type, uncaught.message), true)
  }
  return ofText(event, line.text, line.level === 'error' || line.level === 'fatal')
}

/** Read once: an invocation that goes on is read anew with each line that comes to it. */
const readLines = new WeakMap<LogEvent, FoundFailure | null>()

function ofEvent(event: LogEvent, line: LambdaLine): FoundFailure | null {
  const known = readLines.get(event)
  if (known !== undefined) return known
  const failure = ofLine(event, line)
  readLines.set(event, failure)
  return failure
}

/** Whether an event begins or goes on a traceback that is spread over several events. */
const opensTraceback = (text: string) =>
  tracebackHead.test(text) && linesOf(text).every((line, index) => index === 0 || line === '' || isIndented(line))

/** The failures that the lines of one invocation tell of, each once. `own` are the application's lines, in order, and Lambda's faults. */
export function failuresIn(events: readonly LogEvent[]): FoundFailure[] {
  const failures: FoundFailure[] = []
  const seen = new Set<string>()
  let inTraceback = false
  for (const event of events) {
    const { message } = event
    if (!inTraceback && !suspicious.test(message.length > lookedAt ? message.slice(0, lookedAt) : message)) continue
    const line = lineOf(event)
    if (line.kind !== 'application' && line.kind !== 'fault') continue
    if (inTraceback && (isIndented(line.text) || line.text.trim() === '')) continue
    const ended = inTraceback
    inTraceback = opensTraceback(line.text)
    if (inTraceback) continue
    let failure = ofEvent(event, line)
    if (ended && failure === null) {
      const { reading, type } = readLine(line.text)
      if (type !== null) failure = found(event, line.text, reading ?? readType(type, line.text), false)
    }
    if (failure === null) continue
    const same = `${failure.kind} ${failure.text}`
    if (seen.has(same)) continue
    seen.add(same)
    failures.push(failure)
  }
  return failures
}
