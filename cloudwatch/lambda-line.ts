import type { LogEvent } from './event.ts'
import { type InitReport, type LambdaReport, readInitReport, readRecord, readReport } from './lambda-report.ts'

/**
 * `fault`: Lambda tells that the runtime ended (`RequestId: … Error: Runtime exited with error: signal: killed`).
 * `platform`: any other line of Lambda itself (EXTENSION, LOGS, TELEMETRY, platform.logsDropped …).
 */
export type LineKind =
  | 'init start'
  | 'init report'
  | 'start'
  | 'end'
  | 'report'
  | 'runtime done'
  | 'timed out'
  | 'fault'
  | 'platform'
  | 'application'

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
export type JsonObject = Readonly<Record<string, unknown>>

/** What one event is, as far as it looks: whether it is what it looks like, the lines around it tell (`invocationsOf`). */
export interface LambdaLine {
  readonly kind: LineKind
  /** Null where the line tells none. */
  readonly level: Level | null
  /** Only from the places where Lambda writes it, never any id in a text. */
  readonly requestId: string | null
  /** The message, where the whole of it is one JSON object; it is parsed when first asked for. */
  readonly json: JsonObject | undefined
  /** What the application wrote, without the time, id and level that the runtime put before it. */
  readonly text: string
  readonly report: LambdaReport | null
  readonly initReport: InitReport | null
}

const idShape = '[0-9a-zA-Z-]{8,64}'
const startLine = new RegExp(`^START RequestId: (${idShape}) Version: [^\\s]{1,128}\\s*$`)
const endLine = new RegExp(`^END RequestId: (${idShape})\\s*$`)
const timedOutLine = new RegExp(
  `^\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,16}Z (${idShape}) Task timed out after \\d{1,6}(?:\\.\\d{1,6})? seconds\\s*$`,
)
const faultLine = new RegExp(`^RequestId: (${idShape}) Error: `)
const initStartLine = /^INIT_START Runtime Version: /
const platformLine =
  /^(?:EXTENSION\tName: |LOGS\tName: |TELEMETRY\tName: |RESTORE_START Runtime Version: |RESTORE_REPORT Restore Duration: )/
/** Python's logging: `[LEVEL]`, time, request id (empty during init) and text, with tabs between them. */
const pythonLine = new RegExp(`^\\[([A-Za-z]{3,16})\\]\\t(\\d{4}-\\d\\d-\\d\\dT[\\d:.,]{8,16}Z)\\t(${idShape})?\\t`)
/** Node's console: time, request id (`undefined` during init), level and text, with tabs between them. */
const nodeLine = new RegExp(`^(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,16}Z)\\t(${idShape}|undefined)\\t([A-Z]{3,8})\\t`)
/** What Python's runtime writes of an exception that nobody caught. */
const pythonBare = /^\[(ERROR|WARNING|CRITICAL)\] /

const levels: Readonly<Record<string, Level>> = {
  TRACE: 'trace',
  NOTSET: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  NOTICE: 'info',
  WARN: 'warn',
  WARNING: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  CRITICAL: 'fatal',
}

/** The level that a runtime's word for it means; null for any other word. */
export const levelOf = (word: unknown): Level | null =>
  typeof word === 'string' && word.length <= 16 && Object.hasOwn(levels, word.toUpperCase()) ? (levels[word.toUpperCase()] ?? null) : null

/** Finds every message that may be of one of these levels, and a few others: much less work than reading each. */
export function levelHint(wanted: ReadonlySet<Level>): RegExp {
  const words = Object.keys(levels).filter((word) => wanted.has(levels[word] ?? 'info'))
  // JSON may write a letter by its number.
  return new RegExp([...words, '\\\\u', ...(wanted.has('error') ? ['Task timed out after'] : [])].join('|'), 'i')
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The message as JSON, where it is one object. */
export function jsonOf(message: string): JsonObject | undefined {
  if (message.charCodeAt(0) !== 123 || !message.trimEnd().endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(message)
    return isObject(value) ? value : undefined
  } catch {
    // A text that only begins like JSON: it is an application's line as any other.
    return undefined
  }
}

const idOf = (value: unknown): string | null => (typeof value === 'string' && value.length >= 8 && value.length <= 64 ? value : null)

const platformKinds: Readonly<Record<string, LineKind>> = {
  'platform.initStart': 'init start',
  'platform.initReport': 'init report',
  'platform.start': 'start',
  'platform.runtimeDone': 'runtime done',
  'platform.report': 'report',
}

class TextLine implements LambdaLine {
  readonly json = undefined
  readonly kind: LineKind
  readonly level: Level | null
  readonly requestId: string | null
  readonly text: string
  readonly report: LambdaReport | null
  readonly initReport: InitReport | null

  constructor(
    kind: LineKind,
    text: string,
    level: Level | null,
    requestId: string | null,
    report: LambdaReport | null = null,
    initReport: InitReport | null = null,
  ) {
    this.kind = kind
    this.level = level
    this.requestId = requestId
    this.text = text
    this.report = report
    this.initReport = initReport
  }
}

/** The shape that Lambda gives its own records: `{"time":…,"type":"platform.…","record":{…}}`. */
const platformRecord = /^\{\s{0,4}"time"\s{0,4}:\s{0,4}"[^"]{10,40}"\s{0,4},\s{0,4}"type"\s{0,4}:\s{0,4}"platform\./
/** Its own records are a few hundred characters long. */
const longestRecord = 64_000

class JsonLine implements LambdaLine {
  readonly #message: string
  #json: JsonObject | undefined
  #parsed = false

  constructor(message: string) {
    this.#message = message
  }

  get json(): JsonObject | undefined {
    if (!this.#parsed) {
      this.#json = jsonOf(this.#message)
      this.#parsed = true
    }
    return this.#json
  }

  get #record(): JsonObject | null {
    const record = this.kind === 'application' ? undefined : this.json?.['record']
    return isObject(record) ? record : null
  }

  get kind(): LineKind {
    if (this.#message.length > longestRecord || !platformRecord.test(this.#message)) return 'application'
    const type = this.json?.['type']
    if (typeof type !== 'string' || !isObject(this.json?.['record'])) return 'application'
    return Object.hasOwn(platformKinds, type) ? (platformKinds[type] ?? 'platform') : 'platform'
  }

  get level(): Level | null {
    if (this.kind !== 'application') return null
    return levelOf(this.json?.['level'] ?? this.json?.['log_level'])
  }

  get requestId(): string | null {
    if (this.kind !== 'application') return idOf(this.#record?.['requestId'])
    return idOf(this.json?.['requestId']) ?? idOf(this.json?.['AWSRequestId'])
  }

  get text(): string {
    const message = this.json?.['message']
    return this.kind === 'application' && typeof message === 'string' ? message : this.#message
  }

  get report(): LambdaReport | null {
    const record = this.#record
    const kind = this.kind
    return record !== null && (kind === 'report' || kind === 'runtime done') ? readRecord(record) : null
  }

  get initReport(): InitReport | null {
    const record = this.#record
    if (record === null || this.kind !== 'init report') return null
    const { durationMs, status, errorType } = readRecord(record)
    const phase = record['phase']
    return { durationMs, phase: typeof phase === 'string' ? phase : null, status: status === 'success' ? null : status, errorType }
  }
}

function applicationLine(message: string): LambdaLine {
  const first = message.charCodeAt(0)
  if (first === 91) {
    const python = pythonLine.exec(message)
    if (python !== null) return new TextLine('application', message.slice(python[0].length), levelOf(python[1]), python[3] ?? null)
    const bare = pythonBare.exec(message)
    if (bare !== null) return new TextLine('application', message.slice(bare[0].length), levelOf(bare[1]), null)
  }
  if (first >= 48 && first <= 57) {
    const late = message.length < 500 ? timedOutLine.exec(message) : null
    if (late !== null) return new TextLine('timed out', message, null, late[1] ?? null)
    const node = nodeLine.exec(message)
    if (node !== null) {
      const id = node[2] === undefined || node[2] === 'undefined' ? null : node[2]
      return new TextLine('application', message.slice(node[0].length), levelOf(node[3]), id)
    }
  }
  return new TextLine('application', message, null, null)
}

/** What an event is. Linear in the message's length, and much less for all but JSON. */
export function lineOf(event: Pick<LogEvent, 'message'>): LambdaLine {
  const { message } = event
  switch (message[0]) {
    case '{':
      return new JsonLine(message)
    case 'S': {
      const start = message.length < 500 ? startLine.exec(message) : null
      return new TextLine(start === null ? 'application' : 'start', message, null, start?.[1] ?? null)
    }
    case 'E': {
      const end = message.length < 500 ? endLine.exec(message) : null
      if (end !== null) return new TextLine('end', message, null, end[1] ?? null)
      return new TextLine(platformLine.test(message) ? 'platform' : 'application', message, null, null)
    }
    case 'R': {
      const read = readReport(message)
      if (read !== null) return new TextLine('report', message, null, read.requestId, read.report)
      const fault = faultLine.exec(message)
      if (fault !== null) return new TextLine('fault', message.slice(fault[0].length), 'error', fault[1] ?? null)
      return new TextLine(platformLine.test(message) ? 'platform' : 'application', message, null, null)
    }
    case 'I': {
      if (initStartLine.test(message)) return new TextLine('init start', message, null, null)
      const initReport = readInitReport(message)
      return new TextLine(initReport === null ? 'application' : 'init report', message, null, null, null, initReport)
    }
    case 'L':
    case 'T':
      return new TextLine(platformLine.test(message) ? 'platform' : 'application', message, null, null)
    default:
      return applicationLine(message)
  }
}
