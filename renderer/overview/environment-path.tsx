import { ActionIcon } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import type { PathLink } from '../../preload/contract/overview.ts'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { Link } from './link.tsx'
import { usePath } from './queries.ts'

/** Where the values of the environment come from, in the words of the settings. */
function originOf({ environment: { origin, connection } }: EnvironmentState): string {
  switch (origin) {
    case 'embedded':
      return `${connection.database} on this machine, started by Basepair`
    case 'practice':
      return `${connection.database} in the practice cloud`
    case 'variable':
      return `${connection.database} at ${connection.host}, from the environment variable`
    case 'settings':
      return `${connection.database} at ${connection.host}`
    default:
      return origin satisfies never
  }
}

function Verdict({ links }: { links: readonly PathLink[] }) {
  const broken = links.filter((link) => link.state === 'broken')
  const [first] = broken
  if (links.some((link) => link.state === 'changing')) return <StatusPill tone="busy">changing</StatusPill>
  const unknown = links.filter((link) => link.state === 'unknown')
  if (!first && unknown.length > 0) return <StatusPill tone="warn">{countOf(unknown.length, 'link')} not known</StatusPill>
  if (!first) return <StatusPill tone="ok">in order</StatusPill>
  if (['instance', 'network', 'server', 'tls', 'sign-in'].includes(first.link)) return <StatusPill tone="bad">not reached</StatusPill>
  return <StatusPill tone="warn">{countOf(broken.length, 'link')} to mend</StatusPill>
}

export function EnvironmentPath({ state }: { state: EnvironmentState }) {
  const { id, label, colour } = state.environment
  const path = usePath(state)
  return (
    <Card
      label={id}
      colour={colour}
      title={
        <>
          <h2 className="environment-name">{label}</h2>
          <span className="dim path-origin">{originOf(state)}</span>
        </>
      }
      extra={
        <>
          {path.data && path.error && <StaleMarker at={path.dataUpdatedAt} />}
          {path.data && !path.isPlaceholderData && <Verdict links={path.data.links} />}
          {path.isPlaceholderData && <StatusPill tone="busy">looking again</StatusPill>}
          <ActionIcon variant="subtle" aria-label={`Look at ${id} again`} title="Look again" onClick={() => void path.refetch()}>
            <IconRefresh size={14} aria-hidden className={path.isFetching ? 'turning' : undefined} />
          </ActionIcon>
        </>
      }
    >
      <Loaded query={path} environment={id} rows={3}>
        {({ links }) => (
          <ol className="path" data-past={path.isPlaceholderData || undefined} aria-label={`Path of ${id}`}>
            {links.map((link) => (
              <Link key={link.link} link={link} environment={id} onMended={() => void path.refetch()} />
            ))}
          </ol>
        )}
      </Loaded>
    </Card>
  )
}
