import type { EventEmitter } from 'node:events'

/**
 * The value now, and again after each `changed` of the emitter, until the signal ends it.
 * Changes that come while the consumer is busy are told once.
 */
export async function* watchLatest<T>(emitter: EventEmitter, read: () => T, signal: AbortSignal): AsyncGenerator<T, void> {
  let due = true
  let wake = () => {}
  const mark = () => {
    due = true
    wake()
  }
  emitter.on('changed', mark)
  signal.addEventListener('abort', mark)
  try {
    while (!signal.aborted) {
      if (due) {
        due = false
        yield read()
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    emitter.off('changed', mark)
    signal.removeEventListener('abort', mark)
  }
}
