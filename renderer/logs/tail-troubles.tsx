import { ErrorNotice } from '../ui/error-notice.tsx'
import { toProblem } from '../ui/problem.ts'
import { countOf } from '../ui/quantities.ts'
import { StaleMarker } from '../ui/stale-marker.tsx'
import type { Tail, TailStatus } from './tail.ts'
import { kindOf, troublesOf } from './tail-words.ts'

/** What keeps lines from coming, with what mends it. The old lines stay under it. */
export function TailTroubles({ tail, status, environment }: { tail: Tail; status: TailStatus; environment: string }) {
  const { states, connection, problem, past } = status
  const found = troublesOf(states)
  const pastKind = past.problem === null ? null : kindOf(toProblem(past.problem))
  const again = () => tail.readBack(past.backTo)
  const lookedAt = Math.max(0, ...states.map((state) => state.lookedAt ?? 0))
  return (
    <>
      {connection === 'lost' && problem !== null && <ErrorNotice compact error={problem} environment={environment} />}
      {found.map(({ kind, problem: trouble, groups }) => (
        <ErrorNotice key={kind} compact error={trouble} environment={environment} onRetry={kind === pastKind ? again : undefined}>
          {groups.length > 1 && (
            <span className="dim" title={groups.join('\n')}>
              and {countOf(groups.length - 1, 'other group')}
            </span>
          )}
          {kind === pastKind && <span className="dim">Reading back stopped; what was read stays.</span>}
          {lookedAt > 0 && <StaleMarker at={lookedAt} />}
        </ErrorNotice>
      ))}
      {past.problem !== null && !found.some(({ kind }) => kind === pastKind) && (
        <ErrorNotice compact error={past.problem} environment={environment} onRetry={again}>
          <span className="dim">Reading back stopped; what was read stays.</span>
        </ErrorNotice>
      )}
    </>
  )
}
