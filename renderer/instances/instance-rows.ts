import type { InstanceRow, PlaceState } from '../../preload/contract/instances.ts'
import { keyText } from './instance-key.ts'

export type SortKey = 'instance' | 'status' | 'engine' | 'region' | 'endpoint' | 'cost'

export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

export interface Choice {
  readonly filter: string
  /** Null shows every status, every region. */
  readonly status: string | null
  readonly region: string | null
  readonly sort: Sort | null
  /** The clusters whose members are folded away, by key. */
  readonly folded: ReadonlySet<string>
}

export interface PlacedRow {
  readonly row: InstanceRow
  readonly key: string
  readonly level: 1 | 2
  /** Whether its members are shown; null where it has none. */
  readonly expanded: boolean | null
  /** Shown only because a member of it is. */
  readonly besides: boolean
  /** Its place did not answer the last time: what is shown is what was true at `seenAt`. */
  readonly stale: boolean
}

export interface Shaped {
  readonly rows: readonly PlacedRow[]
  /** Of everything in the chosen places, most frequent first. */
  readonly statuses: readonly (readonly [status: string, count: number])[]
  readonly regions: readonly string[]
}

const placeText = ({ profile, region }: { profile: string; region: string }) => `${region}/${profile}`

const searched = (row: InstanceRow, account: string | null): string =>
  [
    row.key.identifier,
    row.status,
    row.engine,
    row.engineVersion,
    row.instanceClass,
    row.key.region,
    row.key.profile,
    account,
    row.endpoint?.host,
    row.endpoint?.port,
    row.memberOf,
    row.replicaOf,
    ...row.environments,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join('\n')
    .toLowerCase()

const hasAll = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word))

const sortable: Record<SortKey, (row: InstanceRow) => string | number | null> = {
  instance: ({ key }) => key.identifier,
  status: ({ status }) => status,
  engine: ({ engine, engineVersion, instanceClass }) => `${engine} ${engineVersion} ${instanceClass ?? ''}`,
  region: ({ key }) => `${key.region} ${key.profile}`,
  endpoint: ({ endpoint }) => endpoint && `${endpoint.host}:${endpoint.port}`,
  cost: ({ cost }) => cost?.perHour ?? null,
}

function compare(one: InstanceRow, other: InstanceRow, { key, descending }: Sort): number {
  const [a, b] = [sortable[key](one), sortable[key](other)]
  // What is not known stands at the end whichever way is sorted.
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true })
  return descending ? -order : order
}

const byName: Sort = { key: 'instance', descending: false }

/** The rows to show, members under their cluster. Equal rows stand by name, so that nothing moves while places answer. */
export function shape(instances: readonly InstanceRow[], places: readonly PlaceState[], choice: Choice): Shaped {
  const stateOf = new Map(places.map((state) => [placeText(state.place), state]))
  const words = choice.filter.toLowerCase().split(/\s+/)
  const counts = new Map<string, number>()
  for (const { status } of instances) counts.set(status, (counts.get(status) ?? 0) + 1)

  const order = choice.sort ?? byName
  const sorted = instances.toSorted((one, other) => compare(one, other, order) || compare(one, other, byName))
  const wanted = (row: InstanceRow) =>
    (choice.status === null || row.status === choice.status) &&
    (choice.region === null || row.key.region === choice.region) &&
    hasAll(searched(row, stateOf.get(placeText(row.key))?.account ?? null), words)

  const clusterOf = (row: InstanceRow) =>
    row.memberOf === null ? null : keyText({ ...row.key, kind: 'cluster', identifier: row.memberOf })
  const clusters = new Set(sorted.filter(({ key }) => key.kind === 'cluster').map(({ key }) => keyText(key)))
  const members = Map.groupBy(sorted, clusterOf)
  const stale = (row: InstanceRow) => stateOf.get(placeText(row.key))?.state === 'failed'

  const rows = sorted.flatMap((row): PlacedRow[] => {
    const cluster = clusterOf(row)
    if (cluster !== null && clusters.has(cluster)) return []
    const key = keyText(row.key)
    const under = (members.get(key) ?? []).filter(wanted)
    const matches = wanted(row)
    if (!matches && under.length === 0) return []
    const expanded = under.length === 0 ? null : !choice.folded.has(key)
    const at = (each: InstanceRow, level: 1 | 2): PlacedRow => ({
      row: each,
      key: keyText(each.key),
      level,
      expanded: level === 1 ? expanded : null,
      besides: level === 1 && !matches,
      stale: stale(each),
    })
    return [at(row, 1), ...(expanded ? under.map((each) => at(each, 2)) : [])]
  })
  return {
    rows,
    statuses: [...counts].toSorted(([a, many], [b, few]) => few - many || a.localeCompare(b)),
    regions: [...new Set(instances.map(({ key }) => key.region))].toSorted(),
  }
}

/** Why there is no row: every place answered and has none, some are still asked, or some could not be. */
export function emptiness(places: readonly PlaceState[]): 'none chosen' | 'loading' | 'failed' | 'empty' {
  if (places.length === 0) return 'none chosen'
  if (places.some(({ state }) => state === 'loading')) return 'loading'
  return places.some(({ state }) => state === 'failed') ? 'failed' : 'empty'
}

/** Places that fail for the same reason, told once. */
export function failures(places: readonly PlaceState[]): readonly { readonly first: PlaceState; readonly regions: readonly string[] }[] {
  const failed = places.filter(({ problem }) => problem !== null)
  const groups = Map.groupBy(failed, ({ place, problem }) => [place.profile, problem?.code, problem?.data?.source?.code].join('\n'))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first ? [{ first, regions: group.map(({ place }) => place.region) }] : []
  })
}
