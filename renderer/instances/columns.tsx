import { ActionIcon } from '@mantine/core'
import { IconCalendarClock, IconClockPause, IconCopy, IconPlayerPause } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { copyText } from '../ui/copy.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import type { PlacedRow, SortKey } from './instance-rows.ts'
import { formatPerHour, formatPerMonth, formatUsd } from './money.ts'
import { StandingLine, StandingTime } from './standing-line.tsx'
import { toneOf } from './status.ts'

/** What a cell needs beside its row. */
export interface CellContext {
  /** The account of the row's place, where AWS has told it. */
  account(row: PlacedRow): string | null
  /** The colour of an environment. */
  colour(environment: string): string | undefined
}

/** One column, of cells with two lines. */
export interface InstanceColumn {
  readonly key: SortKey
  readonly title: string
  readonly numeric?: boolean
  draw(row: PlacedRow, context: CellContext): ReactNode
}

function Marks({ placed: { row }, context }: { placed: PlacedRow; context: CellContext }) {
  const { keepStopped, schedule } = row.watchkeeping
  return (
    <span className="instance-marks">
      {row.environments.map((environment) => (
        <span key={environment} className="instance-environment" data-colour={context.colour(environment)}>
          {environment}
        </span>
      ))}
      {keepStopped && (
        <span className="instance-mark" title="Basepair stops it again whenever AWS has started it">
          <IconPlayerPause size={13} aria-hidden /> kept stopped
        </span>
      )}
      {schedule && (
        <span className="instance-mark" title="Basepair starts and stops it by a schedule">
          <IconCalendarClock size={13} aria-hidden /> schedule
        </span>
      )}
      {row.key.kind === 'cluster' && <span className="dim">cluster</span>}
      {row.replicaOf !== null && <span className="dim">replica of {row.replicaOf}</span>}
    </span>
  )
}

function Stacked({ children, below, title }: { children: ReactNode; below?: ReactNode; title?: string | undefined }) {
  return (
    <span className="instance-cell" title={title}>
      <span className="instance-line">{children}</span>
      {below && <span className="instance-line dim">{below}</span>}
    </span>
  )
}

export const columns: readonly InstanceColumn[] = [
  {
    key: 'instance',
    title: 'Instance',
    draw: (placed, context) => (
      <Stacked below={<Marks placed={placed} context={context} />} title={placed.row.arn}>
        <b>{placed.row.key.identifier}</b>
      </Stacked>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    draw: ({ row, stale }) => (
      <span className="instance-cell">
        <span className="instance-state">
          <StatusPill tone={toneOf(row.status)}>{row.status}</StatusPill>
          <span className="instance-line dim">
            <StandingTime row={row} />
          </span>
        </span>
        <span className="instance-line dim">
          {stale ? (
            <span className="instance-stale">
              <IconClockPause size={13} aria-hidden /> as of <Time at={row.seenAt} />
            </span>
          ) : (
            <StandingLine row={row} />
          )}
        </span>
      </span>
    ),
  },
  {
    key: 'engine',
    title: 'Engine',
    draw: ({ row }) => (
      <Stacked below={[row.instanceClass, row.multiAz && 'Multi-AZ'].filter(Boolean).join(' · ')}>
        {row.engine} {row.engineVersion}
      </Stacked>
    ),
  },
  {
    key: 'region',
    title: 'Region',
    draw: (placed, context) => {
      const account = context.account(placed)
      const who = [placed.row.key.profile, account].filter(Boolean).join(' · ')
      return (
        <Stacked below={who} title={who}>
          {placed.row.key.region}
        </Stacked>
      )
    },
  },
  {
    key: 'endpoint',
    title: 'Endpoint',
    draw: ({ row: { endpoint } }) => {
      if (endpoint === null) return <span className="dim">none yet</span>
      const text = `${endpoint.host}:${endpoint.port}`
      return (
        <span className="instance-endpoint">
          <span className="instance-cell">
            <span className="instance-line mono" title={text}>
              {endpoint.host}
            </span>
            <span className="instance-line dim">port {endpoint.port}</span>
          </span>
          <ActionIcon
            variant="subtle"
            tabIndex={-1}
            aria-label={`Copy ${text}`}
            title={`Copy ${text}`}
            onClick={(event) => {
              event.stopPropagation()
              void copyText(text, text)
            }}
          >
            <IconCopy size={14} aria-hidden />
          </ActionIcon>
        </span>
      )
    },
  },
  {
    key: 'cost',
    title: 'Cost',
    numeric: true,
    draw: ({ row: { cost } }) => {
      if (!cost || cost.perHour === null) return <span className="dim">not known</span>
      const below =
        cost.saved !== null && cost.saved > 0
          ? `saved ${formatUsd(cost.saved)}`
          : cost.storagePerMonth !== null && `+ ${formatPerMonth(cost.storagePerMonth)}`
      const title = [
        `${formatPerHour(cost.perHour)} while it is available`,
        cost.storagePerMonth !== null && `${formatPerMonth(cost.storagePerMonth)} for storage, stopped or not`,
      ]
      return (
        <Stacked below={below} title={title.filter(Boolean).join('; ')}>
          {formatPerHour(cost.perHour)}
        </Stacked>
      )
    },
  },
]
