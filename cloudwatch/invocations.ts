import type { LogEvent } from './event.ts'
import { createGrouping } from './grouping.ts'
import type { Invocation } from './invocation.ts'

/** The invocations of the events, of one stream or several, by when they began. The events may come in any order. */
export function invocationsOf(events: readonly LogEvent[]): Invocation[] {
  const grouping = createGrouping()
  grouping.add(events)
  return [...grouping.invocations()]
}
