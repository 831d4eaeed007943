import { randomUUID } from 'node:crypto'
import type { Failure } from '../../preload/contract/errors.ts'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import type { PlannedStep, StepId } from './steps.ts'

const longestLog = 500

/** A run under way, as it is shown. Every change is told by `changed`. */
export interface LiveRun {
  readonly controller: AbortController
  view(): Run
  begin(step: StepId): void
  done(step: StepId): void
  progress(step: StepId, done: number, of: number): void
  log(line: string): void
  /** What it is when it ends so: the step under way gets the state, those after it are skipped. Not shown yet. */
  ended(state: 'done' | 'failed' | 'cancelled', error: Failure | null): Run
  /** Shows its end. */
  show(ended: Run): void
  conclude(outcome: string): void
}

export function createLiveRun(
  action: Action,
  database: string,
  steps: readonly PlannedStep[],
  clock: () => Date,
  changed: () => void,
): LiveRun {
  const started = clock()
  let view: Run = {
    id: randomUUID(),
    action,
    database,
    startedAt: started.toISOString(),
    state: 'running',
    steps: steps.map(({ id, title }) => ({ id, title, state: 'waiting', ms: null, progress: null })),
    log: [],
    error: null,
    outcome: null,
    ms: 0,
  }
  const began = new Map<string, number>()
  const since = (time: number) => Math.max(0, clock().getTime() - time)
  const change = (part: Partial<Run>) => {
    view = { ...view, ...part, ms: view.state === 'running' ? since(started.getTime()) : view.ms }
    changed()
  }
  const changeStep = (id: string, part: Partial<Run['steps'][number]>) =>
    change({
      steps: view.steps.map((step) => (step.id === id ? { ...step, ...part, ms: began.has(id) ? since(began.get(id) ?? 0) : null } : step)),
    })
  return {
    controller: new AbortController(),
    view: () => ({
      ...view,
      ms: view.state === 'running' ? since(started.getTime()) : view.ms,
      steps: view.steps.map((step) => (step.state === 'running' ? { ...step, ms: since(began.get(step.id) ?? 0) } : step)),
    }),
    begin(step) {
      began.set(step, clock().getTime())
      changeStep(step, { state: 'running' })
    },
    done: (step) => changeStep(step, { state: 'done' }),
    progress: (step, done, of) => changeStep(step, { progress: { done, of } }),
    log: (line) => change({ log: [...view.log.slice(-(longestLog - 1)), { at: clock().toISOString(), line }] }),
    ended(state, error) {
      const rest = (one: Run['steps'][number]) =>
        one.state === 'running' ? { ...one, state } : one.state === 'waiting' ? { ...one, state: 'skipped' as const } : one
      return {
        ...view,
        state,
        error: error === null ? null : { code: error.code, message: error.message, data: error.data },
        steps: view.steps.map(rest),
        ms: since(started.getTime()),
      }
    },
    show(ended) {
      view = ended
      changed()
    },
    conclude: (outcome) => change({ outcome }),
  }
}
