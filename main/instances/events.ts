import { DescribeEventsCommand, type Event } from '@aws-sdk/client-rds'
import type { InstanceKey, Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { listed, readAll } from '../aws/pages.ts'

/** RDS keeps events for 14 days, and shows the last hour where no time is asked for. */
const keptMinutes = 14 * 24 * 60

/** What happened to an instance, as RDS says it. */
export interface InstanceEvent {
  readonly at: Date
  /** For instance `RDS-EVENT-0087`; null where RDS gives none. */
  readonly id: string | null
  readonly message: string
}

/** An instance or cluster was stopped because somebody asked for it. */
const stopped: ReadonlySet<string | null> = new Set(['RDS-EVENT-0087', 'RDS-EVENT-0150'])
/** It was started, because somebody asked for it or by AWS itself. */
const started: ReadonlySet<string | null> = new Set(['RDS-EVENT-0088', 'RDS-EVENT-0151', 'RDS-EVENT-0153', 'RDS-EVENT-0154'])

/** The events of one instance or cluster in the last 14 days, newest first. Fails as AWS does. */
export async function eventsOf(aws: Pick<Aws, 'rds'>, key: InstanceKey, signal?: AbortSignal): Promise<InstanceEvent[]> {
  const place: Place = { profile: key.profile, region: key.region }
  const what = `list the events of ${key.identifier}`
  const events = await readAll<Event>(what, async (token) => {
    const answer = await aws.rds({ place, what, signal }, (client, options) =>
      client.send(
        new DescribeEventsCommand({
          SourceIdentifier: key.identifier,
          SourceType: key.kind === 'cluster' ? 'db-cluster' : 'db-instance',
          Duration: keptMinutes,
          MaxRecords: 100,
          Marker: token,
        }),
        options,
      ),
    )
    return { items: listed(answer.Events, what), next: answer.Marker }
  })
  return events
    .flatMap((event) => (event.Date === undefined ? [] : [{ at: event.Date, id: idOf(event), message: event.Message ?? '' }]))
    .sort((one, other) => other.at.getTime() - one.at.getTime())
}

/** The model of the API has no field for the id, but some answers carry it, in the text or beside it. */
function idOf(event: Event): string | null {
  const found = /RDS-EVENT-\d{4}/.exec(`${event.Message ?? ''} ${event.SourceArn ?? ''}`)?.[0]
  if (found !== undefined) return found
  const message = (event.Message ?? '').toLowerCase()
  for (const [pattern, id] of ids) if (pattern.test(message)) return id
  return null
}

/** The messages of the events that the console acts on, as Amazon RDS' list of event messages has them. */
const ids: readonly (readonly [RegExp, string])[] = [
  [/\b(db )?cluster (was )?stopped/, 'RDS-EVENT-0150'],
  [/cluster .*exceeding the maximum allowed time/, 'RDS-EVENT-0153'],
  [/exceeding the maximum allowed time/, 'RDS-EVENT-0154'],
  [/\b(db )?cluster (was )?started/, 'RDS-EVENT-0151'],
  [/\bdb instance (was )?stopped/, 'RDS-EVENT-0087'],
  [/\bdb instance (was )?started/, 'RDS-EVENT-0088'],
]

/** Since when it is stopped, by its events; null where they do not say: it is longer ago than 14 days, or the last thing told is a start. */
export function stoppedAt(events: readonly InstanceEvent[]): Date | null {
  const last = events.find(({ id }) => stopped.has(id) || started.has(id))
  return last !== undefined && stopped.has(last.id) ? last.at : null
}
