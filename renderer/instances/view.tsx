import { Button, Select, TextInput } from '@mantine/core'
import { IconMap2, IconRefresh } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import type { Fleet, InstanceRow, PlaceState } from '../../preload/contract/instances.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironmentId, useEnvironments } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { useKeys } from '../ui/keys.ts'
import { SectionHeader, Toolbar } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf } from '../ui/quantities.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import type { CellContext } from './columns.tsx'
import { InstanceActions } from './instance-actions.tsx'
import { emptiness, type Shaped, type Sort, shape } from './instance-rows.ts'
import { InstancesGrid } from './instances-grid.tsx'
import { PlacesStrip } from './places-strip.tsx'
import { useFleet, useRefresh } from './queries.ts'
import { openScopeChooser } from './scope-chooser.tsx'
import { toneOf } from './status.ts'
import './instances.css'

const noInstances: readonly InstanceRow[] = []
const noPlaces: readonly PlaceState[] = []

/** Every RDS instance of the chosen profiles and regions, what is under way on each, and what may be done. */
export function InstancesView() {
  const environment = useEnvironmentId()
  const fleet = useFleet(environment)
  const refresh = useRefresh(environment)
  const look = refresh.mutate
  useKeys(
    'Instances',
    useMemo(() => [{ keys: 'r', does: 'Ask AWS again', run: () => look() }], [look]),
  )
  const places = fleet.data?.places ?? noPlaces
  const asOf = oldest(places)
  return (
    <div className="instances">
      <SectionHeader title="Instances" sentence="RDS instances and clusters of the chosen profiles and regions, as AWS says they are.">
        {asOf !== null && <StaleMarker at={asOf} why="A profile or region did not answer as it should" />}
        <Button leftSection={<IconRefresh size={14} aria-hidden />} loading={refresh.isPending} onClick={() => refresh.mutate()}>
          Refresh
        </Button>
        <Button
          leftSection={<IconMap2 size={14} aria-hidden />}
          disabled={!fleet.data}
          onClick={() => fleet.data && openScopeChooser(environment, fleet.data.scope)}
        >
          Profiles and regions
        </Button>
      </SectionHeader>
      {refresh.error && <ErrorNotice compact error={refresh.error} environment={environment} onMended={() => refresh.reset()} />}
      <Loaded query={fleet} environment={environment} rows={8}>
        {(data) => <Panes environment={environment} fleet={data} onRefresh={look} />}
      </Loaded>
    </div>
  )
}

/** When the oldest of what is shown although its place failed was true, in milliseconds; null where nothing is stale. */
function oldest(places: readonly PlaceState[]): number | null {
  const times = places.filter(({ state }) => state === 'failed').flatMap(({ answeredAt }) => (answeredAt ? [Date.parse(answeredAt)] : []))
  return times.length === 0 ? null : Math.min(...times)
}

function Panes({ environment, fleet, onRefresh }: { environment: string; fleet: Fleet; onRefresh: () => void }) {
  const [address, setAddress] = useSearchParams()
  const states = useEnvironments().data
  const [filter, setFilter] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const [region, setRegion] = useState<string | null>(null)
  const [sort, setSort] = useState<Sort | null>(null)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [picked, setPicked] = useState<string | null>(null)
  const openKey = address.get('instance')

  const { instances, places } = fleet
  const shaped = useMemo(
    () => shape(instances ?? noInstances, places, { filter, status, region, sort, folded }),
    [instances, places, filter, status, region, sort, folded],
  )
  const context = useMemo<CellContext>(() => {
    const accounts = new Map(places.map(({ place, account }) => [`${place.region}/${place.profile}`, account]))
    const colours = new Map(states?.map(({ environment: { id, colour } }) => [id, colour]))
    return {
      account: ({ row }) => accounts.get(`${row.key.region}/${row.key.profile}`) ?? null,
      colour: (id) => colours.get(id),
    }
  }, [places, states])

  // Without a choice the buttons act on the environment's own instance, else on the only one there is.
  const own =
    shaped.rows.find(({ row }) => row.environments.includes(environment)) ?? (shaped.rows.length === 1 ? shaped.rows[0] : undefined)
  const wanted = picked ?? openKey
  const current = wanted === null ? own : shaped.rows.find(({ key }) => key === wanted)

  const open = useCallback(
    (key: string, tab?: string) => {
      setPicked(key)
      setAddress((before) => {
        const next = new URLSearchParams(before)
        next.set('instance', key)
        if (tab) next.set('tab', tab)
        return next
      })
    },
    [setAddress],
  )
  const fold = (key: string, away: boolean) => {
    const next = new Set(folded)
    if (away) next.add(key)
    else next.delete(key)
    setFolded(next)
  }

  return (
    <>
      <PlacesStrip places={places} environment={environment} onRetry={onRefresh} />
      <Toolbar label="Instances shown">
        <TextInput
          className="instances-search"
          type="search"
          aria-label="Search instances"
          placeholder="Search: name, engine, class, account"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        {shaped.regions.length > 1 && (
          <Select
            aria-label="Region"
            w={150}
            placeholder="All regions"
            clearable
            data={[...shaped.regions]}
            value={region}
            onChange={setRegion}
          />
        )}
        <StatusChips statuses={shaped.statuses} only={status} onOnly={setStatus} />
        <span className="grow" />
        <span className="dim" aria-live="polite">
          {countOf(shaped.rows.filter(({ besides }) => !besides).length, 'instance')}
          {shaped.rows.length < instances.length && ` of ${instances.length}`}
        </span>
      </Toolbar>
      <InstanceActions environment={environment} row={current?.row ?? null} onSchedule={() => current && open(current.key, 'watch')} />
      <div className="instances-panes">
        <div className="instances-panel">
          <InstancesGrid
            rows={shaped.rows}
            context={context}
            currentKey={current?.key ?? null}
            openKey={openKey}
            onCurrent={setPicked}
            onOpen={open}
            onFold={fold}
            sort={sort}
            onSort={setSort}
          />
          {shaped.rows.length === 0 && (
            <NoRows
              fleet={fleet}
              environment={environment}
              onAll={() => {
                setFilter('')
                setStatus(null)
                setRegion(null)
              }}
            />
          )}
        </div>
      </div>
    </>
  )
}

/** How many instances have each status, in AWS' words; pressing one shows those alone. */
function StatusChips({
  statuses,
  only,
  onOnly,
}: {
  statuses: Shaped['statuses']
  only: string | null
  onOnly: (status: string | null) => void
}) {
  if (statuses.length === 0 && only === null) return null
  const shown = only === null || statuses.some(([status]) => status === only) ? statuses : [...statuses, [only, 0] as const]
  return (
    <fieldset className="instances-chips" aria-label="Show one status alone">
      {shown.map(([status, count]) => (
        <button key={status} type="button" aria-pressed={only === status} onClick={() => onOnly(only === status ? null : status)}>
          <StatusPill tone={toneOf(status)}>
            {status} {count}
          </StatusPill>
        </button>
      ))}
    </fieldset>
  )
}

function NoRows({ fleet, environment, onAll }: { fleet: Fleet; environment: string; onAll: () => void }) {
  if (fleet.instances.length > 0)
    return (
      <EmptyState title="No instance is shown" action={<Button onClick={onAll}>Show all</Button>}>
        None matches the search and the filters.
      </EmptyState>
    )
  const choose = <Button onClick={() => openScopeChooser(environment, fleet.scope)}>Profiles and regions</Button>
  switch (emptiness(fleet.places)) {
    case 'none chosen':
      return (
        <EmptyState title="No profile or region is chosen" action={choose}>
          Choose whose instances to show, and where.
        </EmptyState>
      )
    case 'loading':
      return <LoadingRows rows={6} label="Asking AWS" />
    case 'failed':
      return (
        <EmptyState title="It is not known which instances there are" action={choose}>
          Not every profile and region answered; why is told above the list.
        </EmptyState>
      )
    case 'empty':
      return (
        <EmptyState title="No instances in these regions" action={choose}>
          Every chosen profile and region answered, and has none.
        </EmptyState>
      )
  }
}
