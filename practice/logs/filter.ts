import { type FilterPattern, PatternError, parseFilterPattern } from '../../cloudwatch/filter-pattern.ts'
import type { ApiRequest, Tree } from '../api.ts'
import type { Events, Range, StoredEvent } from './events.ts'
import type { Group, Groups, Stream } from './groups.ts'
import { chosenGroup, time, unfitList, whole } from './names.ts'
import { type PageLimits, pageOf } from './pages.ts'
import { invalid } from './refusals.ts'
import { beginning, eventId, type Position, type Tokens } from './tokens.ts'

export interface ReadDeps {
  readonly groups: Groups
  readonly events: Events
  readonly tokens: Tokens
  readonly limits: PageLimits
  readonly now: () => number
}

const dayMs = 24 * 60 * 60 * 1_000
const newestFirstSince = Date.UTC(2024, 0, 1)
const afterAll: Position = { at: Number.MAX_SAFE_INTEGER, ingested: 0, seq: 0 }

/** No event of the group from before it is there any more, whether it was removed already or not. */
export const keptSince = ({ retention }: Group, now: number): number => (retention === null ? 0 : Math.max(0, now - retention * dayMs))

/** FilterLogEvents. A page may be short or empty and still have a token: only without one there is no more. */
export function filterLogEvents({ groups, events, tokens, limits, now }: ReadDeps, { region, params }: ApiRequest): Tree {
  const group = groups.get(region, chosenGroup(params, region))
  const names = params.texts('logStreamNames')
  const prefix = params.text('logStreamNamePrefix')
  if (names.length > 0 && prefix !== undefined) throw invalid('logStreamNamePrefix and logStreamNames cannot both be specified')
  if (names.length > 100) throw unfitList('logStreamNames', 'less than or equal to 100')
  const start = time(params, 'startTime')
  const end = time(params, 'endTime')
  if (start !== undefined && end !== undefined && start > end) throw invalid('End time must not be before start time.')
  const limit = whole(params, 'limit', 1, limits.events) ?? limits.events
  const text = params.text('filterPattern') ?? ''
  const pattern = patternOf(text)
  const asked = [region, group.id, [...names].sort(), prefix, start, end, text]
  const token = params.text('nextToken')
  const from = token === undefined ? null : placeOf(tokens.read(asked, token), tokens)
  const descending = from?.descending ?? params.flag('startFromHead') === false
  if (descending && (start ?? 0) < newestFirstSince)
    throw invalid('startFromHead can only be false if startTime is on or after Jan 1, 2024 00:00:00 UTC.')

  const chosen = names.map((name) => groups.getStream(group, name))
  const nameOf = streamNames(groups, prefix, chosen)
  const earliest = Math.max(start ?? 0, keptSince(group, now()))
  const [only, ...others] = chosen
  const page = pageOf(
    events,
    {
      of: only !== undefined && others.length === 0 ? { stream: only.id } : { group: group.id },
      ...between(descending, earliest, end ?? Number.MAX_SAFE_INTEGER, from?.position ?? null),
      now: now(),
    },
    { ...limits, events: limit },
    (event) => nameOf(event) !== null && (pattern === null || pattern.matches(event.message)),
  )
  return {
    events: page.events.map((event) => ({
      logStreamName: nameOf(event) ?? '',
      timestamp: event.at,
      message: event.message,
      ingestionTime: event.ingested,
      eventId: eventId(event),
    })),
    searchedLogStreams: [],
    nextToken: page.next === null ? undefined : tokens.write(asked, `${descending ? 'b' : 'f'}${eventId(page.next)}`),
  }
}

/** Null finds everything. */
export function patternOf(text: string): FilterPattern | null {
  if (text === '') return null
  try {
    return parseFilterPattern(text)
  } catch (error) {
    if (error instanceof PatternError) throw invalid(error.message)
    throw error
  }
}

function placeOf(place: string, tokens: Tokens): { readonly descending: boolean; readonly position: Position } {
  return { descending: place.startsWith('b'), position: tokens.position(place.slice(1)) }
}

/** From `earliest` to `latest`, both included; from the position on where there is one. */
export function between(
  descending: boolean,
  earliest: number,
  latest: number,
  position: Position | null,
): Pick<Range, 'from' | 'to' | 'descending'> {
  if (descending) {
    const top = latest === Number.MAX_SAFE_INTEGER ? afterAll : { ...beginning, at: latest + 1 }
    return { from: position ?? top, to: earliest, descending }
  }
  const bottom = { at: earliest, ingested: -1, seq: -1 }
  return { from: position === null || position.at < earliest ? bottom : position, to: latest, descending }
}

/** The name of an event's stream; null where it is not asked for, or gone. Each stream is looked up once. */
function streamNames(groups: Groups, prefix: string | undefined, chosen: readonly Stream[]): (event: StoredEvent) => string | null {
  const known = new Map<number, string | null>(chosen.map(({ id, name }) => [id, name]))
  return ({ streamId }) => {
    const before = known.get(streamId)
    if (before !== undefined) return before
    const name = chosen.length > 0 ? null : groups.streamName(streamId)
    const wanted = name?.startsWith(prefix ?? '') === true ? name : null
    known.set(streamId, wanted)
    return wanted
  }
}
