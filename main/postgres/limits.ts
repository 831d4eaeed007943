import { DriverError } from './driver-error.ts'
import type { HeldClient } from './held-client.ts'
import type { TargetPools } from './pools.ts'

const graceMs = 3000

/**
 * Cancels what a client is doing, by its backend, and makes sure that it ended: where it has not after three seconds,
 * or the server cannot be asked, the connection is cut and its backend terminated.
 */
export async function interrupt(pools: TargetPools, held: HeldClient, running: Promise<unknown>): Promise<void> {
  held.spoiled = true
  // A reader that waits keeps the server from noticing the cancel.
  held.line.letGo()
  const ended = running.then(
    () => true,
    () => true,
  )
  const late = new Promise<false>((resolve) => {
    setTimeout(resolve, graceMs, false).unref()
  })
  const backend = held.knownBackend
  const asked = backend === null ? Promise.resolve(false) : pools.cancel(backend).catch(() => false)
  await Promise.race([asked, late])
  if (backend !== null && (await Promise.race([ended, late]))) return
  held.destroy()
  if (backend !== null) await pools.terminate(backend).catch(() => false)
}

export interface TimeLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** What is limited, for the message. */
  readonly what: string
}

/** Cancels the work, which then fails with this error. */
export type Stop = (error: DriverError) => void

/**
 * Does work on a client until it ends, the time is over, or it is aborted; the last two cancel on the server.
 * A statement that was complete before the cancel reached it counts as done.
 */
export async function withinLimits<T>(
  pools: TargetPools,
  held: HeldClient,
  limits: TimeLimits,
  work: (stop: Stop) => Promise<T>,
): Promise<T> {
  limits.signal.throwIfAborted()
  let cause: DriverError | null = null
  let interrupted: Promise<void> = Promise.resolve()
  const { promise: running, resolve } = Promise.withResolvers<T>()
  const stop: Stop = (error) => {
    if (cause !== null) return
    cause = error
    interrupted = interrupt(pools, held, running)
  }
  resolve(work(stop))
  const abort = () => stop(new DriverError('cancelled', `${limits.what} was cancelled.`))
  const timer =
    limits.timeoutMs === 0
      ? undefined
      : setTimeout(
          () => stop(new DriverError('timeout', `${limits.what} was cancelled after ${limits.timeoutMs / 1000} s, its time limit.`)),
          limits.timeoutMs,
        )
  limits.signal.addEventListener('abort', abort, { once: true })
  try {
    return await running
  } catch (error) {
    throw cause ?? error
  } finally {
    clearTimeout(timer)
    limits.signal.removeEventListener('abort', abort)
    await interrupted
  }
}
