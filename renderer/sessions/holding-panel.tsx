import { Button } from '@mantine/core'
import { memo } from 'react'
import type { Session } from '../../preload/contract/sessions.ts'
import { announce } from '../ui/announce.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { nameOf, useFree, useHolding } from './queries.ts'
import { isBackground } from './session-rows.ts'

const shown = 3

function whoHolds(sessions: readonly Session[]): string {
  const own = sessions.filter((one) => one.own).length
  const others = sessions.filter((one) => !one.own)
  const names = others.slice(0, shown).map((one) => `${nameOf(one)}${one.state ? ` (${one.state})` : ''}`)
  if (others.length > shown) names.push(`${others.length - shown} more`)
  if (own > 0) names.push(`this console (${countOf(own, 'connection')}, which makes way for a reset)`)
  return names.join('; ')
}

/** `ROLLBACK PREPARED` takes a literal, not a parameter. */
const rollback = (gid: string) => `ROLLBACK PREPARED '${gid.replaceAll("'", "''")}'`

/** What keeps the environment's database from being dropped or renamed, and the one button that frees it. */
export const HoldingPanel = memo(function HoldingPanel({ environment, every }: { environment: string; every: number }) {
  const holding = useHolding(environment, every)
  const free = useFree(environment)
  const database = holding.data?.database

  const run = () =>
    free.mutate(undefined, {
      onSuccess(results) {
        const ended = results.filter((one) => one.outcome === 'signalled').length
        const refused = results.length - ended
        announce(`Freed ${database ?? 'the database'} of ${countOf(ended, 'session')}${refused > 0 ? `, ${refused} stay` : ''}`, {
          tone: refused > 0 ? 'bad' : 'ok',
        })
      },
    })

  return (
    <Card label="What holds this database open">
      <div className="card-body holding">
        <Loaded query={holding} environment={environment} rows={1}>
          {({ sessions, preparedTransactions }) => {
            const clients = sessions.filter((one) => !isBackground(one))
            const nobody = clients.length === 0 && preparedTransactions.length === 0
            return (
              <>
                <div className="row">
                  <p className="grow">
                    <b>What holds {database} open:</b> {nobody ? 'nothing; it can be dropped or renamed' : whoHolds(clients)}.
                  </p>
                  {clients.length > 0 && (
                    <Button color="red" loading={free.isPending} onClick={run}>
                      Free sessions
                    </Button>
                  )}
                </div>
                {preparedTransactions.map((gid) => (
                  <p key={gid} className="row">
                    <span>
                      Prepared transaction <span className="mono">{gid}</span>: stays until it is committed or rolled back.
                    </span>
                    <CopyButton text={rollback(gid)} what="ROLLBACK PREPARED" />
                  </p>
                ))}
              </>
            )
          }}
        </Loaded>
        {free.error && <ErrorNotice compact error={free.error} environment={environment} onMended={free.reset} />}
        {free.data?.some((one) => one.outcome === 'refused') && (
          <ul className="signal-refusals">
            {free.data.flatMap(({ pid, outcome, message }) =>
              outcome === 'refused' ? [<li key={pid}>{`pid ${pid}: ${message}`}</li>] : [],
            )}
          </ul>
        )}
      </div>
    </Card>
  )
})
