import { useEffect, useRef, useState } from 'react'
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

/** Brings the head of the screen into view when a run begins: the button that began it may stand far below what it shows. */
function useSeeRun(run: string | undefined) {
  const head = useRef<HTMLDivElement>(null)
  const seen = useRef(run)
  useEffect(() => {
    if (seen.current !== undefined && run !== seen.current) head.current?.scrollIntoView({ block: 'start' })
    seen.current = run
  }, [run])
  return head
}

export function LifecycleView() {
  const { id, locked, connected } = useEnvironment()
  const state = useLifecycleState(id)
  const run = useRun(id)
  const { start, starting, failed, forget } = useStart(id)
  const busy = run.data?.state === 'running'
  useRefreshOn(id, `${locked} ${connected} ${run.data?.id} ${run.data?.state}`)

  const head = useSeeRun(run.data === undefined ? undefined : (run.data?.id ?? 'none'))

  return (
    <div className="lifecycle" ref={head}>
      <SectionHeader title="Lifecycle" sentence="Create, fill and rebuild the database. Each button shows beforehand what it would do." />
      {locked && <ErrorNotice compact error={readOnly(id)} environment={id} />}
      <Loaded query={state} environment={id} rows={4}>
        {(data) => (
          <>
            <DatabaseCard environment={id} state={data} busy={busy} />
            {run.data && <RunCard key={run.data.id} environment={id} run={run.data} />}
            <Card title="Actions" label="Actions">
              <ul className="action-rows">
                {offered.map((action) => (
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
