import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Change, InstanceKey } from '../../preload/contract/instances.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Instance } from '../environments/instance-guard.ts'

/** What every change of an instance is made with. */
export interface Changing {
  readonly environments: Pick<Environments, 'allowChange'>
  readonly recorder: Recorder
  /**
   * Passes where this window may change the instance, and says in which environment's name; otherwise fails with LOCKED or UNCONFIRMED.
   * `confirm` is what was typed; undefined where this change never asks for a name. `as` is the instance as AWS has just described it; absent: as
   * it was last seen.
   */
  allow(
    call: Call,
    input: { readonly environment: EnvironmentId; readonly key: InstanceKey; readonly as?: Instance | undefined },
    confirm: string | null | undefined,
  ): EnvironmentId
  /** Sends the request and follows what becomes of it until it has settled. */
  follow<T>(key: InstanceKey, action: Change['action'], send: () => Promise<T>): Promise<T>
}
