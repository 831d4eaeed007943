import type { Session } from '../../preload/contract/sessions.ts'
import { asTree, type Placed } from './blocking-tree.ts'

/** What a session is doing, as the chips count it. One each. */
export type Standing = 'blocked' | 'active' | 'in transaction' | 'idle' | 'background' | 'hidden' | 'other'

export const standings: readonly Standing[] = ['blocked', 'active', 'in transaction', 'idle', 'background', 'hidden', 'other']

export type SortKey =
  | 'pid'
  | 'user'
  | 'database'
  | 'application'
  | 'address'
  | 'state'
  | 'stateSeconds'
  | 'transactionSeconds'
  | 'wait'
  | 'query'

export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

export interface Choice {
  readonly filter: string
  /** Shows these standings only; null shows all that are not hidden away. */
  readonly only: Standing | null
  readonly showIdle: boolean
  readonly showBackground: boolean
  /** Null keeps the server's order: the oldest session first, so that new ones come at the end and nothing jumps. */
  readonly sort: Sort | null
}

export interface SessionRow extends Placed<Session> {
  /** Names the session for as long as it lives: a pid alone is used again. */
  readonly key: string
  readonly standing: Standing
  /** Shown only because others wait for it, although the filter leaves it out. */
  readonly besides: boolean
}

export interface Shaped {
  readonly rows: readonly SessionRow[]
  readonly counts: Readonly<Record<Standing, number>>
}

export const keyOf = ({ pid, backendStart }: Pick<Session, 'pid' | 'backendStart'>): string => `${pid} ${backendStart ?? ''}`

/** The server works for itself here; a hidden session without a database is taken for one, because clients always have one. */
export function isBackground({ backendType, database }: Session): boolean {
  return backendType === null ? database === null : backendType !== 'client backend' && backendType !== 'walsender'
}

export function standingOf(session: Session): Standing {
  if (session.blockedBy.length > 0) return 'blocked'
  if (isBackground(session)) return 'background'
  if (session.hidden) return 'hidden'
  switch (session.state) {
    case 'active':
    case 'fastpath function call':
      return 'active'
    case 'idle in transaction':
    case 'idle in transaction (aborted)':
      return 'in transaction'
    case 'idle':
      return 'idle'
    default:
      return 'other'
  }
}

const searched = ({ pid, user, database, application, address, state, wait, query, backendType }: Session): string =>
  [pid, user, database, application, address, state, wait, query, backendType]
    .filter((part) => part !== null)
    .join('\n')
    .toLowerCase()

function compare(a: Session, b: Session, key: SortKey): number {
  const [left, right] = [a[key], b[key]]
  if (left === null || right === null) return 0
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right), 'en', { numeric: true })
}

/** Empty values stay at the end whichever way is sorted; equal ones keep the server's order. */
function sorted(sessions: readonly Session[], sort: Sort | null): readonly Session[] {
  if (sort === null) return sessions
  const { key, descending } = sort
  const filled = sessions.filter((one) => one[key] !== null)
  const empty = sessions.filter((one) => one[key] === null)
  return [...filled.toSorted((a, b) => (descending ? compare(b, a, key) : compare(a, b, key))), ...empty]
}

/** The rows to show, waiting ones under those they wait for, and how many sessions of each standing there are. */
export function shape(sessions: readonly Session[], choice: Choice): Shaped {
  const counts: Record<Standing, number> = { blocked: 0, active: 0, 'in transaction': 0, idle: 0, background: 0, hidden: 0, other: 0 }
  const words = choice.filter.trim().toLowerCase()
  const tree = asTree(sorted(sessions, choice.sort))
  const wanted = new Set<number>()
  const standing = new Map<number, Standing>()
  for (const { session, behind } of tree) {
    const its = standingOf(session)
    standing.set(session.pid, its)
    counts[its] += 1
    const away = (its === 'idle' && !choice.showIdle) || (its === 'background' && !choice.showBackground)
    const shown = choice.only === null ? !away || behind > 0 : choice.only === its
    if (shown && (words === '' || searched(session).includes(words))) wanted.add(session.pid)
  }
  // Whoever is waited for by a row in view is shown too: a tree without its root would not say who is in the way.
  const kept = new Set(wanted)
  for (const { session, parent } of tree.toReversed()) if (parent !== null && kept.has(session.pid)) kept.add(parent)
  const rows = tree
    .filter(({ session }) => kept.has(session.pid))
    .map((placed) => ({
      ...placed,
      key: keyOf(placed.session),
      standing: standing.get(placed.session.pid) ?? 'other',
      besides: !wanted.has(placed.session.pid),
    }))
  return { rows, counts }
}
