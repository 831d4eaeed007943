import type { ReactNode } from 'react'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { formatDuration } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { useZone } from '../ui/zone.ts'
import { failureLine, type InvocationRow, memoryOf, whoOf } from './invocation-rows.ts'
import { pillOf } from './outcomes.ts'
import { formatRunTime } from './run-time.ts'

/** One column of the list. `text` is what a cell says in full, for its title and to tell whether it changed. */
export interface InvocationColumn {
  readonly title: string
  /** A track of CSS grid. */
  readonly track: string
  readonly numeric?: boolean
  readonly mono?: boolean
  text(row: InvocationRow): string
  draw?(row: InvocationRow): ReactNode
}

const duration = (ms: number | null): string => (ms === null ? '' : formatDuration(ms))

/** To the second: the lines tell the milliseconds. */
function Began({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{formatRunTime(at, useZone(), Date.now())}</time>
}

export const columns: readonly InvocationColumn[] = [
  {
    title: 'Time',
    track: '118px',
    text: ({ startedAt }) => new Date(startedAt).toISOString(),
    draw: ({ startedAt }) => <Began at={startedAt} />,
  },
  {
    title: 'Outcome',
    track: '124px',
    text: ({ outcome, startedAt }) => pillOf(outcome, startedAt, Date.now()).word,
    draw: ({ outcome, startedAt }) => {
      const { tone, word } = pillOf(outcome, startedAt, Date.now())
      return <StatusPill tone={tone}>{word}</StatusPill>
    },
  },
  {
    title: 'Who',
    track: 'minmax(230px, 3fr)',
    text: (row) => (row.attempts.length > 1 ? `${whoOf(row)} · ${row.attempts.length} attempts joined` : whoOf(row)),
    draw: (row) => (
      <span className="invocation-who">
        <span className={row.person.email === null ? 'mono' : undefined}>
          <VisibleText text={whoOf(row)} />
        </span>
        {row.attempts.length > 1 && <span className="dim"> · {row.attempts.length} attempts joined</span>}
      </span>
    ),
  },
  { title: 'Duration', track: '76px', numeric: true, text: ({ shown }) => duration(shown.durationMs) },
  { title: 'Billed', track: '72px', numeric: true, text: ({ shown }) => duration(shown.billedMs) },
  { title: 'Memory', track: '104px', numeric: true, text: ({ shown }) => memoryOf(shown) },
  {
    title: 'Cold start',
    track: '86px',
    numeric: true,
    text: ({ shown }) => (shown.initMs === null ? (shown.coldStart ? 'yes' : '') : formatDuration(shown.initMs)),
  },
  {
    title: 'Failure',
    track: 'minmax(150px, 2fr)',
    mono: true,
    text: ({ failure }) => (failure === null ? '' : failureLine(failure.text)),
  },
]

export const tracks = columns.map(({ track }) => track).join(' ')
