import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Clock } from '../data/clock.ts'
import { createFollower, type Follower } from './follower.ts'
import { readHistory } from './history.ts'
import type { LogHub } from './hub.ts'

/** A follower that nobody follows any more is kept so long, so that a page that comes back finds it. */
const lingerMs = 60_000

export interface HubDeps {
  readonly aws: Pick<Aws, 'logs' | 'clockAheadMs'>
  readonly clock: Clock
  readonly log: (text: string) => void
}

export function createHub(deps: HubDeps): LogHub {
  const followers = new Map<string, Follower>()
  const placeKey = ({ profile, region }: Place) => JSON.stringify([profile, region])
  const companyOf = (place: Place): number =>
    [...followers.values()].filter((one) => !one.isIdle && placeKey(one.place) === placeKey(place)).length
  const liveUse = { ms: 0 }
  const lingering = new Map<string, () => void>()
  let closed = false

  const forgetLater = (key: string, follower: Follower) => {
    if (!follower.isIdle || closed) return
    lingering.get(key)?.()
    lingering.set(
      key,
      deps.clock.after(lingerMs, () => {
        lingering.delete(key)
        if (!follower.isIdle || followers.get(key) !== follower) return
        followers.delete(key)
        void follower.close()
      }),
    )
  }

  return {
    async *follow(source, options) {
      if (closed) return
      const key = JSON.stringify([source.place.profile, source.place.region, source.group])
      const follower = followers.get(key) ?? createFollower({ ...deps, liveUse, company: () => companyOf(source.place) }, source)
      followers.set(key, follower)
      lingering.get(key)?.()
      lingering.delete(key)
      try {
        yield* follower.follow(options)
      } finally {
        forgetLater(key, follower)
      }
    },
    history: (source, range, signal) => readHistory(deps, source, range, signal),
    wake() {
      for (const follower of followers.values()) follower.wake()
    },
    close() {
      closed = true
      for (const off of lingering.values()) off()
      for (const follower of followers.values()) void follower.close()
      followers.clear()
    },
  }
}
