import { CloseButton } from '@mantine/core'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import type { Signal, SignalResult } from './queries.ts'

function saidOf(signal: Signal, { outcome, message }: SignalResult): { tone: Tone; words: string; more: string | null } {
  switch (outcome) {
    case 'signalled':
      return { tone: 'ok', words: signal === 'cancel' ? 'asked to cancel' : 'asked to end', more: null }
    case 'gone':
      return { tone: 'plain', words: 'already gone', more: null }
    case 'refused':
      return { tone: 'bad', words: 'refused', more: message }
    default:
      return outcome satisfies never
  }
}

/** What became of each signal. A signal that was sent is not yet a session that ended: the list above shows when it does. */
export function SignalResults({ signal, results, onClose }: { signal: Signal; results: readonly SignalResult[]; onClose: () => void }) {
  return (
    <div className="signal-results" role="status" aria-label="What became of the signals">
      <ul>
        {results.map((result) => {
          const { tone, words, more } = saidOf(signal, result)
          return (
            <li key={`${result.pid} ${result.backendStart}`}>
              <span>{result.who}</span> <StatusPill tone={tone}>{words}</StatusPill> {more}
            </li>
          )
        })}
      </ul>
      <CloseButton size="sm" aria-label="Close these results" onClick={onClose} />
    </div>
  )
}
