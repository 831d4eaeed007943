import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import { Failure } from '../../preload/contract/errors.ts'
import type { PracticeState, practice } from '../../preload/contract/practice.ts'
import type { Call } from '../environments/caller.ts'

type Inputs = InferContractRouterInputs<typeof practice>
type Outputs = InferContractRouterOutputs<typeof practice>

/** The practice cloud as its panel sees it. */
export interface PracticeControl {
  state(): PracticeState
  change(change: Inputs['change']): Promise<void>
  forceStart(identifier: string): Promise<void>
  /** Calls back after each change; gives back what ends it. */
  onChange(listener: () => void): () => void
}

export type PracticeService = {
  readonly [Name in keyof Inputs]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]> | Outputs[Name]
}

/** The panel of the practice cloud; without one, every function says so. */
export function createPracticeService(_control: PracticeControl | null): PracticeService {
  return new Proxy({} as PracticeService, {
    get: () => () => {
      throw new Failure('GONE', 'There is no practice cloud here.')
    },
  })
}
