import { Failure } from '../../preload/contract/errors.ts'
import type { Caller } from './caller.ts'
import type { Environments } from './environments.ts'

/** A change about to be made, for the activity log. No secrets. */
export interface Intent {
  readonly environment: string
  readonly target: string
  readonly action: string
  readonly detail?: string | undefined
  readonly before?: string | undefined
}

/** An intent that stands in the log on disk and waits for its outcome. */
export interface OpenRecord {
  readonly id: string
  done(after?: string): Promise<void>
  failed(message: string): Promise<void>
  cancelled(message?: string): Promise<void>
}

/** The log as the features need it: the intent is on disk when `open` returns. */
export interface Recorder {
  open(intent: Intent): Promise<OpenRecord>
}

/** Fails with UNCONFIRMED unless exactly `name` was typed. */
export function requireTyped(name: string, typed: string | null): void {
  if (typed !== name) throw new Failure('UNCONFIRMED', `Nothing was done: type ${name} exactly to confirm.`)
}

/**
 * Makes one change: checks the guard (`call` is null where Basepair acts by itself, as it was allowed to when that was chosen), writes the intent to the activity log, does the work, writes the outcome.
 * What `work` throws is thrown on, after it was written down.
 */
export async function makeChange<T>(
  deps: { readonly environments: Pick<Environments, 'allowChange'>; readonly recorder: Recorder },
  call: Caller | null,
  intent: Intent,
  work: () => Promise<{ readonly value: T; readonly after?: string }>,
): Promise<T> {
  if (call !== null) deps.environments.allowChange(call, intent.environment)
  const record = await deps.recorder.open(intent)
  try {
    const { value, after } = await work()
    await record.done(after)
    return value
  } catch (error) {
    if (error instanceof Failure && error.code === 'CANCELLED') await record.cancelled(error.message)
    else await record.failed(error instanceof Error ? error.message : String(error))
    throw error
  }
}
