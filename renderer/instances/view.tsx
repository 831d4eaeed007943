import { SectionHeader } from '../ui/layout.tsx'

export function InstancesView() {
  return <SectionHeader title="Instances" />
}
