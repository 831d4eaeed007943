import { Button } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Mend } from './mend.tsx'
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
  compact = false,
  children,
}: {
  error: unknown
  /** Whose error it is; without it no mending button is offered. */
  environment?: string | undefined
  onRetry?: (() => void) | undefined
  compact?: boolean
  children?: ReactNode
}) {
  const problem = toProblem(error)
  const facts = [placeOf(problem), sourceOf(problem), problem.data?.incident && `incident ${problem.data.incident}`].filter(Boolean)
  const mend = environment ? problem.data?.mend : undefined
  return (
    <div className="error-notice" role="alert" data-compact={compact || undefined} data-code={problem.code}>
      <IconAlertCircle size={16} aria-hidden />
      <div>
        <p>{problem.message}</p>
        {problem.data?.detail && <p className="error-more">{problem.data.detail}</p>}
        {problem.data?.hint && <p className="error-more">{problem.data.hint}</p>}
        {facts.length > 0 && <p className="error-more mono">{facts.join(' · ')}</p>}
        {(mend || onRetry || children) && (
          <div className="row">
            {mend && environment && <Mend mend={mend} environment={environment} onDone={onRetry} />}
            {onRetry && <Button onClick={onRetry}>Try again</Button>}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}
