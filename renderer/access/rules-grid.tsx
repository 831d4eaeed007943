import { Button } from '@mantine/core'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { Reach, Rule } from '../../preload/contract/access.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { flagsOf, portsOf, whoOf } from './words.ts'

const titles = ['Source', 'Who', 'Protocol and ports', 'Group', 'Description', 'State'] as const

/** The inbound rules: arrow keys move from row to row, Delete revokes one. */
export function RulesGrid({
  rules,
  groups,
  revoking,
  onRevoke,
}: {
  rules: readonly Rule[]
  groups: Reach['groups']
  /** The rule that is being taken away. */
  revoking: string | null
  onRevoke: (rule: Rule) => void
}) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const focusable = rules.some(({ id }) => id === current) ? current : rules[0]?.id
  const now = Date.now()

  const press = (event: KeyboardEvent, index: number, rule: Rule) => {
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rules.length - 1 }
    const target = targets[event.key]
    if (target !== undefined) {
      event.preventDefault()
      body.current?.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus()
    } else if (event.key === 'Delete') {
      event.preventDefault()
      onRevoke(rule)
    }
  }

  return (
    <div className="rules-scroll">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus and the keys */}
      <table role="grid" aria-label="Rules" className="rules-grid">
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <th scope="col">Action</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rules.map((rule, index) => (
            <tr
              key={rule.id}
              tabIndex={rule.id === focusable ? 0 : -1}
              data-index={index}
              data-me={rule.coversMe || undefined}
              onFocus={() => setCurrent(rule.id)}
              onKeyDown={(event) => press(event, index, rule)}
            >
              <td className="mono rule-source">
                {rule.source}
                <small id={`id-of-${rule.id}`} title="Rule id">
                  {rule.id}
                </small>
              </td>
              <td>
                {whoOf(rule)}
                {rule.mine === 'tag' && rule.owner !== null && <small>{rule.owner}</small>}
              </td>
              <td className="mono">{portsOf(rule)}</td>
              <td title={rule.group}>{groups.find(({ id }) => id === rule.group)?.name ?? rule.group}</td>
              <td className="rule-description">{rule.description ?? <span className="dim">none</span>}</td>
              <td>
                <span className="rule-flags">
                  {flagsOf(rule, now).map(({ text, tone, why }) => (
                    <StatusPill key={text} tone={tone} title={why}>
                      {text}
                    </StatusPill>
                  ))}
                  {rule.expiresAt !== null && Date.parse(rule.expiresAt) > now && (
                    <small>
                      until <Time at={rule.expiresAt} withZone />
                    </small>
                  )}
                </span>
              </td>
              <td>
                <Button
                  size="compact-sm"
                  color="red"
                  variant="subtle"
                  loading={revoking === rule.id}
                  aria-describedby={`id-of-${rule.id}`}
                  onClick={() => onRevoke(rule)}
                >
                  Revoke
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
