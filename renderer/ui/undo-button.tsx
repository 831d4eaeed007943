import { Button } from '@mantine/core'
import { useState } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { startRun } from './runs.tsx'

/** Brings back the copy that the last reset of an environment kept, after its plan was shown; an error stands beside it. */
export function UndoButton({ environment, previous, disabled = false }: { environment: string; previous: string; disabled?: boolean }) {
  const [starting, setStarting] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const undo = async () => {
    setStarting(true)
    setError(null)
    try {
      await startRun(environment, 'undo')
    } catch (failure) {
      setError(failure)
    } finally {
      setStarting(false)
    }
  }

  return (
    <>
      <Button disabled={disabled} loading={starting} title={`Brings ${previous} back`} onClick={() => void undo()}>
        Undo
      </Button>
      {error !== null && <ErrorNotice compact error={error} environment={environment} onMended={() => setError(null)} />}
    </>
  )
}
