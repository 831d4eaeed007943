import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { firstUserPoolState, userPoolState } from '../../practice/cognito/state.ts'
import { createUserPool } from '../../practice/cognito/user-pool.ts'
import type { FindInstance } from '../../practice/lambda/database.ts'
import type { TriggerEvent, TriggerSource } from '../../practice/lambda/event.ts'
import { firstFunctionState, functionState } from '../../practice/lambda/function.ts'
import { createLambda } from '../../practice/lambda/lambda.ts'
import { openStore } from '../../practice/store.ts'
import type { PracticeFunction } from '../../preload/contract/practice.ts'
import { temporaryFolder } from '../support/folders.ts'

/** A line as the function's agent wrote it. */
export interface Written {
  readonly region: string
  readonly group: string
  readonly stream: string
  readonly at: number
  readonly message: string
  readonly lateMs: number
}

/** The function with a user pool before it, and what it writes. Ends with the test. */
export async function startLambda(
  find: FindInstance,
  {
    made = {},
    timeoutSeconds,
    patienceMs,
    folder,
  }: { made?: Partial<PracticeFunction>; timeoutSeconds?: number; patienceMs?: number; folder?: string } = {},
) {
  const state = folder ?? (await temporaryFolder())
  const report = (text: string) => {
    throw new Error(text)
  }
  const written: Written[] = []
  const lambda = createLambda({
    store: await openStore(join(state, 'function.json'), functionState, firstFunctionState(new Date()), report),
    logs: {
      write(region, group, stream, lines) {
        written.push(...lines.map((line) => ({ region, group, stream, ...line })))
      },
    },
    find,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  })
  onTestFinished(() => lambda.close())
  await lambda.change({ function: made })
  const pool = createUserPool({
    store: await openStore(join(state, 'user-pool.json'), userPoolState, firstUserPoolState, report),
    invoke: lambda.invoke,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })
  return { lambda, pool, written, messages: () => written.map(({ message }) => message) }
}

/** What Cognito hands over for somebody. */
export const triggerOf = (
  person: { readonly sub: string; readonly name: string; readonly email: string; readonly handle: string },
  triggerSource: TriggerSource = 'PostConfirmation_ConfirmSignUp',
): TriggerEvent => ({
  version: '1',
  region: 'ca-central-1',
  userPoolId: 'ca-central-1_Practice1',
  userName: person.sub,
  triggerSource,
  request: {
    userAttributes: {
      sub: person.sub,
      email_verified: 'true',
      'cognito:user_status': 'CONFIRMED',
      name: person.name,
      preferred_username: person.handle,
      email: person.email,
    },
  },
})
