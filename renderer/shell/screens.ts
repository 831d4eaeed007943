import {
  IconActivity,
  IconDatabase,
  IconHistory,
  IconListSearch,
  type IconProps,
  IconRoute,
  IconServer,
  IconSettings,
  IconShieldLock,
  IconTable,
  IconTerminal2,
} from '@tabler/icons-react'
import { type ComponentType, lazy } from 'react'

export interface Screen {
  /** Its part of the address. */
  readonly path: string
  readonly title: string
  /** Pressed after `g`. */
  readonly letter: string
  readonly icon: ComponentType<IconProps>
  readonly View: ComponentType
  /** Stands apart from the one before. */
  readonly apart?: boolean
}

const loads: (() => Promise<unknown>)[] = []

/** A screen whose code comes when it is first looked at, or when the page has nothing else to do. */
function later(load: () => Promise<ComponentType>): ComponentType {
  loads.push(load)
  return lazy(async () => ({ default: await load() }))
}

/** Gets the code of every screen while the page is idle, so that the first look at one does not wait for it. */
export function prefetchScreens(): void {
  // A screen that cannot be had now is asked for again, and its failure told, when it is opened.
  requestIdleCallback(() => void Promise.allSettled(loads.map((load) => load())), { timeout: 2000 })
}

/** Every screen in the order of the rail. */
export const screens: readonly Screen[] = [
  {
    path: 'overview',
    title: 'Overview',
    letter: 'o',
    icon: IconRoute,
    View: later(async () => (await import('../overview/view.tsx')).OverviewView),
  },
  {
    path: 'sessions',
    title: 'Sessions',
    letter: 's',
    icon: IconActivity,
    View: later(async () => (await import('../sessions/view.tsx')).SessionsView),
  },
  {
    path: 'tables',
    title: 'Tables',
    letter: 't',
    icon: IconTable,
    View: later(async () => (await import('../tables/view.tsx')).TablesView),
  },
  {
    path: 'query',
    title: 'Query',
    letter: 'q',
    icon: IconTerminal2,
    View: later(async () => (await import('../query/view.tsx')).QueryView),
  },
  {
    path: 'lifecycle',
    title: 'Lifecycle',
    letter: 'l',
    icon: IconDatabase,
    View: later(async () => (await import('../lifecycle/view.tsx')).LifecycleView),
  },
  {
    path: 'instances',
    title: 'Instances',
    letter: 'i',
    icon: IconServer,
    View: later(async () => (await import('../instances/view.tsx')).InstancesView),
    apart: true,
  },
  {
    path: 'access',
    title: 'Access',
    letter: 'x',
    icon: IconShieldLock,
    View: later(async () => (await import('../access/view.tsx')).AccessView),
  },
  {
    path: 'logs',
    title: 'Logs',
    letter: 'e',
    icon: IconListSearch,
    View: later(async () => (await import('../logs/view.tsx')).LogsView),
  },
  {
    path: 'activity',
    title: 'Activity',
    letter: 'a',
    icon: IconHistory,
    View: later(async () => (await import('../activity/view.tsx')).ActivityView),
    apart: true,
  },
  {
    path: 'settings',
    title: 'Settings',
    letter: ',',
    icon: IconSettings,
    View: later(async () => (await import('../settings/view.tsx')).SettingsView),
  },
]
