import { Button, Group, PasswordInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useState } from 'react'
import { client } from '../client.ts'
import { ErrorNotice } from './error-notice.tsx'

function PasswordForm({ environment, close }: { environment: string; close: () => void }) {
  const [password, setPassword] = useState('')
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const submit = async () => {
    setRunning(true)
    setError(null)
    try {
      await client.environments.setPassword({ environment, password })
      close()
    } catch (failure) {
      setError(failure)
      setRunning(false)
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <PasswordInput
        data-autofocus
        label={`Password for ${environment}`}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="off"
      />
      {error !== null && <ErrorNotice compact error={error} />}
      <Group justify="flex-end" mt="md">
        <Button type="button" onClick={close}>
          Not now
        </Button>
        <Button type="submit" variant="filled" disabled={password === ''} loading={running}>
          Connect
        </Button>
      </Group>
    </form>
  )
}

/** Asks for the password of an environment and hands it to main; the page does not keep it. */
export function askPassword(environment: string, onGiven?: () => void): void {
  const modalId = 'password'
  const close = () => {
    modals.close(modalId)
    onGiven?.()
  }
  modals.open({
    modalId,
    title: `Enter the password of ${environment}`,
    children: <PasswordForm environment={environment} close={close} />,
  })
}
