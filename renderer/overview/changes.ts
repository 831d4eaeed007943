import type { ActivityEntry } from '../../preload/contract/activity.ts'

/** Which entries may offer an undo: the newest reset of each environment, unless it was undone since. Entries come newest first. */
export function undoable(entries: readonly ActivityEntry[]): ReadonlySet<string> {
  const found = new Set<string>()
  const settled = new Set<string>()
  for (const { id, environment, action, result } of entries) {
    if (result !== 'done' || settled.has(environment)) continue
    if (/^undo/i.test(action)) settled.add(environment)
    if (!/^reset/i.test(action)) continue
    settled.add(environment)
    found.add(id)
  }
  return found
}
