import { Switch, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { FollowState } from '../../preload/contract/logs.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { formatTime, zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { liveOf } from './tail-words.ts'

const cost = 'Live Tail costs about 0.01 USD a minute beyond 1,800 free minutes a month, and CloudWatch ends it after three hours.'

function confirmLive(groups: number, onConfirm: () => void): void {
  modals.openConfirmModal({
    title: 'Switch on Live Tail',
    children: (
      <Text size="sm">
        {cost} It shows lines within about a second; above 500 lines a second CloudWatch sends only a part of them, and the regular looks
        bring the others. {groups > 1 ? 'One session follows all chosen groups.' : ''}
      </Text>
    ),
    labels: { confirm: 'Switch on', cancel: 'Leave it off' },
    onConfirm,
  })
}

/** Asks before it spends money; switching it off is free. */
export function LiveTailSwitch({ live, groups, onLive }: { live: boolean; groups: number; onLive: (live: boolean) => void }) {
  return (
    <Switch
      label="Live Tail"
      title={cost}
      checked={live}
      onChange={(event) => (event.currentTarget.checked ? confirmLive(groups, () => onLive(true)) : onLive(false))}
    />
  )
}

/** What Live Tail is doing, what it has used, and that it tells only a part, where it does. */
export function LiveTailState({ states, environment }: { states: readonly FollowState[]; environment: string }) {
  const zone = useZone()
  const live = liveOf(states)
  if (live === null) return null
  if (live.state === 'refused' && live.problem !== null) {
    return (
      <ErrorNotice compact error={live.problem} environment={environment}>
        <span className="dim">Lines come by the regular looks all the same.</span>
      </ErrorNotice>
    )
  }
  const ends =
    live.endsAt === null
      ? ''
      : `, ends at ${formatTime(new Date(live.endsAt).toISOString(), zone)} ${zoneName(zone, new Date(live.endsAt))}`
  const words = {
    starting: 'Live Tail is starting',
    on: `Live Tail is on${ends}`,
    ended: 'Live Tail has ended; lines come by the regular looks. Switch it off and on for another session',
    refused: 'Live Tail was refused; lines come by the regular looks',
  }
  return (
    <p className="log-live dim" role="note">
      {words[live.state]}. {live.minutes > 0 && `${Math.ceil(live.minutes)} min used since Basepair started. `}
      {live.sampled && <strong>More than 500 lines a second: CloudWatch sends only a part at once, the looks bring the others.</strong>}
    </p>
  )
}
