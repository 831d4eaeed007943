import { cancelRequest } from './cancel-request.ts'
import { DriverError } from './driver-error.ts'
import type { HeldClient } from './held-client.ts'
import type { TargetPools } from './pools.ts'

const graceMs = 3000

/**
 * Cancels what a client is doing and makes sure that it ended: where it has not after three seconds, or the server cannot
 * be asked, the connection is cut and its backend terminated. False where the server did not confirm the end.
 */
export async function interrupt(pools: TargetPools, held: HeldClient, running: Promise<unknown>): Promise<boolean> {
  held.spoiled = true
  // A reader that waits keeps the server from noticing the cancel.
  held.line.letGo()
  const ended = running.then(
    () => true,
    () => true,
  )
  const asked = askToCancel(pools, held)
  await Promise.race([asked, within(graceMs)])
  if (await Promise.race([ended, within(graceMs)])) {
    // A cancel that is still on its way would hit what comes next.
    await Promise.race([asked, within(graceMs)])
    return true
  }
  held.destroy()
  const backend = held.knownBackend
  return backend !== null && (await Promise.race([pools.terminate(backend).catch(() => false), within(graceMs)]))
}

function within(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, false)
  })
}

/** By pid and start of the backend; through a pooler, or where no connection is left for that, by the protocol's own request. */
async function askToCancel(pools: TargetPools, held: HeldClient): Promise<void> {
  const backend = held.knownBackend
  if (backend !== null && backend.pid === held.key?.processId) {
    const sent = await pools.cancel(backend).catch(() => null)
    if (sent !== null) return
  }
  if (held.key !== null) await cancelRequest(pools.target, held.key).catch(() => {})
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
  let interrupted: Promise<boolean> = Promise.resolve(true)
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
    if (cause === null) throw error
    throw (await interrupted) ? cause : unconfirmed(cause)
  } finally {
    clearTimeout(timer)
    limits.signal.removeEventListener('abort', abort)
    await interrupted
  }
}

/** Says that the statement may still be running. */
export function unconfirmed(cause: DriverError): DriverError {
  return new DriverError(cause.kind, `${cause.message} The server did not confirm that it stopped; look under Sessions.`)
}
