import type { EnvironmentState } from '../../preload/contract/environments.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { isLocked, useEnvironmentId, useEnvironments } from '../ui/environment.ts'

/** The environment that must be unlocked before an instance is changed: a locked one of its own, else the first, else the one in view. */
export function guardOf(row: Pick<InstanceRow, 'environments'>, states: readonly EnvironmentState[], inView: string): string {
  const own = states.filter(({ environment }) => row.environments.includes(environment.id))
  return (own.find(isLocked) ?? own[0])?.environment.id ?? inView
}

export function useGuardOf(row: Pick<InstanceRow, 'environments'>): string {
  return guardOf(row, useEnvironments().data ?? [], useEnvironmentId())
}
