import type { DbInstance, Status } from './state.ts'

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
  modifying: { lasts: [60, 180], next: () => 'available' },
  'resetting-master-credentials': { lasts: [20, 60], next: () => 'available' },
  rebooting: { lasts: [20, 60], next: () => 'available' },
  stopping: { lasts: [120, 300], next: () => 'stopped' },
  starting: { lasts: [180, 420], next: () => 'available' },
  deleting: { lasts: [120, 240], next: () => 'gone' },
}
