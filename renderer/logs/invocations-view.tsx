import { Button, SegmentedControl } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from 'react'
import type { Outcome } from '../../cloudwatch/invocation.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { countOf } from '../ui/quantities.ts'
import { useZone } from '../ui/zone.ts'
import type { DetailActions } from './invocation-detail.tsx'
import { chooseRows, type InvocationRow, rowFinder } from './invocation-rows.ts'
import { InvocationsList } from './invocations-list.tsx'
import { formatRunTime } from './run-time.ts'
import { RunsOverTime, type Span } from './runs-over-time.tsx'
import { Timeline } from './timeline.tsx'
import type { UserRows } from './user-rows.ts'
import './invocations.css'

type Picture = 'timeline' | 'errors' | 'none'

interface InvocationsProps extends DetailActions {
  /** All that are loaded, the newest first: `createRows`. */
  readonly rows: readonly InvocationRow[]
  /** Shows one outcome only; null all. */
  readonly only: Outcome | null
  /** What the finder was asked: another object begins the list at its top again. */
  readonly question: unknown
  /** What stands in place of the list where nothing is loaded, or not yet. */
  readonly empty: ReactNode
  /** Null while nothing is known of the rows in `users`. */
  readonly users: UserRows | null
}

/** The invocations: over time, and as a list in which each opens to its lines. */
export function InvocationsView({ rows, only, question, empty, users, environment, found, markers, linkOf, onAround }: InvocationsProps) {
  const zone = useZone()
  const [picture, setPicture] = useState<Picture>('timeline')
  const [between, setBetween] = useState<Span | null>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const [goTo, setGoTo] = useState<{ key: string } | null>(null)
  const choice = useMemo(() => ({ only, question, between }), [only, question, between])
  const isFound = useMemo(() => (found === null ? null : rowFinder(found)), [found])
  const inTime = useMemo(() => chooseRows(rows, { only, isFound, between: null }), [rows, only, isFound])
  const chosen = useMemo(() => chooseRows(inTime, { only: null, isFound: null, between }), [inTime, between])
  // Drawing hundreds of bars anew may wait until the list stands.
  const drawn = useDeferredValue(chosen)
  const counted = useDeferredValue(inTime)
  const actions = useMemo(() => ({ environment, found, markers, linkOf, onAround }), [environment, found, markers, linkOf, onAround])

  const toggle = useCallback(({ key }: InvocationRow) => {
    setOpened((now) => {
      const next = new Set(now)
      if (!next.delete(key)) next.add(key)
      return next
    })
  }, [])
  const select = useCallback((key: string) => {
    setOpened((now) => new Set(now).add(key))
    setGoTo({ key })
  }, [])

  if (rows.length === 0) return <div className="invocations">{empty}</div>
  const timeOf = (at: number) => formatRunTime(at, zone, Date.now())
  return (
    <div className="invocations">
      <section className="card invocations-picture" aria-label="Invocations over time">
        <div className="row">
          <SegmentedControl
            size="xs"
            aria-label="Picture"
            data={[
              { value: 'timeline', label: 'Timeline' },
              { value: 'errors', label: 'Errors over time' },
              { value: 'none', label: 'None' },
            ]}
            value={picture}
            onChange={(value) => setPicture(value === 'errors' || value === 'none' ? value : 'timeline')}
          />
          {between !== null && (
            <Button size="compact-sm" rightSection={<IconX size={13} aria-hidden />} onClick={() => setBetween(null)}>
              Only {timeOf(between.from)} to {timeOf(between.to)}
            </Button>
          )}
          <span className="grow" />
          <span className="dim">
            {countOf(chosen.length, 'invocation')}
            {chosen.length < rows.length && ` of ${rows.length}`}
          </span>
          {opened.size > 0 && (
            <Button size="compact-sm" onClick={() => setOpened(new Set())}>
              Close all
            </Button>
          )}
        </div>
        {picture === 'timeline' && <Timeline rows={drawn} onSelect={select} />}
        {picture === 'errors' && <RunsOverTime rows={counted} between={between} onBetween={setBetween} />}
      </section>
      {chosen.length === 0 ? (
        <div className="card">
          <EmptyState
            title="No invocation matches"
            action={between !== null && <Button onClick={() => setBetween(null)}>Show the whole time</Button>}
          >
            None of the {countOf(rows.length, 'loaded invocation')} has that outcome, time and text.
          </EmptyState>
        </div>
      ) : (
        <InvocationsList rows={chosen} choice={choice} opened={opened} onToggle={toggle} goTo={goTo} actions={actions} users={users} />
      )}
    </div>
  )
}
