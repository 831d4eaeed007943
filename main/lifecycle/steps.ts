import { basename } from 'node:path'
import type { Action } from '../../preload/contract/lifecycle.ts'
import type { Names } from './names.ts'
import type { Project } from './projects.ts'

export type StepId = 'check' | 'create' | 'schema' | 'seed' | 'commit' | 'settings' | 'swap' | 'undo' | 'drop' | 'clean'

export interface PlannedStep {
  readonly id: StepId
  readonly title: string
}

/** What decides which steps an action has. */
export interface Situation {
  readonly action: Action
  readonly names: Names
  readonly project: Project
  readonly exists: boolean
  readonly hasPrevious: boolean
  /** The scripts may run in one transaction. */
  readonly oneTransaction: boolean
}

/** True where a new database is built aside and put in place at the end. */
export const buildsAside = ({ action, exists }: Pick<Situation, 'action' | 'exists'>) =>
  action === 'reset' || (action === 'set-up' && !exists)

/** The scripts that an action runs, in order. */
export function scriptsOf(
  action: Action,
  { schema, seed }: Project,
): readonly { readonly step: 'schema' | 'seed'; readonly path: string }[] {
  const wanted = {
    'load-schema': ['schema'],
    seed: ['seed'],
    'set-up': ['schema', 'seed'],
    reset: ['schema', 'seed'],
    create: [],
    drop: [],
    undo: [],
  } as const
  const chosen: readonly string[] = wanted[action]
  return (
    [
      ['schema', schema],
      ['seed', seed],
    ] as const
  ).flatMap(([step, path]) => (path !== null && chosen.includes(step) ? [{ step, path }] : []))
}

export function stepsOf(situation: Situation): readonly PlannedStep[] {
  const { action, names, project, exists, hasPrevious, oneTransaction } = situation
  const check: PlannedStep = { id: 'check', title: 'Check' }
  const scripts = scriptsOf(action, project).map(
    ({ step, path }): PlannedStep => ({
      id: step,
      title: `${step === 'schema' ? 'Load' : 'Run'} ${basename(path)}`,
    }),
  )
  if (buildsAside(situation)) {
    const settings: PlannedStep[] = exists ? [{ id: 'settings', title: `Carry over settings and privileges of ${names.current}` }] : []
    const clean: PlannedStep[] = exists && hasPrevious ? [{ id: 'clean', title: 'Drop the older copy' }] : []
    const swap = exists ? `End sessions and swap ${names.current} and ${names.next}` : `Rename ${names.next} to ${names.current}`
    return [check, { id: 'create', title: `Create ${names.next}` }, ...scripts, ...settings, { id: 'swap', title: swap }, ...clean]
  }
  switch (action) {
    case 'create':
      return [check, { id: 'create', title: `Create ${names.current}` }]
    case 'drop':
      return [check, { id: 'drop', title: `End sessions and drop ${names.current}` }]
    case 'undo':
      return [
        check,
        {
          id: 'undo',
          title: exists ? `End sessions and swap ${names.current} and ${names.previous}` : `Rename ${names.previous} to ${names.current}`,
        },
      ]
    case 'load-schema':
    case 'seed':
    case 'set-up':
    case 'reset':
      return oneTransaction ? [check, ...scripts, { id: 'commit', title: 'Commit' }] : [check, ...scripts]
    default:
      return action satisfies never
  }
}
