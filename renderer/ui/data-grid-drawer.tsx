import { Button, Drawer, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { copyText } from './copy.tsx'
import { formatJson } from './data-grid-json.ts'
import type { Place } from './data-grid-keys.ts'
import { VisibleText } from './data-grid-row.tsx'
import type { RowSource } from './data-grid-source.ts'
import { ErrorNotice } from './error-notice.tsx'
import { LoadingRows } from './loading-rows.tsx'
import { countOf, formatBytes } from './quantities.ts'

/** Characters that are put on screen; "Copy" takes all of them. */
const shown = 500_000
const formatted = 5_000_000

/** One value whole. */
export function CellDrawer({ source, place, onClose }: { source: RowSource; place: Place | null; onClose: () => void }) {
  const column = place === null ? undefined : source.columns[place.column]
  return (
    <Drawer
      opened={place !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={column && `${column.name} · ${column.type}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {place !== null && column !== undefined && <WholeCell key={`${place.row}-${place.column}`} source={source} place={place} />}
    </Drawer>
  )
}

function WholeCell({ source, place }: { source: RowSource; place: Place }) {
  const id = useId()
  const { data, error, refetch } = useQuery({
    // A value may be tens of megabytes: it is kept for as long as it is looked at.
    queryKey: ['cell', id],
    queryFn: ({ signal }) => source.whole(place.row, place.column, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const [wrap, setWrap] = useState(true)
  const [asJson, setAsJson] = useState(true)
  const json = useMemo(() => (data?.text && data.text.length <= formatted ? formatJson(data.text) : null), [data])
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <LoadingRows rows={4} />
  const text = json !== null && asJson ? json : data.text
  return (
    <div className="whole-cell">
      <div className="row">
        <span className="dim">
          Row {place.row + 1}, {data.text === null ? 'NULL' : `${countOf(data.text.length, 'character')}, ${formatBytes(data.bytes)}`}
        </span>
        <span className="grow" />
        {json !== null && <Switch label="Set out JSON" checked={asJson} onChange={(event) => setAsJson(event.currentTarget.checked)} />}
        <Switch label="Wrap" checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
        {text !== null && <Button onClick={() => void copyText(text, 'the value')}>Copy</Button>}
      </div>
      {data.truncated && <p className="dim">This is the beginning: the whole value has {formatBytes(data.bytes)}.</p>}
      {text === null ? (
        <p className="grid-null">NULL</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by the keyboard
        <pre className="mono" data-wrap={wrap || undefined} tabIndex={0}>
          <VisibleText text={text.slice(0, shown)} keepLines />
          {text.length > shown && `\n… ${countOf(text.length - shown, 'more character')}, in the copy`}
        </pre>
      )}
    </div>
  )
}
