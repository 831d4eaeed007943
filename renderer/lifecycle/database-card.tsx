import { Button } from '@mantine/core'
import { useState } from 'react'
import type { LifecycleState } from '../../preload/contract/lifecycle.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { UndoButton } from '../ui/undo-button.tsx'
import { ProjectChooser } from './project-chooser.tsx'
import { useProtect } from './queries.ts'

/** What the database is now. */
export function DatabaseCard({ environment, state, busy }: { environment: string; state: LifecycleState; busy: boolean }) {
  const { database, exists, previous } = state
  const protect = useProtect(environment)
  const [error, setError] = useState<unknown>(null)

  const mark = () => {
    setError(null)
    protect.mutate({ protect: true, confirm: null }, { onError: setError })
  }
  const unmark = () => {
    setError(null)
    confirmByName({
      title: `Remove the protection of ${database}`,
      name: database,
      action: 'Remove protection',
      losses: [`${database} can be reset and dropped afterwards.`],
      environment,
      run: (confirm) => protect.mutateAsync({ protect: false, confirm }),
    })
  }

  return (
    <Card
      label="Database"
      title={
        <>
          <h2 className="mono">{database}</h2>
          {exists ? <StatusPill tone="ok">exists</StatusPill> : <StatusPill tone="warn">not created yet</StatusPill>}
          {state.protected && <StatusPill tone="plain">protected</StatusPill>}
        </>
      }
      extra={
        exists &&
        (state.protected ? (
          <Button disabled={busy} loading={protect.isPending} onClick={unmark}>
            Remove protection
          </Button>
        ) : (
          <Button
            disabled={busy}
            loading={protect.isPending}
            onClick={mark}
            title="A mark inside the database itself: reset and drop refuse until it is removed, from whichever console"
          >
            Protect
          </Button>
        ))
      }
    >
      <div className="card-body lifecycle-database">
        {error !== null && <ErrorNotice compact error={error} environment={environment} onMended={() => setError(null)} />}
        {previous && (
          <div className="row">
            <span>
              The database before the last reset is kept as <span className="mono">{previous.name}</span>
              {previous.keptSince && (
                <>
                  {' '}
                  since <Time at={previous.keptSince} withZone />
                </>
              )}
              .
            </span>
            <UndoButton environment={environment} previous={previous.name} disabled={busy} />
          </div>
        )}
        <ProjectChooser key={`${state.project.folder}`} environment={environment} state={state} busy={busy} />
      </div>
    </Card>
  )
}
