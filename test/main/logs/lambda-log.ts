import type { LogEvent } from '../../../cloudwatch/event.ts'

/** A user of the pool, as Cognito tells a function of it. */
export interface User {
  readonly sub: string
  readonly email: string
  readonly name: string
  readonly handle: string
}

export const ada: User = { sub: '7d1a0000-0000-4000-8000-000000000001', email: 'ada@example.com', name: 'Ada Lovelace', handle: 'ada' }
export const grace: User = {
  sub: '7d1a0000-0000-4000-8000-000000000002',
  email: 'grace@example.com',
  name: 'Grace Hopper',
  handle: 'grace',
}

export interface Run {
  readonly at: number
  readonly user: User | null
  readonly stream?: string
  readonly trigger?: 'PostConfirmation_ConfirmSignUp' | 'PostConfirmation_ConfirmForgotPassword' | null
  /** What the function prints besides. */
  readonly lines?: readonly string[]
  readonly open?: boolean
  readonly timedOut?: boolean
}

let runs = 0

/** The lines that Lambda and the journals' Python function write for one invocation, ten milliseconds apart. */
export function linesOf({ at, user, stream = 'a', trigger = null, lines = [], open = false, timedOut = false }: Run): LogEvent[] {
  runs += 1
  const id = `00000000-0000-4000-8000-${String(runs).padStart(12, '0')}`
  const attributes =
    user === null
      ? []
      : [
          `{'sub': '${user.sub}', 'email_verified': 'true', 'name': '${user.name}', 'preferred_username': '${user.handle}', 'email': '${user.email}'}`,
        ]
  const end = timedOut ? [`${new Date(at).toISOString()} ${id} Task timed out after 3.00 seconds\n\n`] : []
  const texts = [
    `START RequestId: ${id} Version: $LATEST\n`,
    ...(trigger === null ? [] : [`${trigger}\n`]),
    ...attributes,
    ...lines,
    ...(open
      ? []
      : [
          ...end,
          `END RequestId: ${id}\n`,
          `REPORT RequestId: ${id}\tDuration: 120.00 ms\tBilled Duration: 120 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t${timedOut ? 'Status: timeout\t' : ''}\n`,
        ]),
  ]
  return texts.map((message, index) => ({
    id: `e${runs}-${index}`,
    stream,
    at: at + index * 10,
    ingested: at + index * 10 + 2_000,
    message,
  }))
}
