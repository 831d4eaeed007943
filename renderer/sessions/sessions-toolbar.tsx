import { Select, Switch, TextInput } from '@mantine/core'
import { memo } from 'react'
import { usePreferences } from '../ui/preferences.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { toneOf } from './columns.tsx'
import { type Shaped, type Standing, standings } from './session-rows.ts'

const intervals = [
  { value: '1', label: 'every 1 s' },
  { value: '2', label: 'every 2 s' },
  { value: '5', label: 'every 5 s' },
  { value: '10', label: 'every 10 s' },
  { value: '0', label: 'off' },
]

const chipWords: Record<Standing, string> = {
  blocked: 'blocked',
  active: 'active',
  'in transaction': 'idle in transaction',
  idle: 'idle',
  background: 'background',
  hidden: 'not visible',
  other: 'other',
}

/** How many sessions of each kind there are; pressing one shows that kind alone. */
export function StandingChips({
  counts,
  only,
  onOnly,
}: {
  counts: Shaped['counts']
  only: Standing | null
  onOnly: (only: Standing | null) => void
}) {
  return (
    <fieldset className="session-chips" aria-label="Show one state alone">
      {standings
        .filter((standing) => counts[standing] > 0 || standing === only)
        .map((standing) => (
          <button key={standing} type="button" aria-pressed={only === standing} onClick={() => onOnly(only === standing ? null : standing)}>
            <StatusPill tone={toneOf(standing)}>
              {chipWords[standing]} {counts[standing]}
            </StatusPill>
          </button>
        ))}
    </fieldset>
  )
}

/** What is shown and how often it is looked at; remembered. Not drawn again with every look at the sessions. */
export const ViewChoices = memo(function ViewChoices({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  const { preferences, remember } = usePreferences()
  return (
    <>
      <TextInput
        className="session-filter"
        aria-label="Filter sessions"
        placeholder="Filter: user, application, query"
        value={filter}
        onChange={(event) => onFilter(event.currentTarget.value)}
      />
      <Switch label="Idle" checked={preferences.showIdle} onChange={(event) => remember({ showIdle: event.currentTarget.checked })} />
      <Switch
        label="Background"
        checked={preferences.showBackground}
        onChange={(event) => remember({ showBackground: event.currentTarget.checked })}
      />
      <Select
        aria-label="Refresh"
        w={104}
        data={intervals}
        value={String(preferences.sessionsEvery)}
        onChange={(value) => value !== null && remember({ sessionsEvery: Number(value) })}
        allowDeselect={false}
      />
    </>
  )
})
