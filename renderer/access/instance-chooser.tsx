import { Select } from '@mantine/core'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import { useInstances } from './queries.ts'

const nameOf = (key: InstanceKey) => JSON.stringify([key.profile, key.region, key.kind, key.identifier])

/** Which instance's rules are shown: the environment's own, or another of the list. */
export function InstanceChooser({
  environment,
  own,
  chosen,
  onChoose,
}: {
  environment: string
  /** The environment's own; null where it has none. */
  own: string | null
  chosen: InstanceKey | null
  onChoose: (key: InstanceKey | null) => void
}) {
  const instances = useInstances(environment) ?? []
  const data = [
    { value: '', label: own === null ? `${environment} stands on none` : `${own}, of ${environment}` },
    ...instances.map(({ key }) => ({ value: nameOf(key), label: `${key.identifier}, ${key.region}, ${key.profile}` })),
  ]
  return (
    <Select
      aria-label="Instance"
      data={data}
      value={chosen === null ? '' : nameOf(chosen)}
      allowDeselect={false}
      searchable={data.length > 8}
      w={360}
      onChange={(value) => onChoose(instances.find(({ key }) => nameOf(key) === value)?.key ?? null)}
    />
  )
}
