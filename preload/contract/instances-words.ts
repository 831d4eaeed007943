/** What AWS' statuses of instances and clusters mean, for main and the page, in a file without schemas. */

/** Statuses in which something waits to be mended; nothing goes on by itself. */
const broken = new Set([
  'failed',
  'inaccessible-encryption-credentials',
  'inaccessible-encryption-credentials-recoverable',
  'incompatible-create',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'insufficient-capacity',
  'restore-error',
  'storage-full',
  'cloning-failed',
  'migration-failed',
])

/** Statuses that pass by themselves. */
const passing = new Set([
  'backing-up',
  'backtracking',
  'configuring-activity-stream',
  'configuring-associated-roles',
  'configuring-enhanced-monitoring',
  'configuring-iam-database-auth',
  'configuring-log-exports',
  'converting-to-vpc',
  'creating',
  'delete-precheck',
  'deleting',
  'failing-over',
  'maintenance',
  'migrating',
  'modifying',
  'moving-to-vpc',
  'preparing-data-migration',
  'promoting',
  'rebooting',
  'renaming',
  'resetting-master-credentials',
  'scaling-compute',
  'scaling-storage',
  'starting',
  'stopping',
  'storage-config-upgrade',
  'storage-initialization',
  'storage-optimization',
  'update-iam-db-auth',
  'upgrading',
])

export type Standing = 'available' | 'stopped' | 'passing' | 'broken' | 'unknown'

/** What kind of state a status of AWS is; `unknown` for a word that AWS may have since. */
export function standingOf(status: string): Standing {
  if (status === 'available' || status === 'stopped') return status
  if (passing.has(status)) return 'passing'
  return broken.has(status) ? 'broken' : 'unknown'
}
