import { Button, Group } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Session } from '../../preload/contract/sessions.ts'
import { countOf } from '../ui/quantities.ts'
import { nameOf } from './queries.ts'

const modalId = 'terminate-sessions'

/** What ending it costs whoever has it open. */
function costOf({ state, user, database, own }: Session): string {
  const whose = [user, database].filter(Boolean).join(' on ')
  const open = state?.startsWith('idle in transaction') ? 'its open transaction is rolled back' : null
  const busy = state === 'active' ? 'its statement is broken off' : null
  return [whose, own ? 'this console' : null, open ?? busy].filter(Boolean).join(', ')
}

/** Asks before sessions are ended, naming each. */
export function confirmTerminate(environment: string, sessions: readonly Session[], run: () => void): void {
  const close = () => modals.close(modalId)
  modals.open({
    modalId,
    title: `Terminate ${countOf(sessions.length, 'session')} of ${environment}`,
    children: (
      <>
        <ul className="losses" aria-label="Sessions that will be ended">
          {sessions.map((session) => (
            <li key={`${session.pid} ${session.backendStart}`}>
              <b>{nameOf(session)}</b>: {costOf(session)}
            </li>
          ))}
        </ul>
        <Group justify="flex-end" mt="md">
          <Button data-autofocus onClick={close}>
            Keep {sessions.length === 1 ? 'it' : 'them'}
          </Button>
          <Button
            variant="filled"
            color="red"
            onClick={() => {
              close()
              run()
            }}
          >
            Terminate
          </Button>
        </Group>
      </>
    ),
  })
}
