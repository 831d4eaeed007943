import type { MyAddress } from '../../preload/contract/access.ts'
import type { PublicAddress } from './address.ts'
import { askSources } from './ask-sources.ts'

const unknownAgeMs = 15_000

interface Kept {
  value: MyAddress
  /** The last one that was known, though it may not be any more. */
  last: PublicAddress | null
  askedAt: number
  isOutdated: boolean
  asking: Promise<MyAddress> | null
}

export interface MyAddressOptions {
  sourcesOf(profile: string): readonly string[]
  /** Called after what is known of a profile's way out has changed. */
  changed(profile: string, before: PublicAddress | null, now: PublicAddress | null): void
  readonly signal: AbortSignal
}

/** Keeps what this machine's public address is. Of each profile, because the practice cloud sees this machine elsewhere than Amazon does. */
export function createMyAddress({ sourcesOf, changed, signal }: MyAddressOptions) {
  const kept = new Map<string, Kept>()

  const of = (profile: string): Kept => {
    const known = kept.get(profile) ?? { value: { state: 'looking' }, last: null, askedAt: 0, isOutdated: true, asking: null }
    kept.set(profile, known)
    return known
  }

  async function ask(profile: string, entry: Kept): Promise<MyAddress> {
    const answer = await askSources(sourcesOf(profile), signal)
    const at = new Date().toISOString()
    const before = entry.value
    const last = entry.last
    entry.askedAt = Date.now()
    if ('problem' in answer) {
      const since = before.state === 'unknown' ? before.since : at
      entry.value = { state: 'unknown', problem: { code: 'UNREACHABLE', message: answer.problem }, since }
    } else {
      const { agreed, sources } = answer
      const same = last?.address === agreed.address && before.state === 'known'
      entry.last = agreed
      entry.value = {
        state: 'known',
        ...agreed,
        sources: [...sources],
        since: same ? before.since : at,
        before: same ? before.before : last !== null && last.address !== agreed.address ? last.address : null,
      }
    }
    if (JSON.stringify(before) !== JSON.stringify(entry.value)) changed(profile, last, addressOf(entry.value))
    return entry.value
  }

  return {
    /** As known now. */
    now: (profile: string): MyAddress => of(profile).value,
    /** Asks the services, unless they were asked less than so many milliseconds ago: of an address that is not known, a quarter of a minute. */
    async look(profile: string, maxAgeMs = 0): Promise<MyAddress> {
      const entry = of(profile)
      if (entry.asking !== null && !entry.isOutdated) return entry.asking
      // What is being asked now may still come from the network before.
      if (entry.asking !== null) await entry.asking
      if (entry.asking !== null) return entry.asking
      const most = entry.value.state === 'known' ? maxAgeMs : Math.min(maxAgeMs, unknownAgeMs)
      if (!entry.isOutdated && Date.now() - entry.askedAt < most) return entry.value
      entry.isOutdated = false
      entry.asking = ask(profile, entry).finally(() => {
        entry.asking = null
      })
      return entry.asking
    },
    /** Nothing that was said so far counts: the network may be another. */
    outdate(): void {
      for (const entry of kept.values()) entry.isOutdated = true
    },
  }
}
export type MyAddresses = ReturnType<typeof createMyAddress>

/** The address where it is known. */
export const addressOf = (mine: MyAddress): PublicAddress | null =>
  mine.state === 'known' ? { address: mine.address, family: mine.family } : null
