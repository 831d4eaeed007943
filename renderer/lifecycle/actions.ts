import type { Mend } from '../../preload/contract/errors.ts'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import { actions } from '../ui/runs.tsx'

/** What each action is for, in one sentence. */
export const purposes: Record<Action, string> = {
  create: 'An empty database.',
  'load-schema': 'The tables of the project, into the database as it is.',
  seed: 'The project’s sample rows.',
  'set-up': 'Create, load and seed: whatever of it is missing.',
  reset: 'A new database built aside and swapped in; the one of now is kept as a copy.',
  drop: 'The database and everything in it, for good.',
  undo: 'The copy kept by the last reset comes back.',
}

/** Which actions the screen lists, those that lose nothing first. Undo stands beside the copy that it brings back. */
export const offered: readonly Action[] = actions.filter((action) => action !== 'undo')

const hereAlready: ReadonlySet<Mend> = new Set(['create_database', 'load_schema', 'seed', 'remove_protection', 'open_lifecycle'])

/** Whether a mending's button would stand twice on this screen. */
export const standsHere = (mend: Mend | undefined): boolean => mend !== undefined && hereAlready.has(mend)

/** The heading of a run: `Reset cruddur`. */
export function titleOf({ action, database }: Pick<Run, 'action' | 'database'>): string {
  switch (action) {
    case 'create':
      return `Create database ${database}`
    case 'load-schema':
      return `Load schema into ${database}`
    case 'seed':
      return `Seed ${database}`
    case 'set-up':
      return `Set up ${database}`
    case 'reset':
      return `Reset ${database}`
    case 'drop':
      return `Drop ${database}`
    case 'undo':
      return `Undo the reset of ${database}`
    default:
      return action satisfies never
  }
}
