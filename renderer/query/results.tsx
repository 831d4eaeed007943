import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react'
import { useSyncExternalStore } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import type { ResultSource } from '../ui/packed-source.ts'
import { countOf, formatBytes, formatDuration } from '../ui/quantities.ts'
import type { StatementResult } from './run-state.ts'
import type { Run } from './use-run.ts'

/** What a run gave: for each statement its rows, its tag, its notices or its error. */
export function Results({ run, environment, onRetry }: { run: Run; environment: EnvironmentId; onRetry: () => void }) {
  if (run.phase === 'idle')
    return <EmptyState title="Nothing was run yet">Run sends the selection, or all of the text, statement by statement.</EmptyState>
  const single = run.statements.length === 1 && (run.of ?? 1) === 1
  return (
    <div className="results" data-single={single || undefined} aria-live="polite" aria-busy={run.phase === 'running'}>
      {run.error !== null && run.parameters.length === 0 && <ErrorNotice error={run.error} environment={environment} onRetry={onRetry} />}
      {run.statements.map((result) => (
        <Result
          key={result.statement}
          result={result}
          running={run.phase === 'running'}
          environment={environment}
          single={single}
          onRetry={onRetry}
        />
      ))}
      {run.phase === 'done' && run.statements.length === 0 && <EmptyState title="There was no statement to run" />}
      {run.phase === 'cancelled' && run.statements.length === 0 && <p className="dim">Cancelled before anything was run.</p>}
      {run.phase === 'failed' && run.of !== null && run.statements.length < run.of && (
        <p className="dim">{countOf(run.of - run.statements.length, 'statement')} after the error not run.</p>
      )}
    </div>
  )
}

function Result({
  result,
  running,
  environment,
  single,
  onRetry,
}: {
  result: StatementResult<ResultSource>
  running: boolean
  environment: EnvironmentId
  single: boolean
  onRetry: () => void
}) {
  const name = `Result ${result.statement + 1}`
  return (
    <section className="result" aria-label={`Statement ${result.statement + 1}`}>
      <header className="result-head">
        {!single && <b>{result.statement + 1}</b>}
        <Outcome result={result} running={running} />
        {!single && <code className="mono result-text">{oneLine(result.text)}</code>}
      </header>
      {result.outcome?.capped && (
        <p className="result-capped">
          <IconAlertTriangle size={14} aria-hidden />
          The result was ended here, at the limit of 1,000,000 rows or 320 MB. Add a WHERE or a LIMIT to see the rest.
        </p>
      )}
      {result.notices.map((notice, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notices come in order and stay
        <p key={place} className="result-notice">
          <IconInfoCircle size={14} aria-hidden />
          <span>
            {notice.severity}: <VisibleText text={notice.message} keepLines />
          </span>
        </p>
      ))}
      {result.error !== null && <ErrorNotice error={result.error} environment={environment} onRetry={onRetry} />}
      {result.rows !== null && <ResultGrid name={name} source={result.rows} single={single} />}
    </section>
  )
}

function Outcome({ result, running }: { result: StatementResult<ResultSource>; running: boolean }) {
  const { outcome, rows, error } = result
  if (outcome !== null) {
    const counted = rows !== null ? <RowsHere source={rows} /> : outcome.rows !== null && countOf(outcome.rows, 'row')
    return (
      <>
        <IconCheck size={14} className="result-done" aria-hidden />
        <span>{outcome.command}</span>
        {counted && <span>{counted}</span>}
        <span className="dim">{formatDuration(outcome.ms)}</span>
      </>
    )
  }
  return (
    <>
      <span className="dim">{error !== null ? 'Failed' : running ? 'Running' : 'Cancelled on the server'}</span>
      {rows !== null && <RowsHere source={rows} />}
    </>
  )
}

function RowsHere({ source }: { source: ResultSource }) {
  useSyncExternalStore(source.subscribe, source.version)
  return <span title={formatBytes(source.bytes())}>{countOf(source.rows(), 'row')}</span>
}

const rowHeight = 26
const aroundRows = 62
const mostShown = 12

function ResultGrid({ name, source, single }: { name: string; source: ResultSource; single: boolean }) {
  useSyncExternalStore(source.subscribe, source.version)
  const height = aroundRows + rowHeight * Math.max(1, Math.min(mostShown, source.rows()))
  return (
    <div className="result-grid" style={single ? undefined : { height }}>
      <DataGrid source={source} label={name} table={['table_name']} empty={<p className="dim result-none">No rows</p>} />
    </div>
  )
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 160)
