/** What the tree needs to know of a session. */
export interface Waiter {
  readonly pid: number
  readonly blockedBy: readonly number[]
}

/** A session in its place: under the one that it waits for, counted from level 1. */
export interface Placed<Session extends Waiter> {
  readonly session: Session
  readonly level: number
  readonly parent: number | null
  /** How many sessions wait for this one, directly or behind others. */
  readonly behind: number
}

/**
 * Chooses for each waiting session the one to be shown under. Postgres names the holder and every waiter ahead of it; of these the
 * one that itself waits longest down the chain is taken, so that a queue reads as a chain. A circle (a deadlock not yet found out)
 * is cut where it closes.
 */
export function chooseParents(sessions: readonly Waiter[]): Map<number, number> {
  const byPid = new Map(sessions.map((one) => [one.pid, one]))
  const depths = new Map<number, number>()
  const onTheWay = new Set<number>()
  const parents = new Map<number, number>()

  function depthOf(session: Waiter): number {
    const known = depths.get(session.pid)
    if (known !== undefined) return known
    onTheWay.add(session.pid)
    let depth = 0
    for (const pid of session.blockedBy) {
      const blocker = byPid.get(pid)
      if (blocker === undefined || onTheWay.has(pid)) continue
      const below = depthOf(blocker) + 1
      if (below <= depth) continue
      depth = below
      parents.set(session.pid, pid)
    }
    onTheWay.delete(session.pid)
    depths.set(session.pid, depth)
    return depth
  }

  for (const session of sessions) depthOf(session)
  return parents
}

/** Puts sessions, which come in the order to show them, under those that they wait for. Roots and siblings keep their order. */
export function asTree<Session extends Waiter>(sessions: readonly Session[]): Placed<Session>[] {
  const parents = chooseParents(sessions)
  const children = new Map<number, Session[]>()
  const roots: Session[] = []
  for (const session of sessions) {
    const parent = parents.get(session.pid)
    if (parent === undefined) roots.push(session)
    else children.set(parent, [...(children.get(parent) ?? []), session])
  }
  const placed: Placed<Session>[] = []
  function place(session: Session, level: number): number {
    const at = placed.length
    const parent = parents.get(session.pid) ?? null
    placed.push({ session, level, parent, behind: 0 })
    let behind = 0
    for (const child of children.get(session.pid) ?? []) behind += 1 + place(child, level + 1)
    placed[at] = { session, level, parent, behind }
    return behind
  }
  for (const root of roots) place(root, 1)
  return placed
}
