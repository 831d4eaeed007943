import { Button, Group, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type ReactNode, useState } from 'react'
import { ErrorNotice } from './error-notice.tsx'

export interface Confirmation {
  readonly title: string
  /** The thing's name, to be typed exactly. */
  readonly name: string
  /** The words on the red button. */
  readonly action: string
  /** What will be lost, a sentence each. */
  readonly losses: readonly string[]
  /** What will be done, in order. */
  readonly steps?: readonly string[]
  readonly notes?: readonly string[]
  readonly environment?: string
  readonly children?: ReactNode
  /** Does it, with what was typed; main compares it again. The dialog stays open where this fails. */
  run(typed: string): Promise<unknown>
}

function ConfirmByName({ confirmation, close }: { confirmation: Confirmation; close: () => void }) {
  const { name, action, losses, steps = [], notes = [], environment, children, run } = confirmation
  const [typed, setTyped] = useState('')
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const submit = async () => {
    if (typed !== name || running) return
    setRunning(true)
    setError(null)
    try {
      await run(typed)
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
      {losses.length > 0 && (
        <ul className="losses" aria-label="What will be lost">
          {losses.map((loss) => (
            <li key={loss}>{loss}</li>
          ))}
        </ul>
      )}
      {steps.length > 0 && (
        <ol className="plan-steps" aria-label="What will be done">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {notes.map((note) => (
        <p className="dim" key={note}>
          {note}
        </p>
      ))}
      {children}
      <TextInput
        data-autofocus
        label={`Type ${name} to confirm`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
      />
      {error !== null && <ErrorNotice compact error={error} environment={environment} />}
      <Group justify="flex-end" mt="md">
        <Button type="button" onClick={close}>
          Keep it
        </Button>
        <Button type="submit" variant="filled" color="red" disabled={typed !== name} loading={running}>
          {action}
        </Button>
      </Group>
    </form>
  )
}

/** Opens the dialog that asks for a thing's name before it is changed for good. */
export function confirmByName(confirmation: Confirmation): void {
  const modalId = 'confirm-by-name'
  modals.open({
    modalId,
    title: confirmation.title,
    children: <ConfirmByName confirmation={confirmation} close={() => modals.close(modalId)} />,
  })
}
