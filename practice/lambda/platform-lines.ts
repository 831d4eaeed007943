import { postConfirmation, runtimes } from './function.ts'

type Format = 'text' | 'json'
type RuntimeName = keyof typeof runtimes

export interface Report {
  readonly requestId: string
  readonly durationMs: number
  readonly maxMemoryMb: number
  /** Null where the environment was warm. */
  readonly initMs: number | null
  readonly status: 'success' | 'error' | 'timeout'
  readonly errorType: string | null
}

/** What Lambda itself writes. Null where the format has no such line at the levels that a new function has. */
export interface PlatformLines {
  initStart(at: number): string
  /** After a start that failed. */
  initReport(at: number, ms: number, phase: 'init' | 'invoke', errorType: string): string
  start(at: number, requestId: string): string
  /** As text it is what Cognito tells too. */
  timedOut(at: number, requestId: string): string | null
  end(requestId: string): string | null
  report(at: number, report: Report): string
}

const version = '$LATEST'
const milliseconds = (value: number): string => `${value.toFixed(2)} ms`
const figure = (value: number): number => Number(value.toFixed(3))
/** Since August 2025 the start is billed too. */
const billed = ({ durationMs, initMs }: Report): number => Math.ceil(durationMs + (initMs ?? 0))

/** `2026-11-21T10:00:00.000Z 4f0c… Task timed out after 3.00 seconds`. */
export const timeOutSentence = (at: number, requestId: string, seconds: number): string =>
  `${new Date(at).toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`

export function platformLines(format: Format, runtimeName: RuntimeName, timeoutSeconds: number): PlatformLines {
  const runtime = runtimes[runtimeName]
  return format === 'text' ? textLines(runtime, timeoutSeconds) : jsonLines(runtime)
}

type Runtime = (typeof runtimes)[RuntimeName]

/** Each ends with a line break, as CloudWatch gives it back. */
function textLines(runtime: Runtime, timeoutSeconds: number): PlatformLines {
  return {
    initStart: () => `INIT_START Runtime Version: ${runtime.version}\tRuntime Version ARN: ${runtime.versionArn}\n`,
    initReport: (_at, ms, phase, errorType) =>
      `INIT_REPORT Init Duration: ${milliseconds(ms)}\tPhase: ${phase}\tStatus: error\tError Type: ${errorType}\n`,
    start: (_at, requestId) => `START RequestId: ${requestId} Version: ${version}\n`,
    timedOut: (at, requestId) => `${timeOutSentence(at, requestId, timeoutSeconds)}\n\n`,
    end: (requestId) => `END RequestId: ${requestId}\n`,
    report(_at, report) {
      const { requestId, durationMs, maxMemoryMb, initMs, status, errorType } = report
      const parts = [
        `REPORT RequestId: ${requestId}`,
        `Duration: ${milliseconds(durationMs)}`,
        `Billed Duration: ${billed(report)} ms`,
        `Memory Size: ${postConfirmation.memoryMb} MB`,
        `Max Memory Used: ${maxMemoryMb} MB`,
        ...(initMs === null ? [] : [`Init Duration: ${milliseconds(initMs)}`]),
        ...(status === 'success' ? [] : [`Status: ${status}`]),
        ...(errorType === null ? [] : [`Error Type: ${errorType}`]),
      ]
      return `${parts.join('\t')}\t\n`
    },
  }
}

/** The events that reach CloudWatch at the level INFO. */
function jsonLines(runtime: Runtime): PlatformLines {
  const event = (at: number, type: string, record: object): string =>
    `${JSON.stringify({ time: new Date(at).toISOString(), type: `platform.${type}`, record })}\n`
  return {
    initStart: (at) =>
      event(at, 'initStart', {
        initializationType: 'on-demand',
        phase: 'init',
        runtimeVersion: runtime.version,
        runtimeVersionArn: runtime.versionArn,
        functionName: postConfirmation.name,
        functionVersion: version,
      }),
    initReport: (at, ms, phase, errorType) =>
      event(at, 'initReport', {
        initializationType: 'on-demand',
        phase,
        status: 'error',
        errorType,
        metrics: { durationMs: figure(ms) },
      }),
    start: (at, requestId) => event(at, 'start', { requestId, version }),
    timedOut: () => null,
    end: () => null,
    report(at, report) {
      const { requestId, durationMs, maxMemoryMb, initMs, status, errorType } = report
      return event(at, 'report', {
        requestId,
        metrics: {
          durationMs: figure(durationMs),
          billedDurationMs: billed(report),
          memorySizeMB: postConfirmation.memoryMb,
          maxMemoryUsedMB: maxMemoryMb,
          ...(initMs === null ? {} : { initDurationMs: figure(initMs) }),
        },
        status,
        ...(errorType === null ? {} : { errorType }),
      })
    },
  }
}
