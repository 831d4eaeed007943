import type { ActivityEntry } from '../../preload/contract/activity.ts'
import type { Tone } from './status-pill.tsx'

/** How the result of a change looks in a pill. */
export const resultTones: Record<ActivityEntry['result'], Tone> = {
  running: 'busy',
  done: 'ok',
  failed: 'bad',
  cancelled: 'plain',
  unknown: 'warn',
}
