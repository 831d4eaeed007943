import type { FollowState } from '../../preload/contract/logs.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { StaleMarker } from '../ui/stale-marker.tsx'
import type { Tail, TailStatus } from './tail.ts'

/** One notice for the same trouble of several groups. */
function troubles(
  states: readonly FollowState[],
): readonly { readonly problem: NonNullable<FollowState['problem']>; readonly groups: string[] }[] {
  const found = new Map<string, { problem: NonNullable<FollowState['problem']>; groups: string[] }>()
  for (const { problem, group } of states) {
    if (problem === null) continue
    const key = `${problem.code} ${problem.message}`
    const before = found.get(key)
    if (before) before.groups.push(group)
    else found.set(key, { problem, groups: [group] })
  }
  return [...found.values()]
}

/** What keeps lines from coming, with what mends it. The old lines stay under it. */
export function TailTroubles({ tail, status, environment }: { tail: Tail; status: TailStatus; environment: string }) {
  const { states, connection, problem, past } = status
  const found = troubles(states)
  const lookedAt = Math.max(0, ...states.map((state) => state.lookedAt ?? 0))
  return (
    <>
      {connection === 'lost' && problem !== null && <ErrorNotice compact error={problem} environment={environment} />}
      {found.map((each) => (
        <ErrorNotice key={`${each.problem.code} ${each.problem.message}`} compact error={each.problem} environment={environment}>
          {found.length + states.length > 2 && each.groups.length < states.length && <span className="dim">{each.groups.join(', ')}</span>}
          {lookedAt > 0 && <StaleMarker at={lookedAt} />}
        </ErrorNotice>
      ))}
      {past.problem !== null && (
        <ErrorNotice compact error={past.problem} environment={environment} onRetry={() => tail.readBack(past.backTo)}>
          <span className="dim">Reading back stopped; what was read stays.</span>
        </ErrorNotice>
      )}
    </>
  )
}
