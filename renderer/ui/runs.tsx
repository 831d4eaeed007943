import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import { client } from '../client.ts'
import { confirmByName } from './confirm-by-name.tsx'
import { formatDuration } from './quantities.ts'

/** The words on the button of each run. */
export const actionWords: Record<Action, string> = {
  create: 'Create database',
  drop: 'Drop',
  'load-schema': 'Load schema',
  seed: 'Seed',
  'set-up': 'Set up',
  reset: 'Reset',
  undo: 'Undo',
}

/** Every run, those that lose nothing first. */
export const actions: readonly Action[] = ['create', 'load-schema', 'seed', 'set-up', 'reset', 'undo', 'drop']

/** Where a run is, in one line: `Load sql/cruddur/schema.sql, 2 of 6`. */
export function progressOf(run: Run): string {
  const step = run.steps.find((each) => each.state === 'running')
  if (!step) return actionWords[run.action]
  return step.progress ? `${step.title}, ${step.progress.done} of ${step.progress.of}` : step.title
}

/** How a run ended, in one line for the status bar. */
export function resultOf(run: Run, environment: string): string {
  const what = `${actionWords[run.action]}, ${environment}`
  const failed = run.steps.find((step) => step.state === 'failed')
  switch (run.state) {
    case 'running':
      return `${what}: ${progressOf(run)}`
    case 'done':
      return `${what}: done in ${formatDuration(run.ms)}`
    case 'failed':
      return `${what}: failed${failed ? ` at ${failed.title}` : ''}. ${run.outcome ?? ''}`
    case 'cancelled':
      return `${what}: cancelled. ${run.outcome ?? ''}`
    case 'interrupted':
      return `${what}: interrupted. ${run.outcome ?? ''}`
    default:
      return run.state satisfies never
  }
}

/** Runs what loses nothing and waits for its end. Fails with the error of the run. */
export async function runToEnd(environment: string, action: Action, onProgress: (progress: string) => void): Promise<void> {
  const { id } = await client.lifecycle.start({ environment, action, confirm: null })
  const controller = new AbortController()
  try {
    for await (const run of await client.lifecycle.watch({ environment }, { signal: controller.signal })) {
      if (run?.id !== id) continue
      if (run.state === 'running') {
        onProgress(progressOf(run))
        continue
      }
      if (run.error) throw run.error
      return
    }
  } finally {
    controller.abort()
  }
}

/**
 * Starts a run the way its plan asks for: at once where nothing is lost, otherwise after the name was typed in a dialog that shows
 * what goes and what is done. Fails with the plan's refusal.
 */
export async function startRun(environment: string, action: Action): Promise<void> {
  const plan = await client.lifecycle.plan({ environment, action })
  if (plan.refusal) throw plan.refusal
  if (plan.confirm === null) {
    await client.lifecycle.start({ environment, action, confirm: null })
    return
  }
  confirmByName({
    title: `${actionWords[action]}: ${plan.database} in ${environment}`,
    name: plan.confirm,
    action: actionWords[action],
    losses: plan.losses,
    steps: plan.steps.map((step) => step.title),
    notes: plan.notes,
    environment,
    run: (confirm) => client.lifecycle.start({ environment, action, confirm }),
  })
}
