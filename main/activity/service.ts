import { EventEmitter, on } from 'node:events'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import type { Call } from '../environments/caller.ts'
import type { Intent, OpenRecord, Recorder } from '../environments/changes.ts'
import { type ActivityFile, openActivityFile } from './activity-file.ts'

export interface ActivityDeps {
  readonly path: string
  /** Operating-system user that runs the console. */
  readonly who: string
  readonly now?: () => Date
}

/** The log of changes: each is on disk before it is made, and closed with its outcome. */
export async function createActivityService(deps: ActivityDeps) {
  const now = deps.now ?? (() => new Date())
  const file: ActivityFile = await openActivityFile(deps.path)
  const emitter = new EventEmitter().setMaxListeners(0)
  const told = (entry: ActivityEntry) => emitter.emit('entry', entry)

  const open = async (intent: Intent): Promise<OpenRecord> => {
    const started = performance.now()
    const entry = await file.intend({
      at: now().toISOString(),
      who: deps.who,
      environment: intent.environment,
      target: intent.target,
      action: intent.action,
      detail: intent.detail ?? null,
      before: intent.before ?? null,
    })
    told(entry)
    const close = async (result: 'done' | 'failed' | 'cancelled', after: string | null, message: string | null) => {
      told(await file.conclude(entry.id, { result, after, message, ms: Math.round(performance.now() - started) }))
    }
    return {
      id: entry.id,
      done: (after) => close('done', after ?? null, null),
      failed: (message) => close('failed', null, message),
      cancelled: (message) => close('cancelled', null, message ?? null),
    }
  }

  const matches = (entry: ActivityEntry, search: string) =>
    [entry.action, entry.target, entry.detail, entry.before, entry.after, entry.message, entry.result].some((text) =>
      text?.toLowerCase().includes(search),
    )

  const recorder: Recorder = { open }
  return {
    recorder,
    service: {
      async list(input: { environment?: string | undefined; search?: string | undefined; limit: number }) {
        const search = input.search?.toLowerCase() ?? ''
        const entries = file
          .entries()
          .filter((entry) => (input.environment === undefined || entry.environment === input.environment) && matches(entry, search))
        return { entries: entries.slice(-input.limit).reverse(), path: deps.path, sound: file.sound() }
      },
      async *watch(_input: unknown, call: Call): AsyncGenerator<ActivityEntry, void> {
        try {
          for await (const [entry] of on(emitter, 'entry', { signal: call.signal })) yield entry as ActivityEntry // the only thing emitted
        } catch (error) {
          if (!call.signal.aborted) throw error
        }
      },
    },
    close: () => file.close(),
  }
}
