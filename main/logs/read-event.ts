import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure } from '../../preload/contract/errors.ts'

/** An event as the SDK hands it on. It does not look at what stands in an answer, so nothing is sure of its types. */
export type ToldEvent = Readonly<Partial<Record<'eventId' | 'logStreamName' | 'timestamp' | 'ingestionTime' | 'message', unknown>>>

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** One event of an answer; `what` is for the sentence: `read the log group cruddur`. Fails with NOT_AWS where it is none of CloudWatch's. */
export function readEvent(told: ToldEvent, what: string): Omit<LogEvent, 'id'> & { readonly id: string | null } {
  const { eventId: id = null, logStreamName: stream = '', timestamp: at, ingestionTime: ingested = at, message = '' } = told
  const isOne = isTime(at) && isTime(ingested) && typeof stream === 'string' && typeof message === 'string'
  if (isOne && (id === null || typeof id === 'string')) return { id, stream, at, ingested, message }
  throw new Failure(
    'NOT_AWS',
    `Basepair could not ${what}: the answer holds an event that CloudWatch would not tell. Something else answers.`,
  )
}
