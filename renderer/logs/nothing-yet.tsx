import { Button } from '@mantine/core'
import { Link } from 'react-router'
import type { Place } from '../../preload/contract/instances.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironments } from '../ui/environment.ts'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { PlaceChooser } from './place-chooser.tsx'
import type { TailStatus } from './tail.ts'
import { spanWords } from './views.ts'

/** What stands where no line is: why, and what to do about it. */
export function NoLine({
  status,
  hours,
  isPractice,
  onHours,
}: {
  status: TailStatus
  hours: number
  isPractice: boolean
  onHours: (hours: number) => void
}) {
  const { states, past, connection } = status
  if (states.length > 0 && states.every(({ state }) => state === 'missing')) {
    return (
      <EmptyState title={states.length === 1 ? 'This log group does not exist yet' : 'These log groups do not exist yet'}>
        CloudWatch makes it with the function’s first line, and this list begins with it. {isPractice && practiceWords}
      </EmptyState>
    )
  }
  if (states.some(({ state }) => state === 'trouble')) return <EmptyState title="No line could be read yet" />
  if (connection !== 'on' || past.reading || states.some(({ state }) => state === 'starting')) return <LoadingRows rows={6} />
  return (
    <EmptyState
      title={`No line in ${spanWords(hours)}`}
      action={hours < 168 && <Button onClick={() => onHours(hours < 24 ? 24 : 168)}>Look at {spanWords(hours < 24 ? 24 : 168)}</Button>}
    >
      New lines appear here by themselves. {isPractice && practiceWords}
    </EmptyState>
  )
}

const practiceWords = 'To see some, open the practice cloud in the status bar and press “Sign up a user”.'

/** The environment is on no AWS account: where log groups may be all the same. */
export function NoAccount({ environment, onPlace }: { environment: string; onPlace: (place: Place) => void }) {
  const others = (useEnvironments().data ?? []).filter((each) => each.environment.rds !== undefined && each.environment.id !== environment)
  return (
    <EmptyState
      title={`${environment} is on no AWS account`}
      action={others.map(({ environment: { id } }) => (
        <Button key={id} component={Link} to={`/${id}/logs`}>
          Logs of {id}
        </Button>
      ))}
    >
      The console knows no instance on RDS for it, so it cannot tell whose logs belong to it. Log groups of any profile and region can be
      followed here.
      <PlaceChooser environment={environment} place={null} onChoose={onPlace} />
    </EmptyState>
  )
}
