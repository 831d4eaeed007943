import { Button } from '@mantine/core'
import type { Action, Plan } from '../../preload/contract/lifecycle.ts'
import { ErrorNotice, Mend } from '../ui/error-notice.tsx'
import { toProblem } from '../ui/problem.ts'
import { actionWords } from '../ui/runs.tsx'
import { purposes, standsHere } from './actions.ts'
import { usePlan } from './queries.ts'

function PlanWords({ plan, environment, onMended }: { plan: Plan; environment: string; onMended: () => void }) {
  const { steps, losses, notes, refusal } = plan
  const mend = refusal?.data?.mend
  // What another button of this screen would do first is no trouble.
  const inTheWay = mend !== undefined && !standsHere(mend)
  // That the environment is read-only is said once for all of them.
  if (refusal && refusal.code !== 'LOCKED') {
    return (
      <div className="row">
        <span className="plan-refusal" data-mend={inTheWay || undefined}>
          {refusal.message}
        </span>
        {inTheWay && <Mend mend={mend} environment={environment} onDone={onMended} />}
      </div>
    )
  }
  return (
    <>
      <ol className="plan-inline" aria-label="Steps">
        {steps.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ol>
      {losses.map((loss) => (
        <p key={loss} className="plan-loss">
          {loss}
        </p>
      ))}
      {notes.map((note) => (
        <p key={note} className="dim">
          {note}
        </p>
      ))}
    </>
  )
}

interface ActionRowProps {
  readonly environment: string
  readonly action: Action
  /** A run is under way. */
  readonly busy: boolean
  readonly starting: boolean
  /** What went wrong when it was pressed last. */
  readonly error: unknown
  readonly onStart: () => void
  /** What was in the way is mended: the error is done with, and nothing starts by itself. */
  readonly onMended: () => void
}

/** One action with the plan that a press would carry out. */
export function ActionRow({ environment, action, busy, starting, error, onStart, onMended }: ActionRowProps) {
  const plan = usePlan(environment, action)
  const destructive = plan.data ? plan.data.confirm !== null : action === 'reset' || action === 'drop'
  const problem = error === null ? null : toProblem(error)
  const again = () => void plan.refetch()
  return (
    <li className="action-row" data-action={action}>
      <Button fullWidth {...(destructive ? { color: 'red' } : {})} disabled={busy} loading={starting} onClick={onStart}>
        {actionWords[action]}
      </Button>
      <div>
        <p>{purposes[action]}</p>
        {plan.data && !busy && <PlanWords plan={plan.data} environment={environment} onMended={again} />}
        {plan.error && !plan.data && !busy && <ErrorNotice compact error={plan.error} environment={environment} onRetry={again} />}
        {problem && (
          <ErrorNotice compact error={problem} environment={standsHere(problem.data?.mend) ? undefined : environment} onMended={onMended} />
        )}
      </div>
    </li>
  )
}
