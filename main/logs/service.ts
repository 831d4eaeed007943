import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { logs, SignUps } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver } from '../postgres/driver.ts'

type Inputs = InferContractRouterInputs<typeof logs>
type Outputs = InferContractRouterOutputs<typeof logs>
type Served<Name extends keyof Inputs> = (
  input: Inputs[Name],
  call: Call,
) => Outputs[Name] extends AsyncIterable<unknown> ? Outputs[Name] : Promise<Outputs[Name]>

export type LogsService = { readonly [Name in keyof Inputs]: Served<Name> }

export interface LogsDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Driver
  /** LAMBDA_LOG_GROUP; null where it is not set. */
  readonly namedGroup: string | null
  readonly log: (text: string) => void
}

export interface Logs {
  readonly service: LogsService
  /** What is known of an environment's sign-ups, for the overview; null where it stands on no AWS account. */
  signUpsOf(environment: Environment, signal: AbortSignal): Promise<SignUps | null>
  wake(): void
  close(): void
}

export function createLogsService(_deps: LogsDeps): Logs {
  const later = (): never => {
    throw new Failure('INTERNAL', 'not written yet')
  }
  return {
    service: { groups: later, tail: later, history: later, around: later, signUps: later, repair: later },
    signUpsOf: async () => null,
    wake() {},
    close() {},
  }
}
