import { setTimeout as pause } from 'node:timers/promises'
import type { EmbeddedServer } from './server.ts'

/** A server that keeps dying is left alone after so many restarts within the time. */
const limits = { restarts: 5, withinMs: 60_000 } as const

/**
 * Starts the server again whenever it ends without being told to. Returns at once; the watch ends with `server.stop()`.
 * `report` gets a sentence for the user about each such end.
 */
export function keepRunning(server: EmbeddedServer, name: string, report: (text: string) => void): void {
  const watch = async (): Promise<void> => {
    let recent: number[] = []
    for (;;) {
      if ((await server.exited).expected) return
      recent = [...recent.filter((at) => Date.now() - at < limits.withinMs), Date.now()]
      if (recent.length > limits.restarts) {
        report(`The embedded server ${name} keeps ending, and was left stopped. Its log is in ${server.folder}.`)
        return
      }
      await pause((recent.length - 1) * 500)
      if (!(await server.revive())) return
      report(`The embedded server ${name} had ended unexpectedly, and was started again.`)
    }
  }
  watch().catch((error: unknown) => {
    report(`The embedded server ${name} ended and could not be started again: ${error instanceof Error ? error.message : String(error)}`)
  })
}
