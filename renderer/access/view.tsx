import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import type { Reach, Rule } from '../../preload/contract/access.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { useActions } from '../ui/actions.ts'
import { announce } from '../ui/announce.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { isLocked, useEnvironment, useEnvironments } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { type Key, useListedKeys } from '../ui/keys.ts'
import { Card, SectionHeader, Toolbar } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { usePreferences } from '../ui/preferences.ts'
import type { Problem } from '../ui/problem.ts'
import { countOf } from '../ui/quantities.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { useIsOlder } from '../ui/use-is-older.ts'
import { AddressCard } from './address-card.tsx'
import { AllowCard } from './allow-card.tsx'
import { HistoryCard } from './history-card.tsx'
import { InstanceChooser } from './instance-chooser.tsx'
import { OptionsCard } from './options-card.tsx'
import { type On, useAllow, useInstances, useOn, useReach, useRefresh, useRevoke, useSweep } from './queries.ts'
import { RulesGrid } from './rules-grid.tsx'
import { whatToShow } from './what-to-show.ts'
import { sweepable, whoOf } from './words.ts'
import './access.css'

const keys: readonly Key[] = [
  { keys: 'Up', does: 'the rule above' },
  { keys: 'Down', does: 'the rule below' },
  { keys: 'Delete', does: 'revoke the rule' },
]

const readOnly = (environment: string): Problem => ({
  code: 'LOCKED',
  message: `${environment} is read-only. The rules can be read; unlock it to change them.`,
  data: { mend: 'unlock' },
})

/** Three looks missed: what is shown may no longer be so. */
const staleAfterMs = 100_000

function askRevoke(on: On, rule: Rule): void {
  confirmByName({
    title: `Revoke ${rule.id}`,
    name: rule.id,
    action: 'Revoke',
    losses: [
      `${rule.source} (${whoOf(rule)}) is no longer let in by it.`,
      ...(rule.description === null ? [] : [`It is described as “${rule.description}”.`]),
    ],
    notes: ['Connections that stand may go on for a while.'],
    environment: on.environment,
    run: async (confirm) => {
      await client.access.revoke({ ...on, rule: rule.id, confirm })
      announce(`Revoked ${rule.id}`)
    },
  })
}

export function AccessView() {
  const { id, state } = useEnvironment()
  const environments = useEnvironments().data ?? []
  const own = state?.environment.rds ?? null
  const { chosen, choose } = useChosen(id, own !== null)
  const instances = useInstances(id)
  const { key, environment, note } = whatToShow(id, chosen, own !== null, instances ?? [])
  const on = useOn(environment, key)
  const reach = useReach(on)
  const refresh = useRefresh(on)
  const seenAt = reach.data?.seenAt == null ? 0 : Date.parse(reach.data.seenAt)
  const isOld = useIsOlder(seenAt, staleAfterMs)
  useListedKeys('Access', keys)

  const nowhere = own === null && key === null
  const guarded = environments.find((each) => each.environment.id === environment)
  return (
    <div className="access">
      <SectionHeader title="Access" sentence="Whom the instance’s security groups let in, and whether this machine is among them.">
        {(isOld || reach.data?.problem != null) && seenAt > 0 && <StaleMarker at={seenAt} />}
      </SectionHeader>
      <Toolbar label="Instance">
        <InstanceChooser environment={id} own={own?.instance ?? null} instances={instances ?? []} chosen={key} onChoose={choose} />
        <Button
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={refresh.isPending}
          disabled={nowhere}
          onClick={() => refresh.mutate()}
        >
          Look again
        </Button>
      </Toolbar>
      {refresh.error !== null && <ErrorNotice compact error={refresh.error} environment={environment} />}
      {nowhere && (state === null || instances === null) && <LoadingRows rows={6} />}
      {nowhere && state !== null && instances !== null && <Nowhere environment={id} several={instances.length > 1} />}
      {!nowhere && (
        <>
          {note !== null && <p className="dim access-note">{note}</p>}
          {/* Of the environment in view the strip says it. */}
          {environment !== id && guarded !== undefined && isLocked(guarded) && (
            <ErrorNotice compact error={readOnly(environment)} environment={environment} />
          )}
          <Loaded query={reach} environment={environment} rows={6}>
            {(data) => <Reached key={JSON.stringify(on)} on={on} reach={data} onRetry={() => refresh.mutate()} />}
          </Loaded>
        </>
      )}
    </div>
  )
}

/** What the user chose: for an environment with an instance of its own until it is left, for another one each time. */
function useChosen(environment: string, hasOwn: boolean) {
  const { preferences, remember } = usePreferences()
  const [passing, setPassing] = useState<{ readonly environment: string; readonly key: InstanceKey | null } | null>(null)
  const kept = hasOwn ? null : (preferences.accessInstances[environment] ?? null)
  return {
    chosen: passing?.environment === environment ? passing.key : kept,
    choose: (key: InstanceKey | null) => {
      setPassing({ environment, key })
      if (!hasOwn && key !== null) remember({ accessInstances: { ...preferences.accessInstances, [environment]: key } })
    },
  }
}

function Nowhere({ environment, several }: { environment: string; several: boolean }) {
  const navigate = useNavigate()
  return (
    <Card>
      <EmptyState
        title={`${environment} stands on no RDS instance`}
        action={
          <>
            <Button onClick={() => void navigate(`/${environment}/instances`)}>Open instances</Button>
            <Button onClick={() => void navigate(`/${environment}/settings`)}>Open settings</Button>
          </>
        }
      >
        Who reaches it is not decided by a security group.{several && ' Choose an instance above to see whom it lets in.'} Where it does
        stand on one, name that in the settings.
      </EmptyState>
    </Card>
  )
}

/** What is known of one instance; `reach` stays while AWS cannot be asked. */
function Reached({ on, reach, onRetry }: { on: On; reach: Reach; onRetry: () => void }) {
  const { environment } = on
  const [typed, setTyped] = useState<string | null>(null)
  const allowing = useAllow(on)
  const allow = allowing.mutate
  const from = reach.address.state === 'known' ? reach.address.address : null
  // What came of it holds for the address that this machine had then.
  const outcome = allowing.isPending || allowing.variables?.from === from ? allowing : null
  const offered = useMemo(
    () => [{ id: 'access allow', group: 'Access', label: 'Allow my address', run: () => allow({ address: null, from }) }],
    [allow, from],
  )
  useActions(offered)
  return (
    <>
      {reach.problem !== null && <ErrorNotice error={reach.problem} environment={environment} onRetry={onRetry} />}
      <div className="access-head">
        <AllowCard
          reach={reach}
          environment={environment}
          typed={typed}
          allowing={outcome}
          onAllow={() => allow({ address: typed === null ? null : typed.trim(), from })}
        />
        <AddressCard address={reach.address} environment={environment} typed={typed} onType={setTyped} onRetry={onRetry} />
      </div>
      <Rules on={on} reach={reach} />
      <div className="access-foot">
        <HistoryCard environment={environment} />
        <OptionsCard environment={environment} options={reach.options} />
      </div>
    </>
  )
}

function Rules({ on, reach }: { on: On; reach: Reach }) {
  const { rules, groups, seenAt } = reach
  const revoke = useRevoke(on)
  const sweep = useSweep(on)
  const due = sweepable(rules, Date.now())
  const extra = (
    <>
      <span className="dim">{seenAt === null ? '' : `${countOf(rules.length, 'inbound rule')} in ${countOf(groups.length, 'group')}`}</span>
      {due.length > 0 && (
        <Button loading={sweep.isPending} onClick={() => sweep.mutate()}>
          {due.length === 1 ? 'Remove stale rule' : `Remove ${due.length} stale rules`}
        </Button>
      )}
    </>
  )
  const failed = revoke.error ?? sweep.error
  return (
    <Card title="Rules" label="Rules of the groups" extra={extra}>
      {failed !== null && (
        <div className="card-body">
          <ErrorNotice
            compact
            error={failed}
            environment={on.environment}
            onMended={() => {
              revoke.reset()
              sweep.reset()
            }}
          />
        </div>
      )}
      {seenAt === null && reach.problem === null && <LoadingRows rows={3} />}
      {seenAt !== null && rules.length === 0 && (
        <EmptyState title="Nobody is let in">
          {groups.length === 0
            ? 'The instance has no security group.'
            : 'Its groups have no inbound rule: every connection gets no answer.'}
        </EmptyState>
      )}
      {rules.length > 0 && (
        <RulesGrid
          rules={rules}
          groups={groups}
          revoking={revoke.isPending ? revoke.variables : null}
          onRevoke={(rule) => (rule.mine === 'tag' ? revoke.mutate(rule.id) : askRevoke(on, rule))}
        />
      )}
    </Card>
  )
}
