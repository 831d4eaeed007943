import { CloseButton, Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import type { InstanceDetails } from '../../preload/contract/instance-details.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { Loaded } from '../ui/loaded.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { ConnectTab } from './connect-tab.tsx'
import { EventsTab, SnapshotsTab } from './history-tabs.tsx'
import { MonitoringTab } from './monitoring-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { PostureTab } from './posture-tab.tsx'
import { useDetails } from './queries.ts'
import { StandingLine } from './standing-line.tsx'
import { toneOf } from './status.ts'
import { type Tab, tabOf, tabs, tabTitles } from './tabs.ts'
import { WatchTab } from './watch-tab.tsx'
import './instance-details.css'

function Described({
  environment,
  row,
  children,
}: {
  environment: string
  row: InstanceRow
  children: (details: InstanceDetails) => ReactNode
}) {
  return (
    <Loaded query={useDetails(environment, row)} environment={environment} rows={8}>
      {children}
    </Loaded>
  )
}

function Content({ tab, environment, row }: { tab: Tab; environment: string; row: InstanceRow }) {
  switch (tab) {
    case 'overview':
      return (
        <Described environment={environment} row={row}>
          {(details) => <OverviewTab row={row} details={details} />}
        </Described>
      )
    case 'monitoring':
      return <MonitoringTab environment={environment} row={row} />
    case 'posture':
      return <PostureTab environment={environment} row={row} />
    case 'events':
      return (
        <Described environment={environment} row={row}>
          {(details) => <EventsTab details={details} />}
        </Described>
      )
    case 'snapshots':
      return (
        <Described environment={environment} row={row}>
          {(details) => <SnapshotsTab details={details} />}
        </Described>
      )
    case 'watch':
      return <WatchTab environment={environment} row={row} />
    case 'connect':
      return (
        <Described environment={environment} row={row}>
          {(details) => <ConnectTab environment={environment} row={row} details={details} />}
        </Described>
      )
    default:
      return tab satisfies never
  }
}

/** All about one instance, a tab at a time. */
export function DetailsPane({
  environment,
  row,
  tab,
  onTab,
  onClose,
}: {
  environment: string
  row: InstanceRow
  tab: Tab
  onTab: (tab: Tab) => void
  onClose: () => void
}) {
  return (
    <section className="instance-details" aria-label={`Details of ${row.key.identifier}`}>
      <header className="instance-details-head">
        <h2>{row.key.identifier}</h2>
        <StatusPill tone={toneOf(row.status)}>{row.status}</StatusPill>
        <span className="grow dim instance-line">
          <StandingLine row={row} />
        </span>
        <CloseButton size="sm" aria-label="Close the details" onClick={onClose} />
      </header>
      <Tabs value={tab} onChange={(next) => onTab(tabOf(next))} className="instance-tabs">
        <Tabs.List aria-label="What to see of the instance">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabTitles[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className="instance-details-body" tabIndex={0}>
          <Content tab={tab} environment={environment} row={row} />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}
