import { Button } from '@mantine/core'
import { Link } from 'react-router'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { client, useEvents } from '../client.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironmentId } from '../ui/environment.ts'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { resultTones } from '../ui/result-tones.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { UndoButton } from '../ui/undo-button.tsx'
import { undoable } from './changes.ts'
import { useLastChanges, usePrevious } from './queries.ts'

function Undo({ environment }: { environment: string }) {
  const { data: previous } = usePrevious(environment, true)
  return previous ? <UndoButton environment={environment} previous={previous.name} /> : null
}

function Change({ entry, withUndo }: { entry: ActivityEntry; withUndo: boolean }) {
  return (
    <li>
      <span className="dim">
        <Time at={entry.at} />
      </span>
      <span className="change-words">
        {entry.action} <b>{entry.environment}</b> <span className="dim">{entry.target}</span>
        {entry.result !== 'done' && <StatusPill tone={resultTones[entry.result]}>{entry.result}</StatusPill>}
        {withUndo && <Undo environment={entry.environment} />}
      </span>
    </li>
  )
}

/** The newest entries of the activity log; a reset whose copy is still kept can be undone from here. */
export function LastChanges() {
  const id = useEnvironmentId()
  const changes = useLastChanges()
  useEvents(
    (signal) => client.activity.watch(undefined, { signal }),
    () => void changes.refetch(),
  )
  return (
    <Card
      title="Last changes"
      label="Last changes"
      extra={
        <Button component={Link} to={`/${id}/activity`}>
          All activity
        </Button>
      }
    >
      <Loaded query={changes} rows={3}>
        {({ entries }) =>
          entries.length === 0 ? (
            <EmptyState title="Nothing was changed yet">Every change to a database or to AWS is written here before it is made.</EmptyState>
          ) : (
            <ul className="last-changes">
              {entries.map((entry) => (
                <Change key={entry.id} entry={entry} withUndo={undoable(entries).has(entry.id)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
