import { useCallback, useMemo, useRef, useState } from 'react'
import type { Session } from '../../preload/contract/sessions.ts'
import { announce } from '../ui/announce.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironment } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { SectionHeader, Toolbar } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { usePreferences } from '../ui/preferences.ts'
import type { Problem } from '../ui/problem.ts'
import { countOf } from '../ui/quantities.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import { useIsOlder } from '../ui/use-is-older.ts'
import { HoldingPanel } from './holding-panel.tsx'
import { type Signal, type SignalResult, useSessions, useSignal } from './queries.ts'
import { SessionDetail } from './session-detail.tsx'
import { SessionGrid } from './session-grid.tsx'
import { keyOf, type SessionRow, type Sort, type Standing, shape } from './session-rows.ts'
import { StandingChips, ViewChoices } from './sessions-toolbar.tsx'
import { SignalButtons } from './signal-buttons.tsx'
import { SignalResults } from './signal-results.tsx'
import { confirmTerminate } from './terminate-dialog.tsx'
import './sessions.css'

const noSessions: readonly Session[] = []

const readOnly = (environment: string): Problem => ({
  code: 'LOCKED',
  message: `${environment} is read-only. Unlock it to send signals to its sessions.`,
  data: { mend: 'unlock' },
})

export function SessionsView() {
  const { id, locked, connected } = useEnvironment()
  const { preferences } = usePreferences()
  const { sessionsEvery, showIdle, showBackground } = preferences
  const query = useSessions(id, sessionsEvery)
  const signal = useSignal(id)
  const [filter, setFilter] = useState('')
  const [only, setOnly] = useState<Standing | null>(null)
  const [sort, setSort] = useState<Sort | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [openKey, setOpenKey] = useState<string | null>(null)
  const [results, setResults] = useState<{ signal: Signal; results: readonly SignalResult[] } | null>(null)
  const [problem, setProblem] = useState<unknown>(null)

  const sessions = query.data?.sessions ?? noSessions
  const { rows, counts } = useMemo(
    () => shape(sessions, { filter, only, showIdle, showBackground, sort }),
    [sessions, filter, only, showIdle, showBackground, sort],
  )
  // A session that ended or is filtered out is no longer chosen: a signal must not reach what nobody sees.
  const selected = useMemo(() => rows.filter((row) => chosen.has(row.key)).map((row) => row.session), [rows, chosen])
  const opened = sessions.find((session) => keyOf(session) === openKey)
  const open = useCallback((row: SessionRow) => setOpenKey((key) => (key === row.key ? null : row.key)), [])

  const send = (kind: Signal) => {
    setProblem(null)
    setResults(null)
    signal.mutate(
      { signal: kind, sessions: selected },
      {
        onSuccess(sent) {
          setResults({ signal: kind, results: sent })
          const reached = sent.filter((one) => one.outcome === 'signalled').length
          announce(`${kind === 'cancel' ? 'Cancelled' : 'Terminated'} ${reached} of ${countOf(sent.length, 'session')} of ${id}`, {
            tone: reached === sent.length ? 'ok' : 'plain',
          })
        },
        onError: setProblem,
      },
    )
  }
  const ask = (kind: Signal) => {
    if (locked) setProblem(readOnly(id))
    else if (kind === 'cancel') send('cancel')
    else confirmTerminate(id, selected, () => send('terminate'))
  }

  // The buttons are drawn only when they change; what they do is always the latest.
  const latest = useRef(ask)
  latest.current = ask
  const onSignal = useCallback((kind: Signal) => latest.current(kind), [])
  const sending = signal.isPending ? signal.variables.signal : null

  // A server that hangs answers a look with neither rows nor an error for as long as the look may take.
  const late = useIsOlder(query.dataUpdatedAt, sessionsEvery === 0 ? 0 : Math.max(5000, sessionsEvery * 2500))
  const stale = query.data !== undefined && (late || query.isError || query.isPaused || !connected)
  const none = selected.length === 0
  return (
    <div className="sessions">
      <SectionHeader title="Sessions" sentence="Who is connected to this server, what they do and whom they wait for.">
        {stale && <StaleMarker at={query.dataUpdatedAt} {...(query.error ? { why: query.error.message } : {})} />}
        <SignalButtons disabled={none} sending={sending} onSignal={onSignal} />
      </SectionHeader>
      <Toolbar label="Sessions shown">
        <ViewChoices filter={filter} onFilter={setFilter} />
      </Toolbar>
      <div className="session-kinds">
        <StandingChips counts={counts} only={only} onOnly={setOnly} />
        <span className="grow" />
        <span className="dim">
          {countOf(rows.length, 'session')}
          {!none && `, ${selected.length} chosen`}
        </span>
      </div>
      {problem !== null && <ErrorNotice compact error={problem} environment={id} onMended={() => setProblem(null)} />}
      {results && <SignalResults {...results} onClose={() => setResults(null)} />}
      {query.data?.privileged === false && (
        <p className="session-notice" role="note">
          This role sees only its own sessions whole. The others are marked “not visible”, which does not mean idle. Grant it
          pg_read_all_stats or pg_monitor to see them.
        </p>
      )}
      <Loaded query={query} environment={id} rows={8}>
        {(data) => (
          <>
            <div className="session-panel">
              <SessionGrid
                rows={rows}
                selected={chosen}
                onSelect={setChosen}
                openKey={openKey}
                onOpen={open}
                sort={sort}
                onSort={setSort}
              />
              {rows.length === 0 && (
                <EmptyState title="No session is shown">
                  {filter || only ? 'None matches the filter.' : 'Idle and background sessions may be hidden by the switches above.'}
                </EmptyState>
              )}
            </div>
            {opened && <SessionDetail session={opened} at={data.at} onClose={() => setOpenKey(null)} />}
          </>
        )}
      </Loaded>
      <HoldingPanel environment={id} every={sessionsEvery} />
    </div>
  )
}
