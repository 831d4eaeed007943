import { SectionHeader } from '../ui/layout.tsx'

export function ActivityView() {
  return <SectionHeader title="Activity" />
}
