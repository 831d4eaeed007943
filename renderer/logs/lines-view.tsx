import { type ReactNode, useState } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { LineDetail } from './line-detail.tsx'
import { shownInRow } from './line-row.tsx'
import { LinesList } from './lines-list.tsx'
import type { LogStore } from './log-store.ts'
import type { Line } from './sorted-lines.ts'
import { useStoreVersion } from './use-tail.ts'

const plainText = (line: Line): ReactNode => <VisibleText text={line.message.slice(0, shownInRow).trimEnd()} />

/** The lines, and beside them the one that is open. */
export function LinesView({
  environment,
  place,
  store,
  toEnd,
  children,
}: {
  environment: string
  place: Place | null
  store: LogStore
  toEnd: number
  /** What stands there while there is no line. */
  children: ReactNode
}) {
  const version = useStoreVersion(store)
  const [opened, setOpened] = useState<Line | null>(null)
  const streams = store.streams()
  const [first] = streams
  return (
    <div className="log-panes" data-open={opened !== null || undefined}>
      <LinesList
        lines={store.lines}
        version={version}
        toEnd={toEnd}
        severalGroups={streams.some(({ group }) => group !== first?.group)}
        severalStreams={streams.length > 1}
        opened={opened}
        onOpen={setOpened}
        text={plainText}
      >
        {children}
      </LinesList>
      {opened && <LineDetail environment={environment} place={place} line={opened} onClose={() => setOpened(null)} />}
    </div>
  )
}
