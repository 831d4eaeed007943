import type { LogEvent } from '../../cloudwatch/event.ts'
import type { FollowState } from '../../preload/contract/logs.ts'
import type { Followed } from './hub.ts'

/** More events or characters than these wait for nobody: what was dropped is read again once its reader is back. */
const mostWaiting = { events: 50_000, characters: 32_000_000 }

/** What waits for one who follows. However slow he is, it is one window, the events after it, and the latest state. */
export function createLine() {
  let window: { readonly from: number; readonly events: readonly LogEvent[] } | null = null
  let events: LogEvent[] = []
  let characters = 0
  let state: FollowState | null = null
  let arrived = Promise.withResolvers<void>()
  let dropped = false
  /** Up to here its reader has everything. */
  let completeUpTo: number | null = null

  return {
    putWindow(from: number, all: readonly LogEvent[]): void {
      window = { from, events: all }
      events = []
      characters = 0
      completeUpTo ??= from
      arrived.resolve()
    },
    putEvents(more: readonly LogEvent[]): void {
      if (dropped || more.length === 0) return
      for (const one of more) {
        events.push(one)
        characters += one.message.length
      }
      if ((events.length > mostWaiting.events || characters > mostWaiting.characters) && completeUpTo !== null) {
        dropped = true
        window = null
        events = []
        characters = 0
      }
      arrived.resolve()
    },
    putState(next: FollowState): void {
      state = next
      arrived.resolve()
    },
    /** From where on its reader needs everything again; null where nothing was dropped. From then on it takes events again. */
    takeDropped(): number | null {
      if (!dropped || completeUpTo === null) return null
      dropped = false
      return completeUpTo
    },
    /** It could not be read again yet. */
    dropAgain(): void {
      dropped = true
      events = []
      characters = 0
    },
    take(): Followed | null {
      if (window !== null) {
        const item = { type: 'window', ...window } as const
        window = null
        return item
      }
      if (events.length > 0) {
        const item = { type: 'events', events } as const
        events = []
        characters = 0
        return item
      }
      if (state === null || dropped) return null
      const item = { type: 'state', state } as const
      state = null
      completeUpTo = item.state.completeUpTo ?? completeUpTo
      return item
    },
    async waitForMore(signal: AbortSignal): Promise<void> {
      const end = () => arrived.resolve()
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
      await arrived.promise
      signal.removeEventListener('abort', end)
      arrived = Promise.withResolvers()
    },
  }
}
export type Line = ReturnType<typeof createLine>
