import type { DbInstance } from './state.ts'

interface Version {
  /** In the time of `performance.now()`. */
  readonly from: number
  readonly value: DbInstance | null
}

/** What is told of the instances: RDS is eventually consistent, so a change shows after some time. `lag` gives real milliseconds. */
export function createSights(lag: () => number) {
  const versions = new Map<string, readonly Version[]>()
  return {
    /** Told at once. */
    add(key: string, value: DbInstance): void {
      versions.set(key, [{ from: 0, value }])
    },
    /** Told after the lag, and never before an earlier change; null is told by not being there. */
    change(key: string, value: DbInstance | null): void {
      const known = versions.get(key) ?? []
      const from = Math.max(performance.now() + lag(), known.at(-1)?.from ?? 0)
      versions.set(key, [...known, { from, value }])
    },
    all(): readonly DbInstance[] {
      const now = performance.now()
      return [...versions].flatMap(([key, known]) => {
        const at = known.findLastIndex(({ from }) => from <= now)
        const left = known.slice(Math.max(0, at))
        if (at >= 0 && left.length === 1 && left[0]?.value === null) versions.delete(key)
        else versions.set(key, left)
        return known[at]?.value ?? []
      })
    },
  }
}
