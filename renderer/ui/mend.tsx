import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Mend as MendCode } from '../../preload/contract/errors.ts'
import { ErrorNotice } from './error-notice.tsx'
import { mendings, useMending } from './mendings.tsx'

/**
 * The button that mends an error, with what became of it beside it: progress while it runs, the error where it failed.
 * `onDone` is called when it worked.
 */
export function Mend({
  mend,
  environment,
  primary = false,
  onDone,
}: {
  mend: MendCode
  environment: string
  primary?: boolean
  onDone?: (() => void) | undefined
}) {
  const start = useMending(mend, environment)
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const run = async () => {
    setRunning(true)
    setError(null)
    try {
      if (await start()) onDone?.()
    } catch (failure) {
      setError(failure)
    } finally {
      setRunning(false)
    }
  }

  return (
    <div className="mend">
      <Button variant={primary ? 'filled' : 'default'} loading={running} onClick={() => void run()}>
        {mendings[mend]}
      </Button>
      {error !== null && <ErrorNotice compact error={error} environment={environment} />}
    </div>
  )
}
