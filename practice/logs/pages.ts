import type { Events, Range, StoredEvent } from './events.ts'
import type { Position } from './tokens.ts'

/** What one request looks at, at most. AWS ends a page after 1 MB or 10,000 events, or when it has looked for long enough. */
export interface PageLimits {
  readonly events: number
  readonly bytes: number
  readonly scannedEvents: number
  readonly scannedBytes: number
}

export const usualLimits: PageLimits = { events: 10_000, bytes: 1_048_576, scannedEvents: 25_000, scannedBytes: 32_000_000 }

export interface Page {
  readonly events: readonly StoredEvent[]
  /** Where looking went on to; null where nothing is left beyond it. */
  readonly next: Position | null
}

/** The first events of the range that are wanted, until a limit is reached: it may be none, and yet more to come. */
export function pageOf(events: Events, range: Range, limits: PageLimits, wanted: (event: StoredEvent) => boolean): Page {
  const found: StoredEvent[] = []
  let bytes = 0
  let scanned = 0
  let scannedBytes = 0
  let last = range.from
  for (const event of events.range(range)) {
    const isFull = found.length >= limits.events || scanned >= limits.scannedEvents || scannedBytes >= limits.scannedBytes
    if (isFull) return { events: found, next: last }
    scanned += 1
    scannedBytes += event.bytes
    if (wanted(event)) {
      bytes += event.bytes
      if (bytes > limits.bytes && found.length > 0) return { events: found, next: last }
      found.push(event)
    }
    last = event
  }
  return { events: found, next: null }
}
