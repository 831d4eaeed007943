/** The figures of a REPORT line or of a `platform.report` record. What it does not tell is null. */
export interface LambdaReport {
  readonly durationMs: number | null
  readonly billedMs: number | null
  readonly memorySizeMb: number | null
  readonly maxMemoryMb: number | null
  readonly initMs: number | null
  readonly restoreMs: number | null
  /** `timeout`, `error` or `failure` where the invocation did not end well; a text REPORT of one that did has none. */
  readonly status: string | null
  /** For instance `Runtime.ExitError`. */
  readonly errorType: string | null
}

/** A line longer than this is an application's: Lambda's own are short. */
const longest = 2_000

const reportHead = /^REPORT RequestId: ([0-9a-zA-Z-]{8,64})\t/
const figure = /^([A-Za-z][A-Za-z ]{0,40}): (.{0,120})$/

function figuresOf(message: string): Map<string, string> {
  const figures = new Map<string, string>()
  for (const part of message.split(/[\t\n]/)) {
    const found = figure.exec(part.trim())
    if (found?.[1] !== undefined && found[2] !== undefined) figures.set(found[1], found[2])
  }
  return figures
}

function measured(text: string | undefined, unit: 'ms' | 'MB'): number | null {
  const found = text === undefined ? null : /^(\d{1,15}(?:\.\d{1,6})?) (ms|MB)$/.exec(text)
  return found === null || found[2] !== unit ? null : Number(found[1])
}

/** Reads a REPORT line. Null where it lacks what every REPORT has, in Lambda's shape: tabs between its figures, duration, billed duration and memory. */
export function readReport(message: string): { readonly requestId: string; readonly report: LambdaReport } | null {
  const requestId = message.length > longest ? undefined : reportHead.exec(message)?.[1]
  if (requestId === undefined) return null
  const figures = figuresOf(message)
  const report = {
    durationMs: measured(figures.get('Duration'), 'ms'),
    billedMs: measured(figures.get('Billed Duration'), 'ms'),
    memorySizeMb: measured(figures.get('Memory Size'), 'MB'),
    maxMemoryMb: measured(figures.get('Max Memory Used'), 'MB'),
    initMs: measured(figures.get('Init Duration'), 'ms'),
    restoreMs: measured(figures.get('Restore Duration'), 'ms'),
    status: figures.get('Status') ?? null,
    errorType: figures.get('Error Type') ?? null,
  }
  const whole = report.durationMs !== null && report.billedMs !== null && report.memorySizeMb !== null
  return whole ? { requestId, report } : null
}

/** What INIT_REPORT tells: how long the init took, in which phase, and how it ended where it did not end well. */
export interface InitReport {
  readonly durationMs: number | null
  /** `invoke`: the environment was initialised again inside an invocation. */
  readonly phase: string | null
  readonly status: string | null
  readonly errorType: string | null
}

export function readInitReport(message: string): InitReport | null {
  if (message.length > longest || !message.startsWith('INIT_REPORT ')) return null
  const figures = figuresOf(message.slice('INIT_REPORT '.length))
  const durationMs = measured(figures.get('Init Duration'), 'ms')
  if (durationMs === null) return null
  return {
    durationMs,
    phase: figures.get('Phase') ?? null,
    status: figures.get('Status') ?? null,
    errorType: figures.get('Error Type') ?? null,
  }
}

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null)

/** The figures of the `record` of a platform.report, platform.initReport or platform.runtimeDone. */
export function readRecord(record: Readonly<Record<string, unknown>>): LambdaReport {
  const given = record['metrics']
  const metrics: Readonly<Record<string, unknown>> = typeof given === 'object' && given !== null ? { ...given } : {}
  return {
    durationMs: number(metrics['durationMs']),
    billedMs: number(metrics['billedDurationMs']),
    memorySizeMb: number(metrics['memorySizeMB']),
    maxMemoryMb: number(metrics['maxMemoryUsedMB']),
    initMs: number(metrics['initDurationMs']),
    restoreMs: number(metrics['restoreDurationMs']),
    status: text(record['status']),
    errorType: text(record['errorType']),
  }
}
