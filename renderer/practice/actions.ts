import { useMemo } from 'react'
import type { PracticeState } from '../../preload/contract/practice.ts'
import { client } from '../client.ts'
import { type PaletteAction, useActions } from '../ui/actions.ts'
import { announce } from '../ui/announce.ts'
import { toProblem } from '../ui/problem.ts'
import { setPanelOpen } from './open.ts'
import { failures, failureWords, paceWords, speedWords } from './words.ts'

/** Runs what was chosen; there is no place beside it for an error, so that becomes a notification. */
function attempt(label: string, work: () => Promise<unknown>): void {
  work().then(
    () => announce(label),
    (error: unknown) => announce(`${label}: ${toProblem(error).message}`, { tone: 'bad', notice: true }),
  )
}

function actionsOf(state: PracticeState): PaletteAction[] {
  const action = (id: string, label: string, work: () => Promise<unknown>): PaletteAction => ({
    id: `practice ${id}`,
    group: 'Practice cloud',
    label,
    keywords: ['practice'],
    run: () => attempt(label, work),
  })
  const { change, forceStart, signUp } = client.practice
  const { networks, network, throttling, credentialsExpired, speed, speeds, stopped, signUps } = state
  const { function: made, perMinute, paces, lateIngestion, suggested } = signUps
  return [
    { id: 'practice open', group: 'Practice cloud', label: 'Open the practice cloud', run: () => setPanelOpen(true) },
    ...networks
      .filter(({ id }) => id !== network)
      .map(({ id, label }) => action(id, `Practice: move to ${label}`, () => change({ network: id }))),
    action('throttle', `Practice: ${throttling ? 'stop throttling' : 'throttle AWS'}`, () => change({ throttling: !throttling })),
    action('expire', `Practice: ${credentialsExpired ? 'renew' : 'expire'} the credentials`, () =>
      change({ credentialsExpired: !credentialsExpired }),
    ),
    ...speeds
      .filter((one) => one !== speed)
      .map((one) => action(`speed ${one}`, `Practice: ${speedWords(one)}`, () => change({ speed: one }))),
    ...stopped.map((identifier) =>
      action(`start ${identifier}`, `Practice: let AWS start ${identifier}`, () => forceStart({ identifier })),
    ),
    action('sign up', `Practice: sign up a user, ${suggested.name}`, () => signUp({ ...suggested, confirm: true })),
    ...paces
      .filter((one) => one !== perMinute)
      .map((one) => action(`pace ${one}`, `Practice: ${paceWords(one)}`, () => change({ perMinute: one }))),
    ...failures
      .filter((one) => one !== made.failure)
      .map((failure) =>
        action(`fail ${failure}`, `Practice: the function fails by ${failureWords[failure]}`, () => change({ function: { failure } })),
      ),
    action('swallow', `Practice: the function ${made.swallows ? 'raises' : 'swallows'} its exceptions`, () =>
      change({ function: { swallows: !made.swallows } }),
    ),
    action('runtime', `Practice: the function runs in ${made.runtime === 'python' ? 'Node' : 'Python'}`, () =>
      change({ function: { runtime: made.runtime === 'python' ? 'node' : 'python' } }),
    ),
    action('format', `Practice: the function logs as ${made.format === 'text' ? 'JSON' : 'text'}`, () =>
      change({ function: { format: made.format === 'text' ? 'json' : 'text' } }),
    ),
    action('late', `Practice: CloudWatch takes lines in ${lateIngestion ? 'at once' : 'late'}`, () =>
      change({ lateIngestion: !lateIngestion }),
    ),
  ]
}

/** What the palette offers of the practice cloud; nothing where there is none. */
export function usePracticeActions(state: PracticeState | null): void {
  useActions(useMemo(() => (state === null ? [] : actionsOf(state)), [state]))
}
