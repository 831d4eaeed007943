import { useMemo } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import { useSignUps } from './sign-up-queries.ts'
import { type UserRows, userRowsOf } from './user-rows.ts'

/** The shortest time that Sign-ups reads back: shared with it, nothing is read twice. */
const leastHours = 24

/** Null while nothing is known, and where the post-confirmation function's group is not among those that are followed. */
export function useUserRows(environment: string, place: Place | undefined, hours: number, isFollowed: boolean): UserRows | null {
  const { data } = useSignUps(environment, place, null, Math.max(leastHours, Math.ceil(hours)), isFollowed)
  return useMemo(() => (isFollowed && data !== undefined ? userRowsOf(data) : null), [isFollowed, data])
}
