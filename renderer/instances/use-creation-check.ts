import { useEffect, useState } from 'react'
import type { Creation, CreationCheck } from '../../preload/contract/provision.ts'
import { client } from '../client.ts'

/** Milliseconds without a key before what was typed is checked. */
const pause = 250

/**
 * What AWS would refuse of a creation, checked as one types. `settled` is false while the check is of an earlier state.
 * Not kept in the query cache, because a creation holds a password.
 */
export function useCreationCheck(
  environment: string,
  creation: Creation | null,
): { check: CreationCheck | null; settled: boolean; error: unknown } {
  const [answer, setAnswer] = useState<{ of: Creation; check: CreationCheck } | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    if (creation === null) return
    const controller = new AbortController()
    const ask = async () => {
      try {
        const check = await client.instances.checkCreation({ environment, creation }, { signal: controller.signal })
        setAnswer({ of: creation, check })
        setError(null)
      } catch (failure) {
        if (!controller.signal.aborted) setError(failure)
      }
    }
    const timer = setTimeout(() => void ask(), pause)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [environment, creation])
  return { check: answer?.check ?? null, settled: answer?.of === creation, error }
}
