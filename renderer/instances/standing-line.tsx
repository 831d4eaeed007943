import type { InstanceRow } from '../../preload/contract/instances.ts'
import { formatDuration } from '../ui/quantities.ts'
import { Time } from '../ui/time.tsx'
import { standingOf } from './standing.ts'
import { useNow } from './use-now.ts'

const bySomeone = { user: '', 'keep-stopped': ', by keep stopped', schedule: ', by its schedule' }

/** To the second while it is short: `2 min 3 s`, then `6 d 4 h`. */
const lasting = (ms: number) =>
  formatDuration(Math.max(0, Math.floor(ms / 1000) * 1000))
    .replace('.0 s', ' s')
    .replace('0.0 ms', '0 s')

function Elapsed({ since }: { since: string }) {
  return `for ${lasting(useNow(1000) - Date.parse(since))}`
}

function Remaining({ until, does }: { until: string; does: 'starts' | 'stops' }) {
  const left = Date.parse(until) - useNow(1000)
  return left <= 0 ? 'due' : `${does} in ${lasting(left)}`
}

/** How long it has been under way, or how long it is until what comes next. */
export function StandingTime({ row }: { row: InstanceRow }) {
  const standing = standingOf(row)
  switch (standing?.kind) {
    case undefined:
    case 'forced':
      return null
    case 'change':
      return <Elapsed since={standing.since} />
    case 'restart':
      return (
        <b>
          <Remaining until={standing.at} does="starts" />
        </b>
      )
    case 'next':
      return (
        <b>
          <Remaining until={standing.at} does={standing.action === 'start' ? 'starts' : 'stops'} />
        </b>
      )
    default:
      return standing satisfies never
  }
}

/** What is under way or comes next, in one line under the status. */
export function StandingLine({ row }: { row: InstanceRow }) {
  const standing = standingOf(row)
  switch (standing?.kind) {
    case undefined:
      return null
    case 'change': {
      const words = `${standing.sentence}${bySomeone[standing.by]}`
      return <span title={words}>{words}</span>
    }
    case 'restart':
      return (
        <>
          AWS starts it <Time at={standing.at} withZone />
        </>
      )
    case 'next':
      return (
        <>
          Schedule {standing.action === 'start' ? 'starts' : 'stops'} it <Time at={standing.at} withZone />
        </>
      )
    case 'forced':
      return (
        <>
          AWS started it <Time at={standing.at} withZone />
        </>
      )
    default:
      return standing satisfies never
  }
}
