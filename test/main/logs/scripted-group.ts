import type { LogEvent } from '../../../cloudwatch/event.ts'
import { type AwsAnswer, type AwsEndpoint, jsonAnswer, jsonFault } from '../../support/aws-endpoint.ts'

interface Page {
  readonly startTime?: number
  readonly endTime?: number
  readonly nextToken?: string
  readonly startFromHead?: boolean
}

/** Answers FilterLogEvents of one group from a list of events, as CloudWatch would; tests change the list and the manner. */
export function scriptGroup(endpoint: AwsEndpoint) {
  const events: LogEvent[] = []
  const manner = { pageSize: 10_000, emptyFirst: 0, missing: false, knowsNewestFirst: true, loops: false, behindMs: 0 }
  const parse = (body: string): Page => JSON.parse(body) as Page
  /** The test's machine may be ahead of AWS. */
  const dated = (one: AwsAnswer): AwsAnswer => {
    const date = new Date(Date.now() - manner.behindMs).toUTCString()
    return manner.behindMs === 0 ? one : { ...one, headers: { ...one.headers, date } }
  }
  const answer = (request: { readonly body: string }): AwsAnswer => dated(found(request))
  const found = ({ body }: { readonly body: string }): AwsAnswer => {
    if (manner.missing) return jsonFault('ResourceNotFoundException', 'The specified log group does not exist.')
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken, startFromHead = true } = parse(body)
    const sorted = events
      .filter(({ at }) => at >= startTime && at <= endTime)
      .sort((one, other) => one.at - other.at || one.ingested - other.ingested || (one.id < other.id ? -1 : 1))
    if (!startFromHead && manner.knowsNewestFirst) sorted.reverse()
    const [empties = 0, begin = 0] = (nextToken ?? '0/0').split('/').map(Number)
    if (empties < manner.emptyFirst) return jsonAnswer({ events: [], searchedLogStreams: [], nextToken: `${empties + 1}/0` })
    const end = begin + manner.pageSize
    return jsonAnswer({
      events: sorted.slice(begin, end).map(({ id, stream, at, ingested, message }) => ({
        eventId: id,
        logStreamName: stream,
        timestamp: at,
        ingestionTime: ingested,
        message,
      })),
      searchedLogStreams: [],
      ...(manner.loops ? { nextToken: nextToken ?? `${empties}/0` } : end < sorted.length ? { nextToken: `${empties}/${end}` } : {}),
    })
  }
  endpoint.answer('logs', 'FilterLogEvents', answer)
  let made = 0
  return {
    answer,
    manner,
    events,
    put(at: number, message = `line ${made}`, lateMs = 500): LogEvent {
      const event = { id: String(++made).padStart(12, '0'), stream: '2026/11/21/[$LATEST]0123', at, ingested: at + lateMs, message }
      events.push(event)
      return event
    },
    looks: () => endpoint.asked('FilterLogEvents').length,
  }
}
