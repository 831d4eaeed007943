import type { CSSProperties, ReactNode } from 'react'
import type { SignUp } from '../../preload/contract/logs.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { formatDuration } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { useZone } from '../ui/zone.ts'
import { failureLine, type InvocationRow, memoryOf, whoOf } from './invocation-rows.ts'
import { pillOf } from './outcomes.ts'
import { RowState } from './row-state.tsx'
import { formatRunTime } from './run-time.ts'

type Width = 'middle' | 'wide'

/** One column of the list. `text` is what a cell says in full, for its title and to tell whether it changed. */
export interface InvocationColumn {
  readonly title: string
  /** A track of CSS grid. */
  readonly track: string
  readonly numeric?: boolean
  readonly mono?: boolean
  /** The narrowest list that has it, where not every one has: an opened invocation tells it too. */
  readonly from?: Width
  text(row: InvocationRow, user: UserState): string
  draw?(row: InvocationRow, user: UserState): ReactNode
}

/** Whether the user's row is written; `state` null where that is not the question, or not known yet. */
export interface UserState {
  readonly state: SignUp['row'] | null
  readonly why: string | null
}

const duration = (ms: number | null): string => (ms === null ? '' : formatDuration(ms))

/** To the second: the lines tell the milliseconds. */
function Began({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{formatRunTime(at, useZone(), Date.now())}</time>
}

export const columns: readonly InvocationColumn[] = [
  {
    title: 'Time',
    track: '116px',
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
    track: 'minmax(200px, 3fr)',
    text: (row) => (row.attempts.length > 1 ? `${whoOf(row)} · ${row.attempts.length} attempts joined` : whoOf(row)),
    draw: (row) => (
      <span className="invocation-who">
        <span className={row.person.email === null ? 'mono' : undefined}>
          <VisibleText text={whoOf(row)} />
        </span>
        {row.attempts.length > 1 && <span className="dim"> · {row.attempts.length} attempts</span>}
      </span>
    ),
  },
  { title: 'Duration', track: '76px', numeric: true, text: ({ shown }) => duration(shown.durationMs) },
  { title: 'Billed', track: '72px', numeric: true, from: 'wide', text: ({ shown }) => duration(shown.billedMs) },
  { title: 'Memory', track: '108px', numeric: true, from: 'middle', text: ({ shown }) => memoryOf(shown) },
  {
    title: 'Cold start',
    track: '84px',
    numeric: true,
    from: 'middle',
    text: ({ shown }) => (shown.initMs === null ? (shown.coldStart ? 'yes' : '') : formatDuration(shown.initMs)),
  },
  {
    title: 'Row in users',
    track: '104px',
    text: (_row, { state, why }) => (state === null ? '' : state === 'there' ? 'written' : (why ?? state)),
    draw: (_row, { state, why }) => state !== null && <RowState state={state} why={why} brief />,
  },
  {
    title: 'Failure',
    track: 'minmax(100px, 2fr)',
    mono: true,
    text: ({ failure }) => (failure === null ? '' : failureLine(failure.text)),
  },
]

const tracksOf = (...widths: readonly (Width | undefined)[]): string =>
  columns
    .filter(({ from }) => widths.includes(from))
    .map(({ track }) => track)
    .join(' ')

/** The tracks of a wide list, a narrower one and the narrowest, as CSS custom properties. */
export const tracks = {
  '--wide-tracks': tracksOf(undefined, 'middle', 'wide'),
  '--middle-tracks': tracksOf(undefined, 'middle'),
  '--narrow-tracks': tracksOf(undefined),
} as CSSProperties
