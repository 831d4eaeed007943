import type { LambdaFailure, PracticeFunction, PracticeState } from '../../preload/contract/practice.ts'
import { formatDuration } from '../ui/quantities.ts'

/** `real time`, `60 times faster`. */
export const speedWords = (speed: number): string => (speed === 1 ? 'real time' : `${speed} times faster`)

/** What a speed means for what one waits for most, and what it leaves as it is. */
export function speedSentence(speed: number): string {
  const stopping = formatDuration((5 * 60_000) / speed)
  return `What takes five minutes at AWS, as a stop may, takes ${stopping} here. The seven days until AWS starts what is stopped stay seven days.`
}

/** Where this machine is and what is made difficult, for the button: `Home`, `Café, throttled`. */
export function standing({ network, networks, throttling, credentialsExpired }: PracticeState): string {
  const { label = network } = networks.find(({ id }) => id === network) ?? {}
  return [label, throttling && 'throttled', credentialsExpired && 'credentials expired'].filter(Boolean).join(', ')
}

/** A command of any machine's AWS CLI that asks the practice cloud; any credentials are good there. */
export const commandLine = (endpoint: string): string =>
  `AWS_ACCESS_KEY_ID=practice AWS_SECRET_ACCESS_KEY=practice aws rds describe-db-instances --region ca-central-1 --endpoint-url ${endpoint}`

/** While Cognito waits for the function. */
export const waitingWords = 'Cognito waits for the function: three attempts, of five seconds at most.'

/** What goes wrong in the function, as the panel offers it. */
export const failureWords: Readonly<Record<LambdaFailure, string>> = {
  none: 'nothing: it works',
  'table missing': 'a missing table',
  'column missing': 'a missing column',
  'syntax error': 'a syntax error at its import',
  'unbound variable': 'an unbound variable',
  'time-out': 'a time-out: it is outside the VPC',
  duplicate: 'a duplicate: it inserts twice',
  'quote in the name': 'a quote in the name: it builds its SQL',
}

export const failures: readonly LambdaFailure[] = [
  'none',
  'table missing',
  'column missing',
  'syntax error',
  'unbound variable',
  'time-out',
  'duplicate',
  'quote in the name',
]

/** What a confirmation leads to. */
export function failureSentence({ failure, swallows, runtime }: PracticeFunction): string {
  const told = swallows ? 'The log tells of it, Cognito does not.' : 'Cognito tries three times, and tells of it.'
  switch (failure) {
    case 'none':
      return 'It inserts the row, unless the database itself refuses.'
    case 'table missing':
      return `It looks for users in another schema. ${told}`
    case 'column missing':
      return `It inserts preferred_username, which users does not have. ${told}`
    case 'syntax error':
      return 'It cannot be imported, so no run of it begins. Cognito tries three times, and tells of it.'
    case 'unbound variable':
      return `${runtime === 'python' ? 'conn' : 'client'} is used where it has no value. ${told}`
    case 'time-out':
      return 'Nothing answers its connection. It is ended after three seconds, three times.'
    case 'duplicate':
      return `The second insert violates what is unique, and the first is undone with it. ${told}`
    case 'quote in the name':
      return `A name such as O'Brien breaks the statement. ${told}`
    default:
      return failure satisfies never
  }
}

/** `6 made-up users a minute`. */
export const paceWords = (perMinute: number): string =>
  perMinute === 0 ? 'no made-up users' : `${perMinute} made-up ${perMinute === 1 ? 'user' : 'users'} a minute`
