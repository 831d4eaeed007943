import type { ReactNode } from 'react'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { formatDuration } from '../ui/quantities.ts'
import { resultTones } from '../ui/result-tones.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'

export interface ActivityColumn {
  readonly title: string
  readonly className?: string
  cell(entry: ActivityEntry): ReactNode
}

export const columns: readonly ActivityColumn[] = [
  { title: 'Time', cell: ({ at }) => <Time at={at} /> },
  { title: 'Environment', cell: ({ environment }) => environment },
  { title: 'Action', className: 'activity-action', cell: ({ action }) => action },
  { title: 'Target', className: 'mono', cell: ({ target }) => target },
  { title: 'Result', cell: ({ result }) => <StatusPill tone={resultTones[result]}>{result}</StatusPill> },
  { title: 'Took', className: 'number', cell: ({ ms }) => (ms === null ? '' : formatDuration(ms)) },
  { title: 'Who', cell: ({ who }) => who },
]

/** An entry as text, for the clipboard. */
export function entryText(entry: ActivityEntry): string {
  const lines = [`${entry.at} ${entry.environment} ${entry.action}, ${entry.target}: ${entry.result}`, `by ${entry.who}`]
  for (const [name, value] of facts(entry)) lines.push(`${name}: ${value}`)
  return lines.join('\n')
}

/** What an entry holds beyond its row. */
export function facts({ detail, before, after, message, id }: ActivityEntry): readonly (readonly [string, string])[] {
  const all: [string, string | null][] = [
    ['Asked for', detail],
    ['Before', before],
    ['After', after],
    ['Message', message],
    ['Entry', id],
  ]
  return all.filter((fact): fact is [string, string] => fact[1] !== null)
}
