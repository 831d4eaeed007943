import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { orpc } from '../client.ts'
import { usePreferences } from '../ui/preferences.ts'

const nothing: LogsChoice = { groups: [], favourites: [], hours: 1, live: false }

/** The log groups of a place, by default of where the environment's instance stands. */
export function useGroups(environment: string, place: Place | null, search: string) {
  return useQuery({
    ...orpc.logs.groups.queryOptions({ input: { environment, search, ...(place === null ? {} : { place }) } }),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    // A group that a function has not written to yet appears by itself.
    refetchInterval: 60_000,
  })
}

/** What Logs shows of an environment: what was chosen, else the post-confirmation function's group. `chosen` is null until main has told. */
export function useChoice(environment: string) {
  const { preferences, known, remember } = usePreferences()
  const kept = preferences.logs[environment]
  const query = useGroups(environment, kept?.place ?? null, '')
  const found = query.isPlaceholderData ? undefined : query.data
  const chosen = useMemo((): LogsChoice | null => {
    if (!known) return null
    if (kept !== undefined && kept.groups.length > 0) return kept
    const own = found?.groups.find(({ isPostConfirmation }) => isPostConfirmation)
    return { ...nothing, ...kept, groups: own === undefined ? [] : [own.name] }
  }, [known, kept, found])
  const change = useCallback(
    // Until somebody chooses groups, those that are found by themselves are not remembered: tomorrow's may be others.
    (part: Partial<LogsChoice>) => remember({ logs: { ...preferences.logs, [environment]: { ...nothing, ...kept, ...part } } }),
    [kept, environment, preferences.logs, remember],
  )
  return { chosen, change, query, found: found ?? null }
}
