import type { ApiRequest, Tree } from '../api.ts'
import type { Events, NewEvent } from './events.ts'
import type { Groups } from './groups.ts'
import { groupName, streamName, unfitList } from './names.ts'
import { invalid, unfit } from './refusals.ts'

/** The bounds of a batch, from the reference of PutLogEvents; each event counts 26 bytes more than its message. */
const most = { events: 10_000, bytes: 1_048_576, eventBytes: 1_048_576, extra: 26 } as const
const hourMs = 60 * 60 * 1_000
const dayMs = 24 * hourMs

export interface PutDeps {
  readonly groups: Groups
  readonly events: Events
  readonly now: () => number
  /** How long after its time CloudWatch takes a batch in, and shows it. */
  readonly lateMs: () => number
}

/** PutLogEvents. Events that are too new or too old are left out and told; any other fault refuses the batch. */
export function putLogEvents({ groups, events, now, lateMs }: PutDeps, { region, params }: ApiRequest): Tree {
  const group = groups.get(region, groupName(params))
  const stream = groups.getStream(group, streamName(params))
  const given = params.groups('logEvents').map((one) => ({ at: one.whole('timestamp'), message: one.text('message') }))
  if (given.length < 1) throw unfitList('logEvents', 'greater than or equal to 1')
  if (given.length > most.events) throw unfitList('logEvents', `less than or equal to ${most.events}`)

  const ingested = now() + lateMs()
  const batch: NewEvent[] = []
  let size = 0
  for (const [index, { at, message }] of given.entries()) {
    if (at === undefined || at < 0)
      throw unfit(at ?? null, `logEvents.${index + 1}.member.timestamp`, 'have value greater than or equal to 0')
    if (message === undefined || message === '')
      throw unfit(message ?? null, `logEvents.${index + 1}.member.message`, 'have length greater than or equal to 1')
    const bytes = Buffer.byteLength(message)
    if (bytes > most.eventBytes - most.extra)
      throw invalid(`Log event too large: ${bytes + most.extra} bytes exceeds limit of ${most.eventBytes}`)
    size += bytes + most.extra
    if (at < (batch.at(-1)?.at ?? 0)) throw invalid('Log events in a single PutLogEvents request must be in chronological order.')
    batch.push({ at, ingested, message })
  }
  if (size > most.bytes) throw invalid(`Upload too large: ${size} bytes exceeds limit of ${most.bytes}`)

  // In order of time, so that each fault stands at one end of the batch.
  const tooOld = batch.filter(({ at }) => at < now() - 14 * dayMs).length
  const expired = group.retention === null ? 0 : batch.filter(({ at }) => at < now() - (group.retention ?? 0) * dayMs).length
  const tooNew = batch.findIndex(({ at }) => at > now() + 2 * hourMs)
  const valid = batch.slice(Math.max(tooOld, expired), tooNew === -1 ? undefined : tooNew)
  if ((valid.at(-1)?.at ?? 0) - (valid[0]?.at ?? 0) > dayMs)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
  events.write(group, stream, valid)
  const rejected = {
    tooOldLogEventEndIndex: tooOld > 0 ? tooOld : undefined,
    expiredLogEventEndIndex: expired > 0 ? expired : undefined,
    tooNewLogEventStartIndex: tooNew === -1 ? undefined : tooNew,
  }
  const isWhole = valid.length === batch.length
  return { nextSequenceToken: String(ingested).padStart(56, '4'), rejectedLogEventsInfo: isWhole ? undefined : rejected }
}
