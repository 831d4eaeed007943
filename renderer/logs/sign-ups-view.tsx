import { Button, SegmentedControl, Switch } from '@mantine/core'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import type { SignUp, SignUps } from '../../preload/contract/logs.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card, Toolbar } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf } from '../ui/quantities.ts'
import { Time } from '../ui/time.tsx'
import { openRepairDialog } from './repair-dialog.tsx'
import { useSignUps } from './sign-up-queries.ts'
import { firstFilter, type SignUpFilter, shapeSignUps } from './sign-up-rows.ts'
import { SignUpsTable } from './sign-ups-table.tsx'
import './sign-ups.css'

const spans = [
  { value: '24', label: '24 h' },
  { value: '168', label: '7 d' },
  { value: '720', label: '30 d' },
]
const spanWords: Record<string, string> = { '24': '24 hours', '168': '7 days', '720': '30 days' }

const iso = (at: number): string => new Date(at).toISOString()

/** Who signed up, and whether each has a row in the environment's `users`. Absent `place`: where its instance stands; null `group`: main finds it. */
export function SignUpsView({
  environment,
  place,
  group = null,
}: {
  environment: string
  place?: Place | undefined
  group?: string | null
}) {
  const [hours, setHours] = useState('24')
  const query = useSignUps(environment, place, group, Number(hours))
  return (
    <div className="sign-ups">
      {query.data === undefined && (
        <Toolbar label="Sign-ups shown">
          <span className="grow" />
          <Hours hours={hours} onHours={setHours} />
        </Toolbar>
      )}
      <Loaded query={query} environment={environment} rows={6}>
        {(data) => (
          <Trace key={`${environment} ${data.group} ${hours}`} environment={environment} data={data} hours={hours} onHours={setHours} />
        )}
      </Loaded>
    </div>
  )
}

function Hours({ hours, onHours }: { hours: string; onHours: (hours: string) => void }) {
  return <SegmentedControl aria-label="How far back" data={spans} value={hours} onChange={onHours} />
}

interface TraceProps {
  readonly environment: string
  readonly data: SignUps
  readonly hours: string
  readonly onHours: (hours: string) => void
}

function Trace({ environment, data, hours, onHours }: TraceProps) {
  const [chosen, setChosen] = useState<SignUpFilter | null>(null)
  const [showResets, setShowResets] = useState(false)
  const [repaired, setRepaired] = useState<ReadonlySet<string>>(new Set())
  const begin = firstFilter(data)
  // What the list begins with stays: it must not change under the pointer when the last missing row is there.
  useEffect(() => setChosen((now) => now ?? begin), [begin])
  const filter = chosen ?? begin ?? 'all'
  const { rows, missing, all, resets } = useMemo(
    () => shapeSignUps(data.signUps, { filter, showResets, repaired }),
    [data.signUps, filter, showResets, repaired],
  )
  const { insert } = data
  const repair = useCallback(
    (signUp: SignUp) =>
      openRepairDialog({ environment, signUp, insert, onRepaired: () => setRepaired((now) => new Set(now).add(signUp.key)) }),
    [environment, insert],
  )

  return (
    <>
      <Toolbar label="Sign-ups shown">
        <SegmentedControl
          aria-label="Which sign-ups"
          data={[
            { value: 'missing', label: `Without a row (${missing})` },
            { value: 'all', label: `All (${all})` },
          ]}
          value={filter}
          onChange={(value) => setChosen(value === 'missing' ? 'missing' : 'all')}
        />
        {(resets > 0 || showResets) && (
          <Switch
            label={`Password resets (${resets})`}
            checked={showResets}
            disabled={filter === 'missing'}
            title={
              filter === 'missing' ? 'They are shown among all' : 'Cognito calls the same trigger when a forgotten password is confirmed'
            }
            onChange={(event) => setShowResets(event.currentTarget.checked)}
          />
        )}
        <span className="grow" />
        <span className="dim">
          {data.checkedAt !== null && (
            <>
              Rows looked for at <Time at={iso(data.checkedAt)} withZone />
            </>
          )}
        </span>
        <Hours hours={hours} onHours={onHours} />
      </Toolbar>
      {data.table.problem !== null && <ErrorNotice error={data.table.problem} environment={environment} />}
      {data.problem !== null && <ErrorNotice error={data.problem} environment={environment} />}
      {data.pool?.problem != null && (
        <p className="dim">
          Users whom the log does not name may be missing here: <VisibleText text={data.pool.problem} />
        </p>
      )}
      <Card label="Sign-ups of the post-confirmation function">
        {rows.length > 0 ? (
          <SignUpsTable environment={environment} rows={rows} table={data.table} onRepair={repair} />
        ) : (
          <Nothing data={data} filter={filter} span={spanWords[hours] ?? ''} onAll={() => setChosen('all')} />
        )}
        {data.state === 'reading' && (
          <p className="sign-ups-foot dim" role="status">
            Reading the log back to <Time at={iso(data.from)} withZone />…
          </p>
        )}
      </Card>
    </>
  )
}

/** Why there is no row to show. */
function Nothing({ data, filter, span, onAll }: { data: SignUps; filter: SignUpFilter; span: string; onAll: () => void }) {
  if (data.group === null && data.state !== 'reading') {
    return (
      <EmptyState title="No post-confirmation function was found">
        None of the functions here is called like one. Choose its log group above, or name it as LAMBDA_LOG_GROUP.
      </EmptyState>
    )
  }
  if (data.state === 'missing') {
    return (
      <EmptyState title="Nobody has signed up yet">
        {data.group} does not exist: CloudWatch makes it when the function runs for the first time.
      </EmptyState>
    )
  }
  if (data.state === 'reading') return <LoadingRows rows={4} label="Reading the log" />
  if (filter === 'missing') {
    return (
      <EmptyState
        title={data.table.readable ? 'Every sign-up has its row' : 'It is not known who has no row'}
        action={<Button onClick={onAll}>Show all</Button>}
      >
        {data.table.readable
          ? `${countOf(data.signUps.length, 'confirmation')} in the last ${span}.`
          : 'The users table cannot be read; see above.'}
      </EmptyState>
    )
  }
  return (
    <EmptyState title={`No sign-up in the last ${span}`}>{data.state === 'trouble' ? 'The log could not be read whole.' : null}</EmptyState>
  )
}
