import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Preferences } from '../../preload/contract/settings.ts'
import { client, orpc } from '../client.ts'

const unread: Preferences = {
  theme: 'auto',
  zone: 'utc',
  sessionsEvery: 2,
  showIdle: true,
  showBackground: false,
  place: '',
  drafts: {},
  accessInstances: {},
  logs: {},
}

/** What the page remembers of its user, and a function to change some of it: shown at once, kept by main. */
export function usePreferences(): {
  preferences: Preferences
  /** False until main has told; `preferences` are the defaults so long. */
  known: boolean
  remember: (change: Partial<Preferences>) => void
} {
  const cache = useQueryClient()
  const { data } = useQuery(orpc.settings.read.queryOptions({ staleTime: 60_000 }))
  const remember = useCallback(
    (change: Partial<Preferences>) => {
      const key = orpc.settings.read.queryKey()
      cache.setQueryData(key, (old) => (old ? { ...old, preferences: { ...old.preferences, ...change } } : old))
      // A preference that could not be kept is still in force here; the next change tries again.
      client.settings.remember(change).catch(() => {})
    },
    [cache],
  )
  return { preferences: data?.preferences ?? unread, known: data !== undefined, remember }
}
