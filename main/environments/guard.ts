import type { Environment, GuardState } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Caller } from './caller.ts'

const unlockedMs = 15 * 60_000

export interface GuardOptions {
  /** Whether guarded environments that are not practice may be unlocked at all: browser mode needs its flag for it. */
  readonly allowUnlock: boolean
  readonly now: () => number
  /** Called when an unlocked time begins or ends. */
  readonly changed: () => void
}

/** Keeps which window may change which guarded environment, and until when. Unlocked times live in memory only. */
export function createGuard(options: GuardOptions) {
  const unlocked = new Map<string, { until: number; timer: NodeJS.Timeout }>()
  const key = (caller: Caller, id: string) => `${id}\n${caller.window}`

  const end = (name: string) => {
    const entry = unlocked.get(name)
    if (entry === undefined) return
    clearTimeout(entry.timer)
    unlocked.delete(name)
    options.changed()
  }

  const refusal = (environment: Environment): string | null =>
    environment.guard === 'open' || options.allowUnlock || environment.origin === 'practice'
      ? null
      : `In browser mode ${environment.label} stays read-only. Start Basepair with --allow-prod-changes to unlock it here.`

  const until = (caller: Caller, id: string): number | null => {
    const entry = unlocked.get(key(caller, id))
    return entry !== undefined && entry.until > options.now() ? entry.until : null
  }

  const state = (caller: Caller, environment: Environment): GuardState => {
    const time = environment.guard === 'open' ? null : until(caller, environment.id)
    return {
      guard: environment.guard,
      unlockedUntil: time === null ? null : new Date(time).toISOString(),
      refusal: refusal(environment),
    }
  }

  return {
    state,
    isLocked: (caller: Caller, environment: Environment) => environment.guard === 'guarded' && until(caller, environment.id) === null,
    /** Opens the environment to one window for fifteen minutes. Fails with LOCKED where this console may not. */
    unlock(caller: Caller, environment: Environment): GuardState {
      const reason = refusal(environment)
      if (reason !== null) throw new Failure('LOCKED', reason)
      if (environment.guard === 'guarded') {
        const name = key(caller, environment.id)
        end(name)
        const timer = setTimeout(() => end(name), unlockedMs)
        timer.unref()
        unlocked.set(name, { until: options.now() + unlockedMs, timer })
        options.changed()
      }
      return state(caller, environment)
    },
    lock(caller: Caller, environment: Environment): GuardState {
      end(key(caller, environment.id))
      return state(caller, environment)
    },
    close() {
      for (const name of [...unlocked.keys()]) end(name)
    },
  }
}
