import { Fragment, type KeyboardEvent, useRef, useState } from 'react'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { CopyButton } from '../ui/copy.tsx'
import { zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { columns, entryText, facts } from './columns.tsx'

function Details({ entry }: { entry: ActivityEntry }) {
  return (
    <div className="activity-details">
      <dl>
        {facts(entry).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={name === 'Asked for' ? 'mono' : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      <CopyButton text={entryText(entry)} what="this entry" />
    </div>
  )
}

/** The entries: arrow keys move from row to row, Enter opens one. */
export function ActivityGrid({ entries }: { entries: readonly ActivityEntry[] }) {
  const zone = useZone()
  const body = useRef<HTMLTableSectionElement>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const focusable = entries.some((entry) => entry.id === current) ? current : entries[0]?.id

  const toggle = (id: string) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }

  const press = (event: KeyboardEvent, index: number, id: string) => {
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: entries.length - 1 }
    const target = targets[event.key]
    if (target !== undefined) {
      event.preventDefault()
      body.current?.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus()
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      toggle(id)
    }
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus and the keys, and open
    <table role="treegrid" aria-label="Activity" aria-rowcount={entries.length + 1} className="activity-grid">
      <thead>
        <tr>
          {columns.map(({ title, className }) => (
            <th key={title} scope="col" className={className === 'number' ? className : undefined}>
              {title}
              {title === 'Time' && ` (${zoneName(zone)})`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {entries.map((entry, index) => (
          <Fragment key={entry.id}>
            <tr
              tabIndex={entry.id === focusable ? 0 : -1}
              data-index={index}
              aria-level={1}
              aria-expanded={open.has(entry.id)}
              onFocus={() => setCurrent(entry.id)}
              onClick={() => toggle(entry.id)}
              onKeyDown={(event) => press(event, index, entry.id)}
            >
              {columns.map(({ title, className, cell }) => (
                <td key={title} className={className}>
                  {cell(entry)}
                </td>
              ))}
            </tr>
            {open.has(entry.id) && (
              <tr className="activity-open" aria-level={2}>
                <td colSpan={columns.length}>
                  <Details entry={entry} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}
