import type { LogEvent } from '../../cloudwatch/event.ts'

/** Events of one stream as CloudWatch hands them on: one a millisecond, told a little later. */
export function eventsOf(messages: readonly string[], stream = '2026/11/21/[$LATEST]aa', from = 1_700_000_000_000): LogEvent[] {
  return messages.map((message, index) => ({
    id: String(from + index).padStart(20, '0'),
    stream,
    at: from + index,
    ingested: from + index + 500,
    message,
  }))
}

export const idOf = (number: number): string => `${number.toString(16).padStart(8, '0')}-1111-4222-8333-444455556666`

export const start = (id: string): string => `START RequestId: ${id} Version: $LATEST\n`
export const end = (id: string): string => `END RequestId: ${id}\n`
export const report = (id: string, more = ''): string =>
  `REPORT RequestId: ${id}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 47 MB\t${more}\n`

/** The lines of an invocation that ends well. */
export const run = (id: string, ...lines: readonly string[]): string[] => [start(id), ...lines, end(id), report(id)]

/** Lambda's own records in JSON mode. */
export const platform = (type: string, record: object): string =>
  `${JSON.stringify({ time: '2026-11-21T15:00:00.000Z', type: `platform.${type}`, record })}\n`
export const jsonStart = (requestId: string): string => platform('start', { requestId, version: '$LATEST' })
export const jsonDone = (requestId: string): string =>
  platform('runtimeDone', { requestId, status: 'success', metrics: { durationMs: 12.3 } })
export const jsonReport = (requestId: string, status = 'success'): string =>
  platform('report', {
    requestId,
    status,
    metrics: { durationMs: 12.34, billedDurationMs: 13, memorySizeMB: 128, maxMemoryUsedMB: 47 },
  })
export const jsonLine = (requestId: string, message: unknown, level = 'INFO'): string =>
  `${JSON.stringify({ timestamp: '2026-11-21T15:00:00.000Z', level, requestId, message })}\n`
