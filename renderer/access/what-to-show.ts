import type { InstanceKey, InstanceRow } from '../../preload/contract/instances.ts'

const isSameKey = (one: InstanceKey, other: InstanceKey): boolean =>
  one.profile === other.profile && one.region === other.region && one.kind === other.kind && one.identifier === other.identifier

interface Shown {
  /** Null where the environment's own is shown, or none. */
  readonly key: InstanceKey | null
  /** Whose guard holds for it. */
  readonly environment: string
  /** Why it is not the instance of the environment in view, as a sentence; null where it is, and where there is none. */
  readonly note: string | null
}

/**
 * The instance whose rules are shown. What was chosen goes first, as long as it is listed, then the environment's own (`key` null where the
 * environment names it), then one that another environment stands on, then the only one there is.
 */
export function whatToShow(
  inView: string,
  chosen: InstanceKey | null,
  hasOwn: boolean,
  listed: readonly Pick<InstanceRow, 'key' | 'environments'>[],
): Shown {
  const [only, another] = listed
  const picked = chosen === null ? undefined : listed.find(({ key }) => isSameKey(key, chosen))
  const offered = () =>
    listed.find(({ environments }) => environments.includes(inView)) ??
    listed.find(({ environments }) => environments.length > 0) ??
    (another === undefined ? only : undefined)
  const row = picked ?? (hasOwn ? undefined : offered())
  if (row === undefined) return { key: null, environment: inView, note: null }
  const { key, environments } = row
  if (environments.includes(inView)) return { key, environment: inView, note: null }
  const [owner] = environments
  const whose =
    owner === undefined ? (another === undefined ? 'the only one in the list' : 'one that no environment stands on') : `the one of ${owner}`
  const note = hasOwn ? `This is ${whose}, not the one of ${inView}.` : `${inView} stands on no RDS instance. This is ${whose}.`
  return { key, environment: owner ?? inView, note }
}
