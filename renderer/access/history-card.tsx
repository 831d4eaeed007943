import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { resultTones } from '../ui/result-tones.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { useHistory } from './queries.ts'

function Entry({ entry: { at, who, action, before, after, message, result } }: { entry: ActivityEntry }) {
  return (
    <li>
      <Time at={at} withZone />
      <b>{action}</b>
      <StatusPill tone={resultTones[result]}>{result}</StatusPill>
      <span className="dim">{who}</span>
      <span className="history-change mono">{message ?? `${before ?? 'nothing'} → ${after ?? '…'}`}</span>
    </li>
  )
}

/** The changes of access that this console made, newest first. */
export function HistoryCard({ environment }: { environment: string }) {
  const history = useHistory(environment)
  return (
    <Card title="History" label="History">
      <Loaded query={history} environment={environment} rows={2}>
        {({ entries }) =>
          entries.length === 0 ? (
            <EmptyState title="No rule was changed yet">What this console changes from now on stands here, and under Activity.</EmptyState>
          ) : (
            <ul className="access-history">
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
