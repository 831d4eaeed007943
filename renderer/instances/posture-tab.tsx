import { Button, Group } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import type { Finding } from '../../preload/contract/posture.ts'
import { client, orpc } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { groupFindings, type Verdict } from './finding-groups.ts'
import { usePosture } from './queries.ts'
import { useGuardOf } from './whose-guard.ts'

const tones: Record<Verdict, Tone> = { bad: 'bad', unknown: 'warn', good: 'ok', information: 'plain' }
const titles: Record<Verdict, string> = { bad: 'Bad', unknown: 'Not known', good: 'Good', information: 'Information' }

type Change = NonNullable<Finding['change']>

/** Asks AWS for a change, says so, and checks the list anew. */
function useAskChange(environment: string, { key }: InstanceRow) {
  const cache = useQueryClient()
  return async (change: Change, confirm: string | null): Promise<void> => {
    await client.instances.mendPosture({ environment, key, change: change.change, confirm })
    announce(`AWS was asked: ${change.action}, ${key.identifier}`)
    await cache.invalidateQueries({ queryKey: orpc.instances.posture.key({ input: { environment, key } }) })
  }
}

/** Asks before a change that costs something; the name is typed where it interrupts, or where no environment guards it. */
function confirmChange(row: InstanceRow, change: Change, guard: string, run: (confirm: string | null) => Promise<unknown>): void {
  const { identifier } = row.key
  const title = `${change.action}: ${identifier}`
  if (change.interrupts || row.environments.length === 0) {
    confirmByName({ title, name: identifier, action: change.action, losses: change.consequences, environment: guard, run })
    return
  }
  const modalId = 'mend-posture'
  const close = () => modals.close(modalId)
  modals.open({
    modalId,
    title,
    children: <Consequences change={change} guard={guard} close={close} run={() => run(null)} />,
  })
}

function Consequences({ change, guard, close, run }: { change: Change; guard: string; close: () => void; run: () => Promise<unknown> }) {
  const command = useMutation({ mutationFn: run, onSuccess: close })
  return (
    <div className="instance-dialog">
      <ul className="instance-unseen" aria-label="What it costs or interrupts">
        {change.consequences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {command.error && <ErrorNotice compact error={command.error} environment={guard} onMended={() => command.reset()} />}
      <Group justify="flex-end">
        <Button data-autofocus onClick={close}>
          Leave it
        </Button>
        <Button variant="filled" loading={command.isPending} onClick={() => command.mutate()}>
          {change.action}
        </Button>
      </Group>
    </div>
  )
}

function FindingItem({ environment, row, finding }: { environment: string; row: InstanceRow; finding: Finding }) {
  const guard = useGuardOf(row)
  const ask = useAskChange(environment, row)
  const mend = useMutation({ mutationFn: (change: Change) => ask(change, null) })
  const { change } = finding
  const press = () => {
    if (!change) return
    if (change.consequences.length === 0 && row.environments.length > 0) mend.mutate(change)
    else confirmChange(row, change, guard, (confirm) => ask(change, confirm))
  }
  return (
    <li className="finding" data-rule={finding.rule} data-verdict={finding.verdict}>
      <StatusPill tone={tones[finding.verdict]}>{finding.title}</StatusPill>
      <div>
        <p>{finding.sentence}</p>
        <p className="dim">{finding.why}</p>
        {mend.error && <ErrorNotice compact error={mend.error} environment={guard} onMended={() => mend.reset()} />}
      </div>
      {change && (
        <Button loading={mend.isPending} onClick={press}>
          {change.action}
        </Button>
      )}
    </li>
  )
}

/** The security list of the instance: what is bad first, and nothing good without proof. */
export function PostureTab({ environment, row }: { environment: string; row: InstanceRow }) {
  const posture = usePosture(environment, row)
  return (
    <Loaded query={posture} environment={environment} rows={8}>
      {({ findings, checkedAt }) => (
        <>
          <div className="row">
            <span className="dim grow">
              Checked <Time at={checkedAt} withZone />
            </span>
            <Button loading={posture.isFetching} onClick={() => void posture.refetch()}>
              Check again
            </Button>
          </div>
          {groupFindings(findings).map(({ verdict, findings: own }) => (
            <section key={verdict} className="instance-group" aria-label={titles[verdict]}>
              <h3>
                {titles[verdict]} <span className="dim">{countOf(own.length, 'finding')}</span>
              </h3>
              <ul className="findings">
                {own.map((finding) => (
                  <FindingItem key={finding.rule} environment={environment} row={row} finding={finding} />
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </Loaded>
  )
}
