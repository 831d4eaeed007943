import { type ReactNode, useCallback } from 'react'
import { lineOf } from '../../cloudwatch/lambda-line.ts'
import type { Place } from '../../preload/contract/instances.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { countOf } from '../ui/quantities.ts'
import type { Find } from './find.ts'
import { LineDetail } from './line-detail.tsx'
import { shownInRow } from './line-row.tsx'
import { LinesList } from './lines-list.tsx'
import { LogMessage } from './log-message.tsx'
import type { LogStore } from './log-store.ts'
import type { Line } from './sorted-lines.ts'
import type { Finding } from './use-found.ts'

/** Without the time, request id and level that a runtime puts before a text: the row has columns for them, and the details all of it. */
const rowText = (line: Line): string => (line.message.startsWith('{') ? line.message : lineOf(line).text)

/** The lines, and beside them the one that is open. */
export function LinesView({
  environment,
  place,
  store,
  find,
  shown,
  toEnd,
  goTo,
  opened,
  onOpen,
  linkOf,
  children,
}: {
  environment: string
  place: Place | null
  store: LogStore
  find: Find
  /** What is found, in order; changed in place. */
  shown: Pick<Finding, 'lines' | 'version'>
  toEnd: number
  goTo: { readonly line: Line } | null
  opened: Line | null
  onOpen: (line: Line | null) => void
  linkOf: (group: string, stream: string, at: number) => string | null
  /** What stands there while there is no line. */
  children: ReactNode
}) {
  const streams = store.streams()
  const [first] = streams
  const { markers } = find
  const text = useCallback((line: Line) => <LogMessage message={rowText(line)} markers={markers} limit={shownInRow} />, [markers])
  const close = useCallback(() => onOpen(null), [onOpen])
  return (
    <div className="log-panes" data-open={opened !== null || undefined}>
      <LinesList
        lines={shown.lines}
        version={shown.version}
        toEnd={toEnd}
        goTo={goTo}
        severalGroups={streams.some(({ group }) => group !== first?.group)}
        severalStreams={streams.length > 1}
        opened={opened}
        onOpen={onOpen}
        text={text}
      >
        {store.lines.length === 0 ? (
          children
        ) : (
          <EmptyState title="No loaded line matches">None of the {countOf(store.lines.length, 'loaded line')} has that in it.</EmptyState>
        )}
      </LinesList>
      {opened && (
        <LineDetail
          environment={environment}
          place={place}
          line={opened}
          markers={markers}
          link={linkOf(opened.group, opened.stream, opened.at)}
          onClose={close}
        />
      )}
    </div>
  )
}
