import type { Outcome } from '../../cloudwatch/invocation.ts'
import { formatCount } from '../ui/quantities.ts'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import type { InvocationRow } from './invocation-rows.ts'
import { countOutcomes, outcomes } from './outcomes.ts'

const words: Record<Outcome, { readonly word: string; readonly tone: Tone }> = {
  failed: { word: 'failed', tone: 'bad' },
  'hidden error': { word: 'hidden error', tone: 'bad' },
  'timed out': { word: 'timed out', tone: 'warn' },
  open: { word: 'without an end', tone: 'busy' },
  ok: { word: 'succeeded', tone: 'ok' },
}

/** How many invocations ended in which way; pressing one shows those alone. */
export function OutcomeChips({
  rows,
  only,
  onOnly,
}: {
  rows: readonly InvocationRow[]
  only: Outcome | null
  onOnly: (only: Outcome | null) => void
}) {
  const counts = countOutcomes(rows)
  return (
    <fieldset className="log-chips" aria-label="Show one outcome alone">
      {outcomes
        .filter((outcome) => counts[outcome] > 0 || outcome === only)
        .map((outcome) => (
          <button key={outcome} type="button" aria-pressed={only === outcome} onClick={() => onOnly(only === outcome ? null : outcome)}>
            <StatusPill tone={words[outcome].tone}>
              {formatCount(counts[outcome])} {words[outcome].word}
            </StatusPill>
          </button>
        ))}
    </fieldset>
  )
}
