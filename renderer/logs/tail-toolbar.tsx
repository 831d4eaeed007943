import { Button, Select } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { Toolbar } from '../ui/layout.tsx'
import type { Find } from './find.ts'
import { Finder, type FinderChoice } from './finder.tsx'
import { LiveTailSwitch } from './live-tail.tsx'
import type { Tail, TailStatus } from './tail.ts'
import type { Finding } from './use-found.ts'
import { spans } from './views.ts'

/** What is looked for, how far back, and whether it goes on. */
export function TailToolbar({
  chosen,
  change,
  tail,
  status,
  onTail,
  finder,
  onFinder,
  find,
  finding,
  children,
}: {
  chosen: LogsChoice
  change: (part: Partial<LogsChoice>) => void
  tail: Tail
  status: TailStatus
  onTail: () => void
  finder: FinderChoice
  onFinder: (choice: FinderChoice) => void
  find: Find
  finding: Finding
  /** What can be done with what is found. */
  children: ReactNode
}) {
  return (
    <Toolbar label="What is shown">
      <Finder choice={finder} onChange={onFinder} find={find} finding={finding} />
      <span className="grow" />
      <LiveTailSwitch live={chosen.live} groups={chosen.groups.length} onLive={(live) => change({ live })} />
      <Select
        aria-label="How far back"
        w={92}
        data={spans.map(({ hours, label }) => ({ value: String(hours), label }))}
        value={String(chosen.hours)}
        onChange={(hours) => hours !== null && change({ hours: Number(hours) })}
        allowDeselect={false}
      />
      <Button.Group>
        <Button leftSection={<IconPlayerPlay size={13} aria-hidden />} aria-pressed={!status.paused} onClick={onTail}>
          Tail
        </Button>
        <Button leftSection={<IconPlayerPause size={13} aria-hidden />} aria-pressed={status.paused} onClick={tail.pause}>
          Pause
        </Button>
      </Button.Group>
      {children}
    </Toolbar>
  )
}
