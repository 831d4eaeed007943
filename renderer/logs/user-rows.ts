import type { SignUp, SignUps } from '../../preload/contract/logs.ts'
import type { InvocationRow } from './invocation-rows.ts'
import { whyUnknown } from './sign-up-rows.ts'

/** What is known of the rows in `users` that invocations should have written. */
export interface UserRows {
  /** The confirmation that the row of the list is part of; null where it is none, or the log was not read so far back yet. */
  signUpOf(row: Pick<InvocationRow, 'group' | 'attempts'>): SignUp | null
  /** Why it cannot be told whether there is a row; null where it can. */
  whyUnknown(signUp: SignUp): string | null
  /** The statement that repairs one. */
  readonly insert: string
}

/** Finds the confirmation of an invocation by its request id, which is the same in both readings of the log. */
export function userRowsOf({ group, signUps, table, insert }: Pick<SignUps, 'group' | 'signUps' | 'table' | 'insert'>): UserRows {
  const byRequest = new Map<string, SignUp>()
  for (const signUp of signUps) {
    for (const { requestId } of signUp.attempts) if (requestId !== null) byRequest.set(requestId, signUp)
  }
  return {
    signUpOf(row) {
      if (row.group !== group) return null
      for (const { requestId } of row.attempts) {
        const found = requestId === null ? undefined : byRequest.get(requestId)
        if (found !== undefined) return found
      }
      return null
    },
    whyUnknown: (signUp) => whyUnknown(signUp, table),
    insert,
  }
}
