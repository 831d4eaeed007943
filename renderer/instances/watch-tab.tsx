import { Switch } from '@mantine/core'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { announce } from '../ui/announce.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { useKeepStopped } from './queries.ts'
import { scheduleWords } from './schedule-draft.ts'
import { ScheduleForm } from './schedule-form.tsx'
import { useGuardOf } from './whose-guard.ts'

function Next({ row }: { row: InstanceRow }) {
  const { next, keepStopped, schedule } = row.watchkeeping
  const { automaticRestartAt } = row
  return (
    <ul className="instance-plan" aria-label="What comes next">
      {schedule && <li>{scheduleWords(schedule)}</li>}
      {next && (
        <li>
          Basepair {next.action === 'start' ? 'starts' : 'stops'} it <Time at={next.at} withZone />.
        </li>
      )}
      {automaticRestartAt !== null && (
        <li>
          AWS starts it by itself <Time at={automaticRestartAt} withZone />
          {keepStopped ? '; Basepair then stops it again.' : '.'}
        </li>
      )}
      {!schedule && !next && automaticRestartAt === null && (
        <li>{keepStopped ? 'Nothing is due. Should AWS start it, Basepair stops it again.' : 'Nothing is due.'}</li>
      )}
    </ul>
  )
}

/** Keep stopped and the schedule: what they will do and what they did. */
export function WatchTab({ environment, row }: { environment: string; row: InstanceRow }) {
  const keep = useKeepStopped(environment)
  const guard = useGuardOf(row)
  const { keepStopped, done, schedule } = row.watchkeeping
  if (row.memberOf !== null)
    return (
      <EmptyState title={`A member of ${row.memberOf}`}>The cluster is started and stopped as a whole; choose it in the list.</EmptyState>
    )
  return (
    <>
      <section className="instance-group">
        <h3>What comes next</h3>
        <Next row={row} />
      </section>
      <section className="instance-group">
        <h3>Stopped</h3>
        <Switch
          label="Stop it again whenever AWS has started it"
          description="AWS starts a stopped instance after seven days. Basepair does this while it runs."
          checked={keepStopped}
          disabled={keep.isPending}
          onChange={(event) =>
            keep.mutate(
              { key: row.key, on: event.currentTarget.checked },
              { onSuccess: (_nothing, { on }) => announce(`${row.key.identifier} is ${on ? 'kept stopped' : 'no longer kept stopped'}`) },
            )
          }
        />
        {keep.error && <ErrorNotice compact error={keep.error} environment={guard} onMended={() => keep.reset()} />}
      </section>
      <section className="instance-group" aria-label="Schedule">
        <h3>Schedule</h3>
        <ScheduleForm key={JSON.stringify(schedule)} environment={environment} row={row} />
      </section>
      <section className="instance-group" aria-label="What was done">
        <h3>What was done</h3>
        {done.length === 0 ? (
          <p className="dim">Nothing yet.</p>
        ) : (
          <ul className="instance-done">
            {done.map(({ at, sentence, failed }) => (
              <li key={`${at} ${sentence}`}>
                <Time at={at} withZone />
                <StatusPill tone={failed ? 'bad' : 'ok'}>{failed ? 'failed' : 'done'}</StatusPill>
                <span>{sentence}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  )
}
