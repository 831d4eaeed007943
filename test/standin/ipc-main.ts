import { EventEmitter } from 'node:events'

type Listener = (event: object, ...given: unknown[]) => unknown

class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Listener>()

  handle(channel: string, handler: Listener): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#handlers.set(channel, handler)
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** For the stand-in itself: what an `invoke` from a page gets. */
  async answer(channel: string, event: object, given: readonly unknown[]): Promise<{ value?: unknown; error?: string }> {
    const handler = this.#handlers.get(channel)
    if (!handler) return { error: `Error invoking remote method '${channel}': Error: No handler registered for '${channel}'` }
    try {
      return { value: await handler(event, ...given) }
    } catch (error) {
      return { error: `Error invoking remote method '${channel}': ${String(error)}` }
    }
  }
}

export const ipcMain = new IpcMain()
