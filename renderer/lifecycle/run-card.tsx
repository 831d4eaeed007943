import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconLoader2, IconMinus, IconX } from '@tabler/icons-react'
import { type ComponentType, useEffect, useRef, useState } from 'react'
import type { Run } from '../../preload/contract/lifecycle.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { formatCount, formatDuration } from '../ui/quantities.ts'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { standsHere, titleOf } from './actions.ts'
import { useCancelRun } from './queries.ts'

type Step = Run['steps'][number]

const icons: Record<Step['state'], ComponentType<{ size: number }>> = {
  waiting: IconCircleDashed,
  running: IconLoader2,
  done: IconCheck,
  failed: IconX,
  cancelled: IconMinus,
  skipped: IconMinus,
}

const tones: Record<Run['state'], Tone> = { running: 'busy', done: 'ok', failed: 'bad', cancelled: 'warn', interrupted: 'warn' }

/** Counts on between two events of a run. */
function Elapsed({ run }: { run: Run }) {
  const [now, setNow] = useState(Date.now)
  const running = run.state === 'running'
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), 200)
    return () => clearInterval(timer)
  }, [running])
  return <span>{formatDuration(running ? Math.max(run.ms, now - Date.parse(run.startedAt)) : run.ms)}</span>
}

function StepRow({ step, run, environment }: { step: Step; run: Run; environment: string }) {
  const Icon = icons[step.state]
  const { error } = run
  const mend = error?.data?.mend
  return (
    <li className="run-step" data-state={step.state}>
      <span className="run-icon" data-state={step.state}>
        <Icon size={15} aria-hidden />
        <span className="run-unseen">{step.state}</span>
      </span>
      <div>
        {step.title}
        {step.progress && (
          <span className="dim">
            {' '}
            {formatCount(step.progress.done)} of {formatCount(step.progress.of)}
          </span>
        )}
        {step.progress && step.state === 'running' && (
          <progress value={step.progress.done} max={step.progress.of} aria-label={step.title} />
        )}
        {step.state === 'failed' && error && <ErrorNotice compact error={error} environment={standsHere(mend) ? undefined : environment} />}
      </div>
      <span className="dim">{step.ms === null ? '' : formatDuration(step.ms)}</span>
    </li>
  )
}

function Log({ run }: { run: Run }) {
  const box = useRef<HTMLOListElement>(null)
  const atEnd = useRef(true)
  const { length } = run.log
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is the occasion
  useEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [length])
  return (
    <ol
      className="run-log mono"
      aria-label="Log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight >= scrollHeight - 8
      }}
    >
      {run.log.map(({ at, line }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
        <li key={index}>
          <Time at={at} /> {line}
        </li>
      ))}
    </ol>
  )
}

/** A run while it goes on, and the last one afterwards. */
export function RunCard({ environment, run }: { environment: string; run: Run }) {
  const cancel = useCancelRun(environment)
  const running = run.state === 'running'
  // One that had ended well before this screen was opened is in the way of the actions below it.
  const [past] = useState(run.state === 'done')
  const told = run.steps.some((step) => step.state === 'failed')
  return (
    <Card
      label={titleOf(run)}
      title={titleOf(run)}
      extra={
        <>
          <span className="dim">
            <Time at={run.startedAt} withZone /> · <Elapsed run={run} />
          </span>
          <StatusPill tone={tones[run.state]}>{run.state}</StatusPill>
          {running && (
            <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          )}
        </>
      }
    >
      <div role="status" aria-live="polite">
        {run.outcome && (
          <p className="run-outcome" data-state={run.state}>
            {run.state !== 'done' && <IconAlertTriangle size={15} aria-hidden />} {run.outcome}
          </p>
        )}
      </div>
      {cancel.error && <ErrorNotice compact error={cancel.error} environment={environment} />}
      {run.error && !told && (
        <ErrorNotice compact error={run.error} environment={standsHere(run.error.data?.mend) ? undefined : environment} />
      )}
      <details className="run-course" open={!past}>
        <summary>Steps and log</summary>
        <ol className="run-steps" aria-label="Steps of the run">
          {run.steps.map((step) => (
            <StepRow key={step.id} step={step} run={run} environment={environment} />
          ))}
        </ol>
        {run.log.length > 0 && <Log run={run} />}
      </details>
    </Card>
  )
}
