import { Button } from '@mantine/core'
import { IconMap2, IconPlus, IconRefresh } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import type { PlaceState } from '../../preload/contract/instances.ts'
import { useEnvironmentId } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { useKeys } from '../ui/keys.ts'
import { SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { openCreationForm } from './creation-form.tsx'
import { keyText } from './instance-key.ts'
import { InstancesPanes } from './instances-panes.tsx'
import { useFleet, useRefresh } from './queries.ts'
import { openScopeChooser } from './scope-chooser.tsx'
import { useInstanceActions } from './use-instance-actions.ts'
import { useOpened } from './use-opened.ts'
import './instances.css'

const noPlaces: readonly PlaceState[] = []
const noScope = { profiles: [], regions: [] }

/** Every RDS instance of the chosen profiles and regions, what is under way on each, and what may be done. */
export function InstancesView() {
  const environment = useEnvironmentId()
  const fleet = useFleet(environment)
  const refresh = useRefresh(environment)
  const { open } = useOpened()
  const look = refresh.mutate
  useKeys(
    'Instances',
    useMemo(() => [{ keys: 'r', does: 'Ask AWS again', run: () => look() }], [look]),
  )

  const scope = fleet.data?.scope ?? noScope
  const create = useCallback(() => openCreationForm(environment, scope, (key) => open(keyText(key))), [environment, scope, open])
  const choose = useCallback(() => openScopeChooser(environment, scope), [environment, scope])
  const own = fleet.data?.instances.find(({ environments }) => environments.includes(environment)) ?? null
  useInstanceActions(environment, own, create, choose)

  const asOf = oldest(fleet.data?.places ?? noPlaces)
  return (
    <div className="instances">
      <SectionHeader title="Instances" sentence="RDS instances and clusters, as AWS says they are.">
        {asOf !== null && <StaleMarker at={asOf} why="A profile or region did not answer as it should" />}
        <Button leftSection={<IconRefresh size={14} aria-hidden />} loading={refresh.isPending} onClick={() => look()}>
          Refresh
        </Button>
        <Button leftSection={<IconMap2 size={14} aria-hidden />} disabled={!fleet.data} onClick={choose}>
          Profiles and regions
        </Button>
        <Button leftSection={<IconPlus size={14} aria-hidden />} disabled={!fleet.data} onClick={create}>
          New instance
        </Button>
      </SectionHeader>
      {refresh.error && <ErrorNotice compact error={refresh.error} environment={environment} onMended={() => refresh.reset()} />}
      <Loaded query={fleet} environment={environment} rows={8}>
        {(data) => <InstancesPanes environment={environment} fleet={data} onRefresh={look} />}
      </Loaded>
    </div>
  )
}

/** When the oldest of what is shown although its place failed was true, in milliseconds; null where nothing is stale. */
function oldest(places: readonly PlaceState[]): number | null {
  const times = places.filter(({ state }) => state === 'failed').flatMap(({ answeredAt }) => (answeredAt ? [Date.parse(answeredAt)] : []))
  return times.length === 0 ? null : Math.min(...times)
}
