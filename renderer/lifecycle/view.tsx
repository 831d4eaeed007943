import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Action } from '../../preload/contract/lifecycle.ts'
import { client } from '../client.ts'
import { useActions } from '../ui/actions.ts'
import { announce } from '../ui/announce.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { useEnvironment } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card, SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import type { Problem } from '../ui/problem.ts'
import { ActionRow } from './action-row.tsx'
import { labels, offered, purposes, sessionsSentence, titleOf } from './actions.ts'
import { DatabaseCard } from './database-card.tsx'
import { useFreshPlan, useLifecycleState, useRefreshOn, useRun } from './queries.ts'
import { RunCard } from './run-card.tsx'
import './lifecycle.css'

const readOnly = (environment: string): Problem => ({
  code: 'LOCKED',
  message: `${environment} is read-only. The plans below can be read; unlock it to carry one out.`,
  data: { mend: 'unlock' },
})

/** Asks for the name where something would be lost, starts the run otherwise; the plan is read anew before either. */
function useStart(environment: string) {
  const freshPlan = useFreshPlan(environment)
  const [starting, setStarting] = useState<Action | null>(null)
  const [failed, setFailed] = useState<{ action: Action; error: unknown } | null>(null)

  const start = useCallback(
    async (action: Action) => {
      setFailed(null)
      setStarting(action)
      try {
        const plan = await freshPlan(action)
        if (plan.refusal) {
          setFailed({ action, error: plan.refusal })
        } else if (plan.confirm === null) {
          await client.lifecycle.start({ environment, action, confirm: null })
        } else {
          const sessions = sessionsSentence(plan)
          confirmByName({
            title: titleOf(plan),
            name: plan.confirm,
            action: labels[action],
            losses: sessions === null ? plan.losses : [...plan.losses, sessions],
            steps: plan.steps.map((step) => step.title),
            notes: plan.notes,
            environment,
            run: (confirm) => client.lifecycle.start({ environment, action, confirm }),
          })
        }
      } catch (error) {
        setFailed({ action, error })
      } finally {
        setStarting(null)
      }
    },
    [environment, freshPlan],
  )
  return { start, starting, failed, forget: useCallback(() => setFailed(null), []) }
}

/** Says in the status bar how a run ended that was seen running here. */
function useAnnouncedEnd(run: ReturnType<typeof useRun>['data']): void {
  const seen = useRef<string | null>(null)
  useEffect(() => {
    if (!run) return
    if (run.state === 'running') seen.current = run.id
    else if (seen.current === run.id) {
      seen.current = null
      announce(run.outcome ?? `${titleOf(run)}: ${run.state}`, { tone: run.state === 'done' ? 'ok' : 'bad' })
    }
  }, [run])
}

export function LifecycleView() {
  const { id, locked, connected } = useEnvironment()
  const state = useLifecycleState(id)
  const run = useRun(id)
  const { start, starting, failed, forget } = useStart(id)
  const busy = run.data?.state === 'running'
  useAnnouncedEnd(run.data)
  useRefreshOn(id, `${locked} ${connected} ${run.data?.id} ${run.data?.state}`)

  const actions = state.data ? offered(state.data) : null
  const names = actions?.join(' ') ?? ''
  useActions(
    useMemo(
      () =>
        names === ''
          ? []
          : (names.split(' ') as Action[]).map((action) => ({
              id: `lifecycle ${action}`,
              label: `${labels[action]} (${id})`,
              group: 'Lifecycle',
              description: purposes[action],
              run: () => void start(action),
            })),
      [names, id, start],
    ),
  )

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
