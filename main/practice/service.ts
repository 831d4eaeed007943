import { EventEmitter } from 'node:events'
import type { InferContractRouterInputs } from '@orpc/contract'
import { Failure } from '../../preload/contract/errors.ts'
import type { PracticeState, PracticeUser, practice } from '../../preload/contract/practice.ts'
import type { Call } from '../environments/caller.ts'
import { watchLatest } from '../environments/watch.ts'

type Inputs = InferContractRouterInputs<typeof practice>

/** The practice cloud as its panel sees it. */
export interface PracticeControl {
  state(): PracticeState
  change(change: Inputs['change']): Promise<void>
  forceStart(identifier: string): Promise<void>
  signUp(user: Inputs['signUp']): Promise<PracticeUser>
  confirm(sub: string): Promise<PracticeUser>
  resetPassword(sub: string): Promise<PracticeUser>
  removeUser(sub: string): Promise<void>
  /** Calls back after each change; gives back what ends it. */
  onChange(listener: () => void): () => void
  /** As `onChange`, but not for the sign-ups, which change all the time. */
  onStandingChange(listener: () => void): () => void
}

export interface PracticeService {
  watch(input: Inputs['watch'], call: Call): AsyncGenerator<PracticeState | null, void>
  change(input: Inputs['change']): Promise<void>
  forceStart(input: Inputs['forceStart']): Promise<void>
  signUp(input: Inputs['signUp']): Promise<PracticeUser>
  confirm(input: Inputs['confirm']): Promise<PracticeUser>
  resetPassword(input: Inputs['resetPassword']): Promise<PracticeUser>
  removeUser(input: Inputs['removeUser']): Promise<void>
}

/** The panel of the practice cloud. Without one, `watch` yields null and stays open, and the commands fail with GONE. */
export function createPracticeService(control: PracticeControl | null): PracticeService {
  const changes = new EventEmitter()
  // Every window that watches listens here.
  changes.setMaxListeners(0)
  control?.onChange(() => changes.emit('changed'))
  const required = (): PracticeControl => {
    if (control === null)
      throw new Failure('GONE', 'There is no practice cloud here: AWS calls go to another endpoint, or prod is a server of yours.')
    return control
  }
  return {
    watch: (_input, { signal }) => watchLatest(changes, () => control?.state() ?? null, signal),
    change: async (input) => required().change(input),
    forceStart: async ({ identifier }) => required().forceStart(identifier),
    signUp: async (input) => required().signUp(input),
    confirm: async ({ sub }) => required().confirm(sub),
    resetPassword: async ({ sub }) => required().resetPassword(sub),
    removeUser: async ({ sub }) => required().removeUser(sub),
  }
}
