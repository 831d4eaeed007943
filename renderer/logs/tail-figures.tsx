import { Button, Popover } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { FollowState } from '../../preload/contract/logs.ts'
import { countOf, formatCount } from '../ui/quantities.ts'
import { formatTime, zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import type { LogStore } from './log-store.ts'
import { completeUpTo, figuresOf } from './tail-words.ts'
import { useStoreVersion } from './use-tail.ts'

/** Up to when the lines are whole; behind it how late CloudWatch is, what following costs, and what is loaded. */
export function TailFigures({ store, states }: { store: LogStore; states: readonly FollowState[] }) {
  const zone = useZone()
  const timeOf = (at: number) => `${formatTime(new Date(at).toISOString(), zone)} ${zoneName(zone, new Date(at))}`
  const until = completeUpTo(states)
  return (
    <Popover position="bottom-end" width={420} shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button
          className="log-strip-more"
          size="compact-xs"
          variant="subtle"
          title="All lines up to then are here. Show how late CloudWatch is, and what following costs"
          rightSection={<IconChevronDown size={12} aria-hidden />}
        >
          {until === null ? 'figures' : `complete up to ${timeOf(until)}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className="log-figures">
          {figuresOf(states).map(({ title, words }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{words}</dd>
            </div>
          ))}
          <Loaded store={store} timeOf={timeOf} />
        </dl>
      </Popover.Dropdown>
    </Popover>
  )
}

function Loaded({ store, timeOf }: { store: LogStore; timeOf: (at: number) => string }) {
  useStoreVersion(store)
  const [first] = store.lines
  return (
    <div>
      <dt>Loaded</dt>
      <dd>
        {countOf(store.lines.length, 'line')}
        {first !== undefined && `, the first of ${timeOf(first.at)}`}
        {store.dropped > 0 && `; ${formatCount(store.dropped)} older ones let go, because the page holds no more`}
      </dd>
    </div>
  )
}
