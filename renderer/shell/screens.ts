import {
  IconActivity,
  IconDatabase,
  IconHistory,
  type IconProps,
  IconRoute,
  IconSettings,
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

/** Every screen in the order of the rail. */
export const screens: readonly Screen[] = [
  {
    path: 'overview',
    title: 'Overview',
    letter: 'o',
    icon: IconRoute,
    View: lazy(async () => ({ default: (await import('../overview/view.tsx')).OverviewView })),
  },
  {
    path: 'sessions',
    title: 'Sessions',
    letter: 's',
    icon: IconActivity,
    View: lazy(async () => ({ default: (await import('../sessions/view.tsx')).SessionsView })),
  },
  {
    path: 'tables',
    title: 'Tables',
    letter: 't',
    icon: IconTable,
    View: lazy(async () => ({ default: (await import('../tables/view.tsx')).TablesView })),
  },
  {
    path: 'query',
    title: 'Query',
    letter: 'q',
    icon: IconTerminal2,
    View: lazy(async () => ({ default: (await import('../query/view.tsx')).QueryView })),
  },
  {
    path: 'lifecycle',
    title: 'Lifecycle',
    letter: 'l',
    icon: IconDatabase,
    View: lazy(async () => ({ default: (await import('../lifecycle/view.tsx')).LifecycleView })),
  },
  {
    path: 'activity',
    title: 'Activity',
    letter: 'a',
    icon: IconHistory,
    View: lazy(async () => ({ default: (await import('../activity/view.tsx')).ActivityView })),
    apart: true,
  },
  {
    path: 'settings',
    title: 'Settings',
    letter: ',',
    icon: IconSettings,
    View: lazy(async () => ({ default: (await import('../settings/view.tsx')).SettingsView })),
  },
]
