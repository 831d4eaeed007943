import type { LogEvent } from './event.ts'
import { lineOf } from './lambda-line.ts'
import { closerOf, type Marks } from './marks.ts'
import { newRegion, type Region } from './regions.ts'

/** Read once: every batch divides such a stream anew. */
const readIds = new WeakMap<LogEvent, string | null>()

function writtenId(event: LogEvent): string | null {
  if (event.message[0] !== '{') return null
  const known = readIds.get(event)
  if (known !== undefined) return known
  const line = lineOf(event)
  const id = line.json === undefined ? null : line.requestId
  readIds.set(event, id)
  return id
}

/**
 * The invocations of an environment that runs several at once, as Lambda's managed instances do: by the request ids that Lambda writes into
 * every record, which are JSON there. A line without one goes with the line before it.
 */
export function divideByRequestId(events: readonly LogEvent[], marks: Marks): Region[] {
  const byId = new Map<string, Region>()
  const regions: Region[] = []
  let last: Region | undefined
  const init: LogEvent[] = []
  const open = (requestId: string | null, from: number): Region => {
    const start = requestId === null ? undefined : marks.firstStart(requestId)
    const region = newRegion(start?.json === true ? start : null, from)
    region.requestId = requestId
    regions.push(region)
    return region
  }
  for (const [index, event] of events.entries()) {
    const mark = marks.of(event)
    const own = mark?.json === true ? mark : undefined
    if (own?.kind === 'init start' || own?.kind === 'init report') {
      init.push(event)
      continue
    }
    const requestId = own === undefined ? writtenId(event) : own.requestId
    if (requestId === null) {
      last ??= open(null, index)
      last.own.push(event)
      continue
    }
    let region = byId.get(requestId)
    if (region === undefined) {
      region = open(requestId, index)
      byId.set(requestId, region)
      if (region.start !== null) region.own.push(...init.splice(0))
    }
    const closer = own === undefined ? null : closerOf(own.kind)
    if (closer !== null) region.closedAt[closer] = region.own.length
    region.own.push(event)
    last = region
  }
  if (init.length > 0) open(null, events.length - 1).own.push(...init)
  return regions
}
