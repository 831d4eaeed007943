import { Button } from '@mantine/core'
import { memo } from 'react'
import type { Signal } from './queries.ts'

/** Stopping a statement and ending a session stand apart, so that neither is taken for the other. */
export const SignalButtons = memo(function SignalButtons({
  disabled,
  sending,
  onSignal,
}: {
  disabled: boolean
  sending: Signal | null
  onSignal: (signal: Signal) => void
}) {
  return (
    <>
      <Button
        disabled={disabled}
        loading={sending === 'cancel'}
        title="Stops what they run now; the sessions stay"
        onClick={() => onSignal('cancel')}
      >
        Cancel
      </Button>
      <Button
        color="red"
        disabled={disabled}
        loading={sending === 'terminate'}
        title="Ends the sessions; open transactions are rolled back"
        onClick={() => onSignal('terminate')}
      >
        Terminate
      </Button>
    </>
  )
})
