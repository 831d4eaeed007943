import type { InstanceKey, InstanceRow } from '../../preload/contract/instances.ts'

const same = (one: InstanceKey, other: InstanceKey): boolean =>
  one.profile === other.profile && one.region === other.region && one.kind === other.kind && one.identifier === other.identifier

/**
 * The instance whose rules are shown, and the environment whose guard holds for it. What was chosen goes first, then the environment's own
 * (`key` null where the environment names it), then one that another environment stands on, then the only one there is.
 */
export function whatToShow(
  inView: string,
  chosen: InstanceKey | null,
  hasOwn: boolean,
  listed: readonly Pick<InstanceRow, 'key' | 'environments'>[],
): { readonly key: InstanceKey | null; readonly environment: string } {
  const [only, another] = listed
  const row =
    chosen !== null
      ? listed.find(({ key }) => same(key, chosen))
      : hasOwn
        ? undefined
        : (listed.find(({ environments }) => environments.includes(inView)) ??
          listed.find(({ environments }) => environments.length > 0) ??
          (another === undefined ? only : undefined))
  const owners = row?.environments ?? []
  return { key: chosen ?? row?.key ?? null, environment: owners.includes(inView) ? inView : (owners[0] ?? inView) }
}
