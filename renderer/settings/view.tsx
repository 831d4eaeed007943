import { SectionHeader } from '../ui/layout.tsx'

export function SettingsView() {
  return <SectionHeader title="Settings" />
}
