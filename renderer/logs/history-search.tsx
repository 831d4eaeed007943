import { Button, Select } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { countOf } from '../ui/quantities.ts'
import { Time } from '../ui/time.tsx'
import type { Find } from './find.ts'
import { pastPattern } from './find-past.ts'
import type { PastSearch } from './use-history-search.ts'

const hour = 3_600_000
const backs = [
  { hours: 6, label: '6 hours' },
  { hours: 24, label: '1 day' },
  { hours: 72, label: '3 days' },
  { hours: 168, label: '7 days' },
  { hours: 720, label: '30 days' },
] as const

/** Searches back in time, beyond what is loaded: how far, how it goes, and Cancel. What it finds stands in the list before the others. */
export function HistorySearchBar({
  environment,
  find,
  search,
  loadedFrom,
}: {
  environment: string
  find: Find
  search: PastSearch
  /** Down to where the lines are loaded; null before there are any. Milliseconds since 1970. */
  loadedFrom: number | null
}) {
  const [hours, setHours] = useState<number>(backs[1].hours)
  const { state, start, stop } = search
  if (find.isEmpty) return null
  const searching = state?.state === 'searching'
  const again = () => start(hours * hour)
  return (
    <div className="history-search">
      <div className="row">
        <span className="dim" role="status">
          <Progress search={search} loadedFrom={loadedFrom} wholly={pastPattern(find) === null} />
        </span>
        <span className="grow" />
        <Select
          aria-label="How far back to search"
          w={96}
          data={backs.map(({ hours, label }) => ({ value: String(hours), label }))}
          value={String(hours)}
          disabled={searching}
          onChange={(value) => value !== null && setHours(Number(value))}
          allowDeselect={false}
        />
        {searching ? (
          <Button onClick={stop}>Cancel the search</Button>
        ) : (
          <Button leftSection={<IconHistory size={13} aria-hidden />} onClick={again}>
            Search back
          </Button>
        )}
      </div>
      {state?.state === 'failed' && <ErrorNotice compact error={state.problem} environment={environment} onRetry={again} />}
    </div>
  )
}

function Progress({ search: { state }, loadedFrom, wholly }: { search: PastSearch; loadedFrom: number | null; wholly: boolean }) {
  if (state === null) {
    if (loadedFrom === null) return null
    return (
      <>
        Loaded back to <Moment at={loadedFrom} />
        {wholly && '; further back every line has to be read'}
      </>
    )
  }
  const reached = <Moment at={state.reached} />
  const found = `${countOf(state.lines.length, 'line')} found`
  switch (state.state) {
    case 'searching':
      return (
        <>
          Searching, back to {reached} so far, {found}
        </>
      )
    case 'done':
      return (
        <>
          Searched back to {reached}, {found}
        </>
      )
    case 'stopped':
      return (
        <>
          Stopped: searched back to {reached}, {found}
        </>
      )
    case 'full':
      return (
        <>
          Searched back to {reached}: the newest {found}; ask for less to find older ones
        </>
      )
    case 'failed':
      return (
        <>
          Searched back to {reached}, {found}, then CloudWatch could not be asked
        </>
      )
    default:
      return state.state satisfies never
  }
}

const Moment = ({ at }: { at: number }) => <Time at={new Date(at).toISOString()} withZone />
