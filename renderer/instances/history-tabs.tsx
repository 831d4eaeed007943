import type { InstanceDetails } from '../../preload/contract/instance-details.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { toneOf } from './status.ts'

const notSeen = (details: InstanceDetails) => details.unseen.join(' ') || 'AWS did not let this profile see them.'

/** What happened to the instance in the last 14 days, which is as long as AWS keeps it. */
export function EventsTab({ details }: { details: InstanceDetails }) {
  const zone = useZone()
  const { events } = details
  if (events === null) return <EmptyState title="Events are not known">{notSeen(details)}</EmptyState>
  if (events.length === 0) return <EmptyState title="No events">AWS keeps the events of the last 14 days; there are none.</EmptyState>
  return (
    <table className="instance-table">
      <thead>
        <tr>
          <th scope="col">Time ({zoneName(zone)})</th>
          <th scope="col">What happened</th>
          <th scope="col">Event</th>
        </tr>
      </thead>
      <tbody>
        {events.map(({ at, id, message }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own, and one may come twice in a second
          <tr key={`${at} ${index}`}>
            <td className="instance-when">
              <Time at={at} />
            </td>
            <td>{message}</td>
            <td className="mono dim">{id ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function SnapshotsTab({ details }: { details: InstanceDetails }) {
  const zone = useZone()
  const { snapshots } = details
  if (snapshots === null) return <EmptyState title="Snapshots are not known">{notSeen(details)}</EmptyState>
  if (snapshots.length === 0) return <EmptyState title="No snapshots">One can be taken when the instance is stopped or deleted.</EmptyState>
  return (
    <table className="instance-table">
      <thead>
        <tr>
          <th scope="col">Time ({zoneName(zone)})</th>
          <th scope="col">Name</th>
          <th scope="col">Status</th>
          <th scope="col" className="number">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {snapshots.map(({ name, at, status, gib }) => (
          <tr key={name}>
            <td className="instance-when">{at === null ? 'not known' : <Time at={at} />}</td>
            <td className="mono">{name}</td>
            <td>
              <StatusPill tone={toneOf(status)}>{status}</StatusPill>
            </td>
            <td className="number">{gib} GiB</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
