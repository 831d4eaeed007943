import type { LogEvent } from '../../../cloudwatch/event.ts'

/** When the runs of these tests begin: 20 November 2026, 10:00 UTC. */
export const morning = Date.UTC(2026, 10, 20, 10, 0)

export interface RunOptions {
  readonly stream?: string
  /** What the handler prints, in order; `event` stands for Cognito's event. */
  readonly prints?: readonly string[]
  readonly durationMs?: number
  readonly initMs?: number
  /** Leaves out END and REPORT, as of a run under way. */
  readonly open?: boolean
}

let count = 0

/** Cognito's event as the function of the journals prints it. */
export const cognitoEvent = (who: string, trigger = 'PostConfirmation_ConfirmSignUp'): string =>
  `{'version': '1', 'userName': 'sub-of-${who}', 'triggerSource': '${trigger}', 'request': {'userAttributes': {'sub': 'sub-of-${who}', 'email': '${who}@example.com', 'name': '${who}', 'preferred_username': '${who}'}}, 'response': {}}`

/** The lines of one run as Lambda writes them, `at` milliseconds after the morning began. */
export function linesOfRun(
  at: number,
  id: string,
  { stream = 's1', prints = [], durationMs = 200, initMs, open = false }: RunOptions = {},
): LogEvent[] {
  const line = (ms: number, message: string): LogEvent => {
    count += 1
    return { id: String(count).padStart(8, '0'), stream, at: morning + at + ms, ingested: morning + at + ms + 2_000, message }
  }
  const end = [
    line(durationMs, `END RequestId: ${id}\n`),
    line(
      durationMs,
      `REPORT RequestId: ${id}\tDuration: ${durationMs}.00 ms\tBilled Duration: ${durationMs} ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t${initMs === undefined ? '' : `Init Duration: ${initMs}.00 ms\t`}\n`,
    ),
  ]
  return [line(0, `START RequestId: ${id} Version: $LATEST\n`), ...prints.map((text, index) => line(index + 1, text)), ...(open ? [] : end)]
}
