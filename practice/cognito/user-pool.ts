import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import type { PracticeUser } from '../../preload/contract/practice.ts'
import type { Store } from '../cloud.ts'
import type { Answer, TriggerEvent, TriggerSource } from '../lambda/event.ts'
import { postConfirmation } from '../lambda/function.ts'
import type { PoolUser, UserPoolState } from './state.ts'

export interface NewUser {
  readonly name: string
  readonly email: string
  readonly handle: string
}

export interface UserPool {
  /** The newest first. */
  users(): readonly PracticeUser[]
  /** Fails with INVALID, as for an e-mail that is taken. */
  signUp(user: NewUser): Promise<PracticeUser>
  /** ConfirmSignUp. Fails with GONE, and with WRONG_STATE where the user is CONFIRMED. */
  confirm(sub: string): Promise<PracticeUser>
  /** ConfirmForgotPassword. Fails with GONE, and with WRONG_STATE where the user is not CONFIRMED. */
  resetPassword(sub: string): Promise<PracticeUser>
  remove(sub: string): Promise<void>
  /** Calls back after each change; gives back what ends it. */
  onChange(listener: () => void): () => void
}

export interface UserPoolOptions {
  readonly store: Store<UserPoolState>
  /** Calls the trigger. */
  readonly invoke: (event: TriggerEvent) => Promise<Answer>
  /** How long Cognito waits for one answer. */
  readonly patienceMs?: number
}

/** Amazon Cognito developer guide, "Customizing user pool workflows with Lambda triggers". Neither can be configured there. */
const patience = { milliseconds: 5_000, attempts: 3 } as const
/** Of those who signed up earlier, the practice cloud forgets. */
const mostUsers = 200
export const poolId = `${postConfirmation.region}_Practice1`

/** The practice user pool, whose post-confirmation trigger is a function. */
export function createUserPool({ store, invoke, patienceMs = patience.milliseconds }: UserPoolOptions): UserPool {
  const changes = new EventEmitter()
  store.onChange(() => changes.emit('changed'))
  const confirming = new Map<string, number>()

  const shown = ({ createdAt: _, modifiedAt: __, ...user }: PoolUser): PracticeUser => ({ ...user, confirming: confirming.has(user.sub) })
  const find = (sub: string): PoolUser => {
    const found = store.value.users.find((user) => user.sub === sub)
    if (found === undefined)
      throw new Failure(
        'GONE',
        'User does not exist. It was deleted from the user pool: sign it up again.',
        cognitoSaid('UserNotFoundException'),
      )
    return found
  }
  const set = (sub: string, changed: Partial<PoolUser>): Promise<void> =>
    store.update(({ users }) => ({ users: users.map((user) => (user.sub === sub ? { ...user, ...changed } : user)) }))

  const answerInTime = async (event: TriggerEvent): Promise<Answer | null> => {
    const waiting = new AbortController()
    const waited = pause(patienceMs, null, { signal: waiting.signal }).catch(() => null)
    try {
      return await Promise.race([invoke(event), waited])
    } finally {
      waiting.abort()
    }
  }

  /** Gives back what Cognito tells the user's page; null where all went well. */
  const trigger = async (event: TriggerEvent): Promise<string | null> => {
    let told: string | null = null
    for (let attempt = 0; attempt < patience.attempts; attempt += 1) {
      const answer = await answerInTime(event)
      if (answer?.state === 'answered') return null
      told =
        answer === null
          ? 'PostConfirmation invocation failed due to error Socket timeout while invoking Lambda function.'
          : `PostConfirmation failed with error ${answer.message}.`
    }
    return told
  }

  const call = async (user: PoolUser, triggerSource: TriggerSource): Promise<PracticeUser> => {
    const { sub, name, email, handle } = user
    confirming.set(sub, (confirming.get(sub) ?? 0) + 1)
    changes.emit('changed')
    const done = () => {
      const left = (confirming.get(sub) ?? 1) - 1
      if (left > 0) confirming.set(sub, left)
      else confirming.delete(sub)
    }
    let error: string | null
    try {
      error = await trigger({
        version: '1',
        region: postConfirmation.region,
        userPoolId: poolId,
        userName: sub,
        triggerSource,
        request: {
          userAttributes: { sub, email_verified: 'true', 'cognito:user_status': 'CONFIRMED', name, preferred_username: handle, email },
        },
      })
    } catch (failed) {
      done()
      changes.emit('changed')
      throw failed
    }
    done()
    await set(sub, { error })
    return shown({ ...user, status: 'CONFIRMED', error })
  }

  return {
    users: () => store.value.users.map(shown).toReversed(),
    async signUp({ name, email, handle }) {
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
        throw new Failure(
          'INVALID',
          'Invalid email address format. Give one such as andrew@example.com.',
          cognitoSaid('InvalidParameterException'),
        )
      if (store.value.users.some((user) => user.email.toLowerCase() === email.toLowerCase()))
        throw new Failure(
          'INVALID',
          'An account with the given email already exists. Delete that user, or sign up with another e-mail.',
          cognitoSaid('UsernameExistsException'),
        )
      const at = Date.now()
      const made = { createdAt: at, modifiedAt: at }
      const user: PoolUser = { sub: randomUUID(), name, email, handle, status: 'UNCONFIRMED', error: null, ...made }
      await store.update(({ users }) => ({ users: [...users, user].slice(-mostUsers) }))
      return shown(user)
    },
    async confirm(sub) {
      const user = find(sub)
      if (user.status === 'CONFIRMED')
        throw new Failure(
          'WRONG_STATE',
          'User cannot be confirmed. Current status is CONFIRMED. Delete the user and sign it up again, or reset its password.',
          cognitoSaid('NotAuthorizedException'),
        )
      // First confirmed, then the trigger: a function that fails leaves a confirmed user.
      await set(sub, { status: 'CONFIRMED', error: null, modifiedAt: Date.now() })
      return call(user, 'PostConfirmation_ConfirmSignUp')
    },
    async resetPassword(sub) {
      const user = find(sub)
      if (user.status !== 'CONFIRMED')
        throw new Failure(
          'WRONG_STATE',
          'Cannot reset password for the user as there is no registered/verified email or phone_number. Confirm the user first.',
          cognitoSaid('InvalidParameterException'),
        )
      await set(sub, { modifiedAt: Date.now() })
      return call(user, 'PostConfirmation_ConfirmForgotPassword')
    },
    async remove(sub) {
      find(sub)
      await store.update(({ users }) => ({ users: users.filter((user) => user.sub !== sub) }))
    },
    onChange(listener) {
      changes.on('changed', listener)
      return () => void changes.off('changed', listener)
    },
  }
}

const cognitoSaid = (code: string) => ({ source: { vendor: 'aws', code } }) as const
