export const tabs = ['overview', 'monitoring', 'posture', 'events', 'snapshots', 'watch', 'connect'] as const
export type Tab = (typeof tabs)[number]

export const tabTitles: Record<Tab, string> = {
  overview: 'Overview',
  monitoring: 'Monitoring',
  posture: 'Posture',
  events: 'Events',
  snapshots: 'Snapshots',
  watch: 'Watch',
  connect: 'Connect',
}

/** What the address says of the tab. */
export const tabOf = (text: string | null): Tab => tabs.find((tab) => tab === text) ?? 'overview'
