import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { CopyButton } from '../ui/copy.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironments } from '../ui/environment.ts'
import { Card, SectionHeader, Toolbar } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { resultTones } from '../ui/result-tones.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { ActivityGrid } from './activity-grid.tsx'
import { useActivity } from './queries.ts'
import './activity.css'

const firstLimit = 200
const largestLimit = 1000
const results = Object.keys(resultTones)

/** Every change that was made through this console, newest first, as it is written. */
export function ActivityView() {
  const { data: environments = [] } = useEnvironments()
  const [environment, setEnvironment] = useState<string | null>(null)
  const [result, setResult] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 200)
  const [limit, setLimit] = useState(firstLimit)
  const activity = useActivity({ environment, search, limit })

  return (
    <>
      <SectionHeader
        title="Activity"
        sentence="Every change to a database or to AWS, written down before it is made and closed with its outcome. New entries come by themselves."
      >
        {activity.data && activity.error && <StaleMarker at={activity.dataUpdatedAt} />}
      </SectionHeader>
      <Toolbar label="Filter">
        <TextInput
          aria-label="Search"
          placeholder="Action, target, statement…"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          w={260}
        />
        <Select
          aria-label="Environment of the entries"
          placeholder="Every environment"
          data={environments.map((each) => each.environment.id)}
          value={environment}
          onChange={setEnvironment}
          clearable
          w={170}
        />
        <Select aria-label="Result" placeholder="Every result" data={results} value={result} onChange={setResult} clearable w={150} />
      </Toolbar>
      <Card>
        <Loaded query={activity}>
          {({ entries, path, sound }) => {
            const shown = entries.filter((entry) => result === null || entry.result === result)
            const filtered = environment !== null || result !== null || search !== ''
            return (
              <>
                {shown.length > 0 && <ActivityGrid entries={shown} />}
                {shown.length === 0 && filtered && <EmptyState title="No entry matches">Take a filter away to see more.</EmptyState>}
                {shown.length === 0 && !filtered && (
                  <EmptyState title="Nothing was changed yet">What is changed from now on stands here.</EmptyState>
                )}
                <footer className="activity-foot">
                  <span>{countOf(shown.length, 'entry', 'entries')}</span>
                  {entries.length === limit && limit < largestLimit && (
                    <Button onClick={() => setLimit(largestLimit)}>Show up to {largestLimit}</Button>
                  )}
                  <span className="grow" />
                  {!sound && (
                    <StatusPill tone="bad" title="The chain of hashes over the entries is broken: the file was changed from outside.">
                      log was altered
                    </StatusPill>
                  )}
                  <span className="mono">{path}</span>
                  <CopyButton text={path} what="the path of the log" />
                </footer>
              </>
            )
          }}
        </Loaded>
      </Card>
    </>
  )
}
