import { EventEmitter } from 'node:events'
import { Failure } from '../preload/contract/errors.ts'
import type { PracticeState, PracticeUser } from '../preload/contract/practice.ts'
import { AwsFault } from './api.ts'
import type { Fleet, SettableClock } from './cloud.ts'
import type { Faults } from './faults.ts'
import type { SignUps, SignUpsChange } from './lambda/sign-ups.ts'
import { type Networks, networks } from './networks.ts'

/** What the panel may change of the cloud. */
export interface PanelChange extends SignUpsChange {
  readonly network?: string | undefined
  readonly throttling?: boolean | undefined
  readonly credentialsExpired?: boolean | undefined
  readonly speed?: number | undefined
}

/** The practice cloud as its panel sees it. */
export interface Control {
  state(): PracticeState
  /** Fails with INVALID for a network that there is not. */
  change(change: PanelChange): Promise<void>
  /** Fails with GONE or WRONG_STATE. */
  forceStart(identifier: string): Promise<void>
  /** These four fail as `SignUps` says. */
  signUp(user: { readonly name: string; readonly email: string; readonly handle: string; readonly confirm: boolean }): Promise<PracticeUser>
  confirm(sub: string): Promise<PracticeUser>
  resetPassword(sub: string): Promise<PracticeUser>
  removeUser(sub: string): Promise<void>
  onChange(listener: () => void): () => void
  /** As `onChange`, but not for the sign-ups, which change all the time. */
  onStandingChange(listener: () => void): () => void
}

export interface ControlOptions {
  readonly endpoint: string
  readonly networks: Networks
  readonly faults: Faults
  readonly clock: SettableClock
  readonly fleet: Pick<Fleet, 'instances' | 'forceStart' | 'onChange'>
  readonly signUps: Omit<SignUps, 'close'>
}

/** What the panel offers. The seven days after which AWS starts an instance stay real at every speed. */
const speeds = [1, 10, 60, 600, 6000]

export function createControl({ endpoint, networks: moved, faults, clock, fleet, signUps }: ControlOptions): Control {
  const emitter = new EventEmitter()
  const onStandingChange = (listener: () => void): (() => void) => {
    emitter.on('changed', listener)
    const end = fleet.onChange(listener)
    return () => {
      emitter.off('changed', listener)
      end()
    }
  }
  return {
    state: () => ({
      endpoint,
      networks: [...networks],
      network: moved.current().id,
      throttling: faults.throttling,
      credentialsExpired: faults.credentialsExpired,
      speed: clock.speed(),
      speeds,
      stopped: fleet
        .instances()
        .filter(({ status }) => status === 'stopped')
        .map(({ identifier }) => identifier),
      signUps: signUps.state(),
    }),
    async change({ network, throttling, credentialsExpired, speed, function: made, perMinute, lateIngestion }) {
      try {
        if (network !== undefined && !(await moved.move(network))) {
          throw new Failure(
            'INVALID',
            `The practice cloud has no network ${network}: choose one of ${networks.map(({ id }) => id).join(', ')}.`,
          )
        }
        if (throttling !== undefined) faults.throttling = throttling
        if (credentialsExpired !== undefined) faults.credentialsExpired = credentialsExpired
        if (speed !== undefined) await clock.setSpeed(speed)
        await signUps.change({ function: made, perMinute, lateIngestion })
      } finally {
        emitter.emit('changed')
      }
    },
    async forceStart(identifier) {
      try {
        await fleet.forceStart(identifier)
      } catch (error) {
        if (!(error instanceof AwsFault)) throw error
        const data = { source: { vendor: 'aws', code: error.code } } as const
        if (error.code.startsWith('DBInstanceNotFound'))
          throw new Failure('GONE', `The practice cloud has no instance ${identifier}.`, data)
        throw new Failure('WRONG_STATE', `${identifier} was not started: it is not stopped. Stop it first.`, data)
      }
    },
    signUp: signUps.signUp,
    confirm: signUps.confirm,
    resetPassword: signUps.resetPassword,
    removeUser: signUps.removeUser,
    onChange(listener) {
      const ends = [onStandingChange(listener), signUps.onChange(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
    onStandingChange,
  }
}
