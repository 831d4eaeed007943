import type { ReactNode } from 'react'
import { formatDuration } from '../ui/quantities.ts'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import type { SessionRow, SortKey, Standing } from './session-rows.ts'

/** One column: the exact words of a cell, and how they are drawn where that is more than the words. */
export interface SessionColumn {
  readonly key: SortKey
  readonly title: string
  /** A track of CSS grid. */
  readonly track: string
  readonly numeric?: boolean
  readonly mono?: boolean
  text(row: SessionRow): string
  draw?(row: SessionRow): ReactNode
}

const tones: Record<Standing, Tone> = {
  blocked: 'bad',
  active: 'ok',
  'in transaction': 'warn',
  idle: 'plain',
  background: 'plain',
  hidden: 'plain',
  other: 'plain',
}

export const toneOf = (standing: Standing): Tone => tones[standing]

/** The words for what a session is doing: whom it waits for comes before its state. */
export function stateOf({ session, standing, parent }: SessionRow): string {
  switch (standing) {
    case 'blocked': {
      const first = parent ?? session.blockedBy[0] ?? 0
      const more = session.blockedBy.length - 1
      const who = first === 0 ? 'a prepared transaction' : String(first)
      return `blocked by ${who}${more > 0 ? ` and ${more} more` : ''}`
    }
    case 'hidden':
      return 'not visible'
    case 'background':
      return session.backendType ?? 'background'
    default:
      return session.state ?? session.backendType ?? ''
  }
}

/** The statement on one line, without the comments ahead of it: flattened, they would seem to swallow the rest. */
const oneLine = (text: string): string =>
  text
    .replace(/^(\s*--[^\n]*\n)+/, '')
    .replace(/\s+/g, ' ')
    .trim()
const seconds = (value: number | null): string => (value === null ? '' : formatDuration(value * 1000))

/** What stands for the console's own application name, which is `basepair/ENVIRONMENT/PURPOSE`. */
const ownName = (application: string | null): string => ['console', application?.split('/')[2]].filter(Boolean).join(' · ')

export const columns: readonly SessionColumn[] = [
  {
    key: 'pid',
    title: 'PID',
    track: '84px',
    mono: true,
    text: ({ session }) => String(session.pid),
    draw: ({ session, level }) => (
      <span className="session-pid" style={{ paddingInlineStart: (Math.min(level, 6) - 1) * 12 }}>
        {level > 1 && (
          <i aria-hidden className="session-branch">
            └
          </i>
        )}
        {session.pid}
      </span>
    ),
  },
  { key: 'user', title: 'User', track: 'minmax(80px, 0.5fr)', text: ({ session }) => session.user ?? '' },
  { key: 'database', title: 'Database', track: 'minmax(74px, 0.5fr)', text: ({ session }) => session.database ?? '' },
  {
    key: 'application',
    title: 'Application',
    track: 'minmax(104px, 1fr)',
    text: ({ session }) => (session.own ? ownName(session.application) : (session.application ?? '')),
  },
  { key: 'address', title: 'Address', track: 'minmax(84px, 0.4fr)', mono: true, text: ({ session }) => session.address ?? '' },
  {
    key: 'state',
    title: 'State',
    track: '148px',
    text: stateOf,
    draw: (row) => (
      <StatusPill tone={toneOf(row.standing)} title={stateOf(row)}>
        {stateOf(row)}
      </StatusPill>
    ),
  },
  { key: 'stateSeconds', title: 'For', track: '66px', numeric: true, text: ({ session }) => seconds(session.stateSeconds) },
  {
    key: 'transactionSeconds',
    title: 'Transaction',
    track: '86px',
    numeric: true,
    text: ({ session }) => seconds(session.transactionSeconds),
  },
  {
    key: 'wait',
    title: 'Wait',
    track: 'minmax(86px, 0.6fr)',
    text: ({ session }) => session.wait ?? '',
    // These events name themselves; a lock's is only the kind of what is locked.
    draw: ({ session }) => session.wait?.replace(/^(?:Activity|Client|IO|IPC|Timeout): /, '') ?? '',
  },
  {
    key: 'query',
    title: 'Query',
    track: 'minmax(172px, 4fr)',
    mono: true,
    text: ({ session }) => (session.hidden ? 'needs pg_read_all_stats' : oneLine(session.query ?? '')),
  },
]

/** The tracks of a row, the box to select it first. */
export const tracks = `30px ${columns.map(({ track }) => track).join(' ')}`
