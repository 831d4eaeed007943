import { Button, Select, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Fleet } from '../../preload/contract/instances.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironments } from '../ui/environment.ts'
import { Toolbar } from '../ui/layout.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import type { CellContext } from './columns.tsx'
import { DetailsPane } from './details-pane.tsx'
import { InstanceActions } from './instance-actions.tsx'
import { keyText, readKey } from './instance-key.ts'
import { emptiness, type Shaped, type Sort, shape } from './instance-rows.ts'
import { InstancesGrid } from './instances-grid.tsx'
import { PlacesStrip } from './places-strip.tsx'
import { openScopeChooser } from './scope-chooser.tsx'
import { toneOf } from './status.ts'
import type { Tab } from './tabs.ts'
import { useOpened } from './use-opened.ts'

/** The places, the list with what chooses from it, and the details beside it. */
export function InstancesPanes({ environment, fleet, onRefresh }: { environment: string; fleet: Fleet; onRefresh: () => void }) {
  const { opened, tab, open: show, close } = useOpened()
  const states = useEnvironments().data
  const [filter, setFilter] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const [region, setRegion] = useState<string | null>(null)
  const [sort, setSort] = useState<Sort | null>(null)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [picked, setPicked] = useState<string | null>(null)

  const { instances, places } = fleet
  const shaped = useMemo(
    () => shape(instances, places, { filter, status, region, sort, folded }),
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
  const wanted = picked ?? opened
  const current = wanted === null ? own : shaped.rows.find(({ key }) => key === wanted)

  const open = (key: string, on?: Tab) => {
    setPicked(key)
    show(key, on)
  }
  const showAll = () => {
    setFilter('')
    setStatus(null)
    setRegion(null)
  }
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
          {/* That there are none is said only where every place has said so. */}
          {(instances.length > 0 || emptiness(places) === 'empty') &&
            countOf(shaped.rows.filter(({ besides }) => !besides).length, 'instance')}
          {shaped.rows.length < instances.length && ` of ${instances.length}`}
        </span>
      </Toolbar>
      <InstanceActions environment={environment} row={current?.row ?? null} onSchedule={() => current && open(current.key, 'watch')} />
      <div className="instances-panes" data-open={opened !== null || undefined}>
        <div className="instances-panel">
          <InstancesGrid
            rows={shaped.rows}
            context={context}
            currentKey={current?.key ?? null}
            openKey={opened}
            onCurrent={setPicked}
            onOpen={open}
            onClose={close}
            onFold={fold}
            sort={sort}
            onSort={setSort}
          />
          {shaped.rows.length === 0 && <NoRows fleet={fleet} environment={environment} onAll={showAll} />}
        </div>
        {opened !== null && (
          <Opened environment={environment} fleet={fleet} openKey={opened} tab={tab} onTab={(next) => open(opened, next)} onClose={close} />
        )}
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
  const choose = <Button onClick={() => openScopeChooser(environment, fleet.scope)}>Choose profiles and regions</Button>
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

/** The details of the instance that the address names; where it is not there, that. */
function Opened({
  environment,
  fleet,
  openKey,
  tab,
  onTab,
  onClose,
}: {
  environment: string
  fleet: Fleet
  openKey: string
  tab: Tab
  onTab: (tab: Tab) => void
  onClose: () => void
}) {
  const row = fleet.instances.find(({ key }) => keyText(key) === openKey)
  if (row) return <DetailsPane key={openKey} environment={environment} row={row} tab={tab} onTab={onTab} onClose={onClose} />
  const key = readKey(openKey)
  const close = <Button onClick={onClose}>Close</Button>
  const waits = fleet.places.some(({ state, place }) => state === 'loading' && place.region === key?.region)
  return (
    <section className="instance-details" aria-label="Details">
      {waits ? (
        <LoadingRows rows={8} />
      ) : (
        <EmptyState title={`${key?.identifier ?? 'This instance'} is not in the list`} action={close}>
          It was deleted, or its profile or region is not chosen or did not answer.
        </EmptyState>
      )}
    </section>
  )
}
