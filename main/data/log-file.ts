import { appendFileSync, renameSync, statSync } from 'node:fs'

/** Above this many bytes the log becomes `basepair.log.1`, in the place of the one before. */
const largest = 5 * 1024 * 1024

/**
 * Appends to the console's own log: each entry with its time, at once, readable by the user alone.
 * An entry that cannot be written is dropped, because there is nowhere left to say so.
 */
export function createLogFile(path: string): (entry: string) => void {
  return (entry) => {
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(path, `${path}.1`)
      appendFileSync(path, `${new Date().toISOString()} ${entry.replaceAll('\n', '\n  ')}\n`, { mode: 0o600 })
    } catch {
      // A full disk must not end the console.
    }
  }
}
