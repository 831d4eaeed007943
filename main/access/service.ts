import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { access, Reach } from '../../preload/contract/access.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Aws } from '../aws/aws.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver } from '../postgres/driver.ts'

type Inputs = InferContractRouterInputs<typeof access>
type Outputs = InferContractRouterOutputs<typeof access>

export interface AccessDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Pick<Driver, 'handshake'>
  readonly stateFolder: string
  readonly log: (line: string) => void
  /** Addresses of services that answer with the caller's public address, in the order of trust; two must agree. */
  addressSources(profile: string): readonly string[]
  readonly allowUnlock: boolean
}

export type AccessService = {
  readonly [Name in keyof Inputs]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]> | Outputs[Name]
}

export interface Access {
  readonly service: AccessService
  /** Whom the environment's instance lets in, and whether this machine is among them. */
  reachOf(environment: Environment, signal: AbortSignal): Promise<Reach>
  /** Sweeps, and allows this machine where that was asked for. */
  start(): Promise<void>
  /** After sleep or another network: the address may be another. */
  wake(): void
  close(): Promise<void>
}

/** Who may reach an instance from where. */
export function createAccessService(_deps: AccessDeps): Access {
  const missing = () => {
    throw new Failure('AWS', 'This is still being built.')
  }
  return {
    service: new Proxy({} as AccessService, { get: () => missing }),
    reachOf: async () => missing(),
    start: async () => {},
    wake() {},
    close: async () => {},
  }
}
