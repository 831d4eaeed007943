import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { type Look, look } from './look.ts'

/** An instance that somebody looks at, with what AWS said of it last. */
export interface Subject {
  readonly key: InstanceKey
  look: Look | null
  /** Why the last time AWS was asked brought nothing; `look` keeps what was known. */
  failure: Failure | null
  asked: number
  watchers: number
}

export interface SubjectsDeps {
  readonly aws: Aws
  /** Called after something is known anew. */
  changed(): void
  readonly closing: AbortSignal
}

const everyMs = 30_000

/** Keeps what AWS says of the instances that are looked at, and asks again every 30 s while one is watched. */
export function createSubjects({ aws, changed, closing }: SubjectsDeps) {
  const all = new Map<string, Subject & { asking: Promise<Subject> | null; timer: NodeJS.Timeout | undefined }>()

  const of = (key: InstanceKey) => {
    const name = JSON.stringify([key.profile, key.region, key.kind, key.identifier])
    const known = all.get(name) ?? { key, look: null, failure: null, asked: 0, watchers: 0, asking: null, timer: undefined }
    all.set(name, known)
    return known
  }

  async function ask(key: InstanceKey, background: boolean): Promise<Subject> {
    const subject = of(key)
    try {
      subject.look = await look(aws, key, { signal: closing, background })
      subject.failure = null
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      subject.failure = error
      if (error.code === 'GONE') subject.look = null
    }
    subject.asked = Date.now()
    changed()
    return subject
  }

  /** Asks AWS, unless it was asked less than so many milliseconds ago. Never fails: the failure is part of what is known. */
  async function refresh(key: InstanceKey, { maxAgeMs = 0, background = false, anew = false } = {}): Promise<Subject> {
    const subject = of(key)
    // An answer that was asked for before a change may not hold it.
    if (subject.asking !== null && anew) await subject.asking
    if (subject.asking !== null) return subject.asking
    if (subject.asked > 0 && Date.now() - subject.asked < maxAgeMs) return subject
    subject.asking = ask(key, background).finally(() => {
      subject.asking = null
    })
    return subject.asking
  }

  function plan(key: InstanceKey): void {
    const subject = of(key)
    clearTimeout(subject.timer)
    if (subject.watchers === 0 || closing.aborted) return
    // Several windows and consoles are not to ask at the same moment for ever.
    subject.timer = setTimeout(
      () => void refresh(key, { background: true }).finally(() => plan(key)),
      everyMs * (0.9 + Math.random() * 0.2),
    )
    subject.timer.unref()
  }

  return {
    of: (key: InstanceKey): Subject => of(key),
    refresh,
    /** Keeps asking until the returned function is called. */
    watch(key: InstanceKey): () => void {
      const subject = of(key)
      subject.watchers += 1
      plan(key)
      return () => {
        subject.watchers -= 1
        plan(key)
      }
    },
    /** The instances that somebody watches now. */
    watched: (): readonly InstanceKey[] => [...all.values()].filter(({ watchers }) => watchers > 0).map(({ key }) => key),
  }
}
