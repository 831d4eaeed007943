import type { Environment } from '../../preload/contract/environments.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'

/** The instance or cluster that the environment names; null where it names none. */
export function keyOf({ rds }: Environment): InstanceKey | null {
  if (rds === undefined) return null
  return { profile: rds.profile, region: rds.region, kind: rds.kind ?? 'instance', identifier: rds.instance }
}
