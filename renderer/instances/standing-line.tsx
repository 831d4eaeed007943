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
  const now = useNow(1000)
  return <span className="instance-elapsed">{lasting(now - Date.parse(since))}</span>
}

function Remaining({ until }: { until: string }) {
  const left = Date.parse(until) - useNow(1000)
  return left <= 0 ? 'due' : `in ${lasting(left)}`
}

/** What is under way or comes next, in one line beside the status. */
export function StandingLine({ row }: { row: InstanceRow }) {
  const standing = standingOf(row)
  switch (standing?.kind) {
    case undefined:
      return null
    case 'change':
      return (
        <span title={`${standing.sentence}${bySomeone[standing.by]}`}>
          <Elapsed since={standing.since} />, {standing.sentence}
          {bySomeone[standing.by]}
        </span>
      )
    case 'restart':
      return (
        <>
          AWS starts it <b>{<Remaining until={standing.at} />}</b>, <Time at={standing.at} withZone />
        </>
      )
    case 'next':
      return (
        <>
          Schedule {standing.action === 'start' ? 'starts' : 'stops'} it <Remaining until={standing.at} />,{' '}
          <Time at={standing.at} withZone />
        </>
      )
    case 'forced':
      return (
        <>
          AWS started it, <Time at={standing.at} withZone />
        </>
      )
    default:
      return standing satisfies never
  }
}
