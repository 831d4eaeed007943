import type { Tone } from '../ui/status-pill.tsx'

const faults =
  /^(failed|restore-error|storage-full|incompatible-.+|inaccessible-.+|insufficient-capacity|.*-failed|cloning-failed|migration-failed)$/
const passing =
  /^(backing-up|maintenance|configuring-.+|converting-to-vpc|moving-to-vpc|creating|deleting|delete-precheck|modifying|preparing-data-migration|rebooting|renaming|resetting-master-credentials|starting|stopping|storage-.+|upgrading|migrating|promoting|backtracking|failing-over|update-iam-db-auth|scaling-compute|scaling-storage)$/

/** How a status is coloured. A word that nobody knows yet is shown as it is, without a judgement. */
export function toneOf(status: string): Tone {
  if (status === 'available') return 'ok'
  if (faults.test(status)) return 'bad'
  if (passing.test(status)) return 'busy'
  return 'plain'
}
