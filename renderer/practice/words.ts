import type { PracticeState } from '../../preload/contract/practice.ts'
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
