import { SectionHeader } from '../ui/layout.tsx'

export function AccessView() {
  return <SectionHeader title="Access" />
}
