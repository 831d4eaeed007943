import type { DbInstance, Status } from './state.ts'
import type { EventId } from './wording.ts'

/** A passing state: how long it lasts at AWS, in seconds, and what comes after. */
export interface Phase {
  readonly lasts: readonly [number, number]
  readonly next: (instance: DbInstance) => Status | 'gone'
}

const afterCreation = ({ monitoringInterval, backupRetention }: DbInstance): Status =>
  monitoringInterval > 0 ? 'configuring-enhanced-monitoring' : backupRetention > 0 ? 'backing-up' : 'available'

/** The passing states of RDS. In any other state an instance stays until somebody changes it. */
export const phases: Readonly<Partial<Record<Status, Phase>>> = {
  creating: { lasts: [240, 360], next: afterCreation },
  'configuring-enhanced-monitoring': { lasts: [30, 60], next: ({ backupRetention }) => (backupRetention > 0 ? 'backing-up' : 'available') },
  'backing-up': { lasts: [60, 120], next: () => 'available' },
  // The first backups begin as soon as they are switched on.
  modifying: { lasts: [60, 180], next: ({ pending }) => ((pending.backupRetention ?? 0) > 0 ? 'backing-up' : 'available') },
  'resetting-master-credentials': { lasts: [20, 60], next: () => 'available' },
  rebooting: { lasts: [20, 60], next: () => 'available' },
  stopping: { lasts: [120, 300], next: () => 'stopped' },
  starting: { lasts: [180, 420], next: () => 'available' },
  deleting: { lasts: [120, 240], next: () => 'gone' },
}

/** How long RDS leaves an instance stopped. In real time: the day that is told is the day that it happens, whatever the clock's speed. */
const longestStopMs = 7 * 86_400_000

/** What changes with an instance when it enters a state. */
export function entering(instance: DbInstance, status: Status, now: Date): Partial<DbInstance> {
  switch (status) {
    case 'stopped':
      return {
        status,
        automaticRestartAt: new Date(now.getTime() + longestStopMs).toISOString(),
        // What waits for the maintenance window is dropped by a stop.
        pending: {},
        latestRestorable: instance.backupRetention > 0 ? now.toISOString() : instance.latestRestorable,
      }
    case 'available':
      return { status, automaticRestartAt: null }
    case 'backing-up':
      return { status, latestRestorable: now.toISOString() }
    default:
      return { status }
  }
}

/** The events of leaving a passing state. */
export function leaving({ status }: DbInstance): readonly EventId[] {
  switch (status) {
    case 'creating':
      return ['RDS-EVENT-0005']
    case 'backing-up':
      return ['RDS-EVENT-0002']
    case 'stopping':
      return ['RDS-EVENT-0087']
    case 'starting':
      return ['RDS-EVENT-0088']
    case 'rebooting':
      return ['RDS-EVENT-0004', 'RDS-EVENT-0006']
    case 'resetting-master-credentials':
      return ['RDS-EVENT-0016']
    case 'modifying':
      return ['RDS-EVENT-0014']
    default:
      return []
  }
}

/** The events of entering a state. */
export function told(status: Status): readonly EventId[] {
  return status === 'backing-up' ? ['RDS-EVENT-0001'] : []
}
