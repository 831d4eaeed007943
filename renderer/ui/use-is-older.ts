import { useEffect, useState } from 'react'

/** True once `at`, in milliseconds as TanStack's dataUpdatedAt, lies further back than `limitMs`. A limit of 0 is none. */
export function useIsOlder(at: number, limitMs: number): boolean {
  const [oldAt, setOldAt] = useState(0)
  useEffect(() => {
    if (at === 0 || limitMs === 0) return
    const timer = setTimeout(() => setOldAt(at), Math.max(0, at + limitMs - Date.now()))
    return () => clearTimeout(timer)
  }, [at, limitMs])
  return at !== 0 && limitMs !== 0 && oldAt === at
}
