import { useState } from 'react'
import type { Action } from '../../preload/contract/lifecycle.ts'
import { useEnvironment } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card, SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import type { Problem } from '../ui/problem.ts'
import { startRun } from '../ui/runs.tsx'
import { ActionRow } from './action-row.tsx'
import { offered } from './actions.ts'
import { DatabaseCard } from './database-card.tsx'
import { useLifecycleState, useRefreshOn, useRun } from './queries.ts'
import { RunCard } from './run-card.tsx'
import './lifecycle.css'

const readOnly = (environment: string): Problem => ({
  code: 'LOCKED',
  message: `${environment} is read-only. The plans below can be read; unlock it to carry one out.`,
  data: { mend: 'unlock' },
})

/** Starts runs and keeps what went wrong with the last press, to be told beside its button. */
function useStart(environment: string) {
  const [starting, setStarting] = useState<Action | null>(null)
  const [failed, setFailed] = useState<{ action: Action; error: unknown } | null>(null)
  const start = async (action: Action) => {
    setFailed(null)
    setStarting(action)
    try {
      await startRun(environment, action)
    } catch (error) {
      setFailed({ action, error })
    } finally {
      setStarting(null)
    }
  }
  return { start, starting, failed, forget: () => setFailed(null) }
}

export function LifecycleView() {
  const { id, locked, connected } = useEnvironment()
  const state = useLifecycleState(id)
  const run = useRun(id)
  const { start, starting, failed, forget } = useStart(id)
  const busy = run.data?.state === 'running'
  useRefreshOn(id, `${locked} ${connected} ${run.data?.id} ${run.data?.state}`)

  return (
    <div className="lifecycle">
      <SectionHeader title="Lifecycle" sentence="Create, fill and rebuild the database. Each button shows beforehand what it would do." />
      {locked && <ErrorNotice compact error={readOnly(id)} environment={id} />}
      <Loaded query={state} environment={id} rows={4}>
        {(data) => (
          <>
            <DatabaseCard environment={id} state={data} busy={busy} />
            {run.data && <RunCard key={run.data.id} environment={id} run={run.data} />}
            <Card title="Actions" label="Actions">
              <ul className="action-rows">
                {offered(data).map((action) => (
                  <ActionRow
                    key={action}
                    environment={id}
                    action={action}
                    busy={busy}
                    starting={starting === action}
                    error={failed?.action === action ? failed.error : null}
                    onStart={() => void start(action)}
                    onMended={forget}
                  />
                ))}
              </ul>
            </Card>
          </>
        )}
      </Loaded>
    </div>
  )
}
