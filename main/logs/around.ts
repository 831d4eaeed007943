import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Aws } from '../aws/aws.ts'
import { listed } from '../aws/pages.ts'
import type { Source } from './hub.ts'
import { readEvent } from './read-event.ts'

/** A stream's pages may be empty before its end; so many in a row are followed. */
const mostPages = 20

export interface Around {
  readonly stream: string
  readonly at: number
  /** On each side. */
  readonly count: number
}

interface Side {
  readonly events: LogEvent[]
  readonly more: boolean
}

/** The lines of one stream before and after a time; what happened at that time is counted as after it. Fails as AWS does. */
export async function readAround(aws: Pick<Aws, 'logs'>, source: Source, around: Around, signal: AbortSignal) {
  const [before, after] = await Promise.all([
    readSide(aws, source, around, 'before', signal),
    readSide(aws, source, around, 'after', signal),
  ])
  return { events: [...before.events, ...after.events], moreBefore: before.more, moreAfter: after.more }
}

async function readSide(
  aws: Pick<Aws, 'logs'>,
  { place, group }: Source,
  { stream, at, count }: Around,
  side: 'before' | 'after',
  signal: AbortSignal,
): Promise<Side> {
  const what = `read the log stream ${stream} of ${group}`
  const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
  const forwards = side === 'after'
  let events: LogEvent[] = []
  let token: string | undefined
  for (let pages = 0; pages < mostPages && events.length <= count; pages++) {
    const command = new GetLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      // The end is exclusive here, unlike in FilterLogEvents.
      ...(forwards ? { startTime: at } : { endTime: at }),
      startFromHead: forwards,
      limit: Math.min(10_000, count + 1),
      ...(token === undefined ? {} : { nextToken: token }),
    })
    const answer = await aws.logs({ place, what, signal }, (client, options) => client.send(command, options))
    const page = listed(answer.events, what)
      .map((one, index) => {
        const event = readEvent(one, what)
        // GetLogEvents tells no ids, and one stream alone.
        return { ...event, stream, id: `around-${event.at}-${side}-${pages}-${index}` }
      })
      .filter((one) => (forwards ? one.at >= at : one.at < at))
    events = forwards ? [...events, ...page] : [...page, ...events]
    const next = forwards ? answer.nextForwardToken : answer.nextBackwardToken
    // The end is where the token stays the same; there is always one.
    if (next === undefined || next === token) break
    token = next
  }
  const more = events.length > count
  return { events: forwards ? events.slice(0, count) : events.slice(-count), more }
}
