import { IconClockPause } from '@tabler/icons-react'
import { Time } from './time.tsx'

/** Says that what is shown is older than it should be, and from when it is. `at` in milliseconds, as TanStack's dataUpdatedAt. */
export function StaleMarker({ at, why }: { at: number; why?: string }) {
  return (
    <span className="stale-marker" title={why}>
      <IconClockPause size={14} aria-hidden />
      <span>
        Stale, as of <Time at={new Date(at).toISOString()} />
      </span>
    </span>
  )
}
