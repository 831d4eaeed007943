import { Button, CloseButton, Tabs, TextInput } from '@mantine/core'
import { IconFileTypeSql, IconSearch } from '@tabler/icons-react'
import { memo, useState } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { HistoryEntry, QueryFile } from '../../preload/contract/query.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf, formatDuration } from '../ui/quantities.ts'
import { Time } from '../ui/time.tsx'
import { useClearHistory, useFiles, useHistory } from './queries.ts'

/** Entries that stand in the list; a search looks through all of them. */
const mostEntries = 100

interface SidePaneProps {
  readonly environment: EnvironmentId
  readonly onLoad: (text: string, parameters: readonly string[]) => void
}

/** Texts to load into the editor: what was run here, and the project's own queries. Drawn anew only for what it shows, not for each page of a result. */
export const SidePane = memo(function SidePane({ environment, onLoad }: SidePaneProps) {
  return (
    <Tabs defaultValue="history" className="side-pane">
      <Tabs.List aria-label="Texts to load">
        <Tabs.Tab value="history">History</Tabs.Tab>
        <Tabs.Tab value="files">Project queries</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="history">
        <HistoryPane environment={environment} onLoad={(entry) => onLoad(entry.text, [])} />
      </Tabs.Panel>
      <Tabs.Panel value="files">
        <FilesPane environment={environment} onLoad={(file) => onLoad(file.text, file.parameters)} />
      </Tabs.Panel>
    </Tabs>
  )
})

function HistoryPane({ environment, onLoad }: { environment: EnvironmentId; onLoad: (entry: HistoryEntry) => void }) {
  const [search, setSearch] = useState('')
  const history = useHistory(environment, search)
  const clear = useClearHistory(environment)
  return (
    <>
      <TextInput
        aria-label="Search the history"
        placeholder="Search"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={search !== '' && <CloseButton size="xs" aria-label="Clear the search" onClick={() => setSearch('')} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Loaded query={history} environment={environment} rows={4}>
        {(entries) =>
          entries.length === 0 ? (
            <EmptyState title={search === '' ? 'Nothing was run here yet' : 'Nothing matches'} />
          ) : (
            <ul className="texts" aria-label="History">
              {entries.slice(0, mostEntries).map((entry) => (
                <li key={entry.id}>
                  <button type="button" onClick={() => onLoad(entry)} title={entry.text.slice(0, 1000)}>
                    <code className="mono">{entry.text.replace(/\s+/g, ' ').slice(0, 140)}</code>
                    <small data-failed={entry.error !== null || undefined}>
                      <Time at={entry.at} /> · {formatDuration(entry.ms)}
                      {entry.rows !== null && ` · ${countOf(entry.rows, 'row')}`}
                      {entry.error !== null && ` · ${entry.error.slice(0, 80)}`}
                    </small>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {(history.data?.length ?? 0) > mostEntries && <p className="dim texts-more">Older ones are found by searching.</p>}
      {(history.data?.length ?? 0) > 0 && search === '' && (
        <Button variant="subtle" loading={clear.isPending} onClick={() => clear.mutate()}>
          Clear the history
        </Button>
      )}
    </>
  )
}

function FilesPane({ environment, onLoad }: { environment: EnvironmentId; onLoad: (file: QueryFile) => void }) {
  const files = useFiles(environment)
  return (
    <Loaded query={files} environment={environment} rows={3}>
      {({ folder, files: found }) =>
        found.length === 0 ? (
          <EmptyState title="No queries in this project">Files with the ending .sql in {folder} are offered here.</EmptyState>
        ) : (
          <ul className="texts" aria-label="Project queries">
            {found.map((file) => (
              <li key={file.path}>
                <button type="button" onClick={() => onLoad(file)} title={file.path}>
                  <b>
                    <IconFileTypeSql size={14} aria-hidden />
                    {file.name}
                  </b>
                  <small>{file.parameters.length === 0 ? 'no parameters' : file.parameters.join(', ')}</small>
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}
