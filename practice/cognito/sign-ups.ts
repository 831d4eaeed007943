import { EventEmitter } from 'node:events'
import { Failure } from '../../preload/contract/errors.ts'
import { postConfirmation } from '../lambda/function.ts'
import type { Lambda } from '../lambda/lambda.ts'
import type { SignUps } from '../lambda/sign-ups.ts'
import { makeUpPerson } from './made-up-people.ts'
import { createPace } from './pace.ts'
import type { UserPool } from './user-pool.ts'

/** Made-up users in a minute, as the panel offers them. */
const paces = [0, 1, 6, 30, 120]
const shownUsers = 20

export interface SignUpsOptions {
  readonly pool: UserPool
  readonly lambda: Pick<Lambda, 'state' | 'change'>
  readonly report: (text: string) => void
}

/**
 * Sign-ups as the panel sees them. The users and the function survive a restart, as they would at AWS; the pace does not: a console that
 * starts is quiet until somebody wants it otherwise.
 */
export function createSignUps({ pool, lambda, report }: SignUpsOptions): SignUps {
  const changes = new EventEmitter()
  const tell = () => void changes.emit('changed')
  const end = pool.onChange(tell)
  let suggested = makeUpPerson()
  const pace = createPace({
    async work() {
      const { sub } = await pool.signUp(makeUpPerson())
      await pool.confirm(sub)
    },
    failed(error) {
      // Two made-up people may have one address by chance, and one may be deleted before it is confirmed.
      if (error instanceof Failure) return
      report(`A made-up user could not sign up at the practice user pool: ${error instanceof Error ? error.message : String(error)}`)
    },
  })
  return {
    state() {
      const { function: made, lateIngestion } = lambda.state()
      return {
        function: made,
        logGroup: postConfirmation.logGroup,
        perMinute: pace.perMinute(),
        paces,
        lateIngestion,
        suggested,
        users: pool.users().slice(0, shownUsers),
      }
    },
    async change({ function: made, perMinute, lateIngestion }) {
      if (made === undefined && perMinute === undefined && lateIngestion === undefined) return
      try {
        if (perMinute !== undefined) pace.set(perMinute)
        if (made !== undefined || lateIngestion !== undefined) await lambda.change({ function: made ?? {}, lateIngestion })
      } finally {
        tell()
      }
    },
    async signUp({ confirm, ...person }) {
      const user = await pool.signUp(person)
      suggested = makeUpPerson()
      tell()
      return confirm ? pool.confirm(user.sub) : user
    },
    confirm: pool.confirm,
    resetPassword: pool.resetPassword,
    removeUser: pool.remove,
    onChange(listener) {
      changes.on('changed', listener)
      return () => void changes.off('changed', listener)
    },
    async close() {
      end()
      await pace.close()
    },
  }
}
