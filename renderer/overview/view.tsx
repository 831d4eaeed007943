import { SectionHeader } from '../ui/layout.tsx'

export function OverviewView() {
  return <SectionHeader title="Overview" />
}
