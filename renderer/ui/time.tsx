import { formatExactTime, formatTime, zoneName } from './time-format.ts'
import { useZone } from './zone.ts'

/** A moment in the user's zone; exact on hover. `withZone` where no heading around it names the zone. */
export function Time({ at, withZone = false }: { at: string; withZone?: boolean }) {
  const zone = useZone()
  return (
    <time dateTime={at} title={formatExactTime(at, zone)}>
      {formatTime(at, zone)}
      {withZone && ` ${zoneName(zone, new Date(at))}`}
    </time>
  )
}
