import { Button } from '@mantine/core'
import { IconAlertCircle, IconLock } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Mend as MendCode } from '../../preload/contract/errors.ts'
import { CopyButton } from './copy.tsx'
import { mendWords, useMender } from './mend-context.ts'
import { type Problem, toProblem } from './problem.ts'

/** `SQLSTATE 42P01`, `ENOENT`: the vendor's own name, for whoever looks it up. */
function sourceOf({ data }: Problem): string | null {
  if (!data?.source) return null
  return data.source.vendor === 'postgres' ? `SQLSTATE ${data.source.code}` : data.source.code
}

function placeOf({ data }: Problem): string | null {
  if (!data?.file) return null
  return [data.file, data.line && `line ${data.line}`, data.column && `column ${data.column}`].filter(Boolean).join(', ')
}

/** An error of the contract, as text only: what happened, why, what to do, and the button that mends it. */
export function ErrorNotice({
  error,
  environment,
  onRetry,
  onMended,
  compact = false,
  children,
}: {
  error: unknown
  /** Whose error it is; without it no mending button is offered. */
  environment?: string | undefined
  onRetry?: (() => void) | undefined
  /** Called when the mending button did its work; by default the same as `onRetry`. */
  onMended?: (() => void) | undefined
  compact?: boolean
  children?: ReactNode
}) {
  const problem = toProblem(error)
  const { incident, request, profile, command } = problem.data ?? {}
  const facts = [
    placeOf(problem),
    sourceOf(problem),
    profile && `profile ${profile}`,
    request && `request ${request}`,
    incident && `incident ${incident}`,
  ].filter(Boolean)
  const mend = environment ? problem.data?.mend : undefined
  const Icon = problem.code === 'LOCKED' ? IconLock : IconAlertCircle
  return (
    <div className="error-notice" role="alert" data-compact={compact || undefined} data-code={problem.code}>
      <Icon size={16} aria-hidden />
      <div>
        <p>{problem.message}</p>
        {problem.data?.detail && <p className="error-more">{problem.data.detail}</p>}
        {problem.data?.hint && <p className="error-more">{problem.data.hint}</p>}
        {command && (
          <p className="error-command">
            <code className="mono">{command}</code>
            <CopyButton text={command} what="the command" />
          </p>
        )}
        {facts.length > 0 && <p className="error-more mono">{facts.join(' · ')}</p>}
        {(mend || onRetry || children) && (
          <div className="row">
            {mend && environment && <Mend mend={mend} environment={environment} onDone={onMended ?? onRetry} />}
            {onRetry && <Button onClick={onRetry}>Try again</Button>}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}

/** The button that mends an error, with what became of it beside it: progress while it runs, the error where it failed. */
export function Mend({
  mend,
  environment,
  primary = false,
  onDone,
}: {
  mend: MendCode
  environment: string
  primary?: boolean
  /** Called when it worked. */
  onDone?: (() => void) | undefined
}) {
  const mender = useMender()
  const [progress, setProgress] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  /** What was asked for: what is offered may become another thing while that is being done. */
  const [asked, setAsked] = useState(mend)

  const run = async (what: MendCode) => {
    setAsked(what)
    setProgress('')
    setError(null)
    try {
      if (await mender(what, environment, setProgress)) onDone?.()
    } catch (failure) {
      setError(failure)
    } finally {
      setProgress(null)
    }
  }

  // Where only the lock was in the way, unlocking goes on with what was asked for.
  const goOn = () => {
    if (toProblem(error).code === 'LOCKED') void run(asked)
    else setError(null)
  }

  return (
    <div className="mend">
      <Button variant={primary ? 'filled' : 'default'} loading={progress !== null} onClick={() => void run(mend)}>
        {mendWords[progress === null ? mend : asked]}
      </Button>
      {progress && (
        <span className="mend-progress" role="status">
          {progress}
        </span>
      )}
      {error !== null && <ErrorNotice compact error={error} environment={environment} onMended={goOn} />}
    </div>
  )
}
