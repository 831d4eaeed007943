import { Select } from '@mantine/core'
import type { InstanceKey, InstanceRow } from '../../preload/contract/instances.ts'

const nameOf = (key: InstanceKey) => JSON.stringify([key.profile, key.region, key.kind, key.identifier])

/** Which instance's rules are shown: the environment's own, or another of the list. */
export function InstanceChooser({
  environment,
  own,
  instances,
  chosen,
  onChoose,
}: {
  environment: string
  /** The environment's own; null where it has none. */
  own: string | null
  instances: readonly Pick<InstanceRow, 'key'>[]
  chosen: InstanceKey | null
  onChoose: (key: InstanceKey | null) => void
}) {
  const data = [
    ...(own === null ? [] : [{ value: '', label: `${own}, of ${environment}` }]),
    ...instances.map(({ key }) => ({ value: nameOf(key), label: `${key.identifier}, ${key.region}, ${key.profile}` })),
  ]
  return (
    <Select
      aria-label="Instance"
      data={data}
      placeholder={data.length === 0 ? 'No instances' : 'Choose an instance'}
      disabled={data.length === 0}
      value={chosen !== null ? nameOf(chosen) : own === null ? null : ''}
      allowDeselect={false}
      searchable={data.length > 8}
      w={360}
      onChange={(value) => onChoose(instances.find(({ key }) => nameOf(key) === value)?.key ?? null)}
    />
  )
}
