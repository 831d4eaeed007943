import type { ApiRequest, Tree } from '../api.ts'
import { between, keptSince, type ReadDeps } from './filter.ts'
import { chosenGroup, streamName, time, whole } from './names.ts'
import { pageOf } from './pages.ts'
import type { Position } from './tokens.ts'

/** GetLogEvents: one stream, in order whichever way it is read. At an end the token that was sent comes back, never none. */
export function getLogEvents({ groups, events, tokens, limits, now }: ReadDeps, { region, params }: ApiRequest): Tree {
  const group = groups.get(region, chosenGroup(params, region))
  const stream = groups.getStream(group, streamName(params))
  const start = time(params, 'startTime')
  const end = time(params, 'endTime')
  const limit = whole(params, 'limit', 1, limits.events) ?? limits.events
  const asked = [region, stream.id, start, end]
  const token = params.text('nextToken')
  const from = token === undefined ? null : tokens.readWay(asked, token)
  const descending = from === null ? params.flag('startFromHead') !== true : from.way === 'b'
  const earliest = Math.max(start ?? 0, keptSince(group, now()))
  // The end is not included here, other than in FilterLogEvents.
  const latest = end === undefined ? Number.MAX_SAFE_INTEGER : end - 1
  const range = between(descending, earliest, latest, from?.position ?? null)
  const page = pageOf(events, { of: { stream: stream.id }, ...range, now: now() }, { ...limits, events: limit }, () => true)
  const found = descending ? page.events.toReversed() : page.events
  const first = found[0]
  const last = found.at(-1)
  const sent = (way: 'f' | 'b') => (token !== undefined && from?.way === way ? token : undefined)
  // Where nothing was found, the way back begins with the event that the way here ended at.
  const here: Position = from?.position ?? { at: earliest, ingested: 0, seq: 0 }
  const back = (step: 1 | -1): Position => ({ ...here, seq: Math.max(0, here.seq + step) })
  return {
    events: found.map(({ at, message, ingested }) => ({ timestamp: at, message, ingestionTime: ingested })),
    nextForwardToken: (last === undefined ? sent('f') : undefined) ?? tokens.writeWay(asked, 'f', last ?? back(-1)),
    nextBackwardToken: (first === undefined ? sent('b') : undefined) ?? tokens.writeWay(asked, 'b', first ?? back(1)),
  }
}
