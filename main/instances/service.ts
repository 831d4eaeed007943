import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Draft, Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceRow, instances } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'

type Inputs = InferContractRouterInputs<typeof instances>
type Outputs = InferContractRouterOutputs<typeof instances>

export interface InstancesDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  /** What is kept: scope, changes under way, keep-stopped, schedules and what they did. */
  readonly stateFolder: string
  readonly log: (line: string) => void
  /** Makes an environment of an instance. */
  saveEnvironment(draft: Draft, call: Call): Promise<Environment>
  /** Whether guarded things may be changed by this console at all (browser mode needs its flag). */
  readonly allowUnlock: boolean
}

/** Each operation of the contract, as its service serves it. */
export type InstancesService = {
  readonly [Name in keyof Inputs]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]> | Outputs[Name]
}

export interface Instances {
  readonly service: InstancesService
  /** The instance of an environment as AWS says it now; null where the environment names none. Fails as AWS does, GONE where it is not there. */
  instanceOf(environment: Environment, signal: AbortSignal): Promise<InstanceRow | null>
  /** Begins to keep stopped, to follow schedules and changes that were under way. */
  start(): Promise<void>
  /** After sleep: asks again at once. */
  wake(): void
  close(): Promise<void>
}

/** What there is on RDS, and what may be done with it. */
export function createInstancesService(_deps: InstancesDeps): Instances {
  const missing = () => {
    throw new Failure('AWS', 'This is still being built.')
  }
  return {
    service: new Proxy({} as InstancesService, { get: () => missing }),
    instanceOf: async () => null,
    start: async () => {},
    wake() {},
    close: async () => {},
  }
}
