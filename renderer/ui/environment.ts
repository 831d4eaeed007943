import { useParams } from 'react-router'
import type { EnvironmentId, EnvironmentState } from '../../preload/contract/environments.ts'
import { orpc, useStream } from '../client.ts'

/** Every environment with its connection and guard, kept up to date by main. */
export function useEnvironments() {
  return useStream(orpc.environments.watch, undefined)
}

/** The environment that the page's address names. */
export function useEnvironmentId(): EnvironmentId {
  return useParams()['environment'] ?? 'local'
}

/** The environment of the address and what is true of it now; `state` is null until main has told. */
export function useEnvironment(): { id: EnvironmentId; state: EnvironmentState | null; connected: boolean; locked: boolean } {
  const id = useEnvironmentId()
  const { data } = useEnvironments()
  const state = data?.find((each) => each.environment.id === id) ?? null
  return { id, state, connected: state?.connection.state === 'connected', locked: state !== null && isLocked(state) }
}

/** True where this window may only read. */
export function isLocked({ guard }: EnvironmentState): boolean {
  return guard.guard === 'guarded' && guard.unlockedUntil === null
}
