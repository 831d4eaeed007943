import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type Ref, useRef, useState } from 'react'
import type { SignUp, SignUps } from '../../preload/contract/logs.ts'
import { CopyButton } from '../ui/copy.tsx'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { visibleWords } from '../ui/data-grid-text.ts'
import { Mend } from '../ui/error-notice.tsx'
import { useListedKeys } from '../ui/keys.ts'
import { countOf, formatDuration } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { failureLine, shortId } from './invocation-rows.ts'
import { pillOf } from './outcomes.ts'
import { RowState } from './row-state.tsx'
import { needsRow, whyUnknown } from './sign-up-rows.ts'

const titles = ['Time', 'Who', 'Trigger', 'Outcome', 'Row in users', 'Reason'] as const

const keys = [
  { keys: 'ArrowDown', does: 'Next sign-up' },
  { keys: 'Enter', does: 'Insert the missing row' },
]

const triggers: Record<SignUp['trigger'], string> = { sign_up: 'sign-up', password_reset: 'password reset', unknown: 'not told' }

interface TableProps {
  readonly environment: string
  readonly rows: readonly SignUp[]
  readonly table: SignUps['table']
  readonly onRepair: (signUp: SignUp) => void
}

/** The sign-ups: arrow keys move from row to row, Enter asks to insert a missing one. Only the rows in view are in the document. */
export function SignUpsTable({ environment, rows, table, onRepair }: TableProps) {
  useListedKeys('Sign-ups', keys)
  const zone = useZone()
  const viewport = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => 56,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    scrollPaddingStart: 30,
  })
  const items = virtual.getVirtualItems()
  const reachable = items.find(({ key }) => key === current)?.index ?? items[0]?.index ?? -1

  const press = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return
    const at = Math.max(0, reachable)
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }
    const step = steps[event.key]
    const row = rows[at]
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, step))
      setCurrent(rows[next]?.key ?? null)
      virtual.scrollToIndex(next)
      requestAnimationFrame(() => viewport.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }))
    } else if (event.key === 'Enter' && row !== undefined && needsRow(row)) onRepair(row)
    else return
    event.preventDefault()
  }

  return (
    <div className="sign-ups-scroll" ref={viewport}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus and the keys */}
      <table role="grid" aria-label="Sign-ups" aria-rowcount={rows.length + 1} className="sign-ups-table" onKeyDown={press}>
        <thead>
          <tr aria-rowindex={1}>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title === 'Time' ? `Time (${zoneName(zone)})` : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const row = rows[index]
            return (
              row && (
                <SignUpRow
                  key={key}
                  measure={virtual.measureElement}
                  environment={environment}
                  signUp={row}
                  index={index}
                  top={start}
                  reachable={index === reachable}
                  why={whyUnknown(row, table)}
                  isReadable={table.readable}
                  onRepair={onRepair}
                  onFocus={setCurrent}
                />
              )
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly environment: string
  readonly signUp: SignUp
  readonly index: number
  readonly top: number
  readonly reachable: boolean
  readonly why: string | null
  /** Where no row can be read, that is told above the table once. */
  readonly isReadable: boolean
  readonly measure: Ref<HTMLTableRowElement>
  readonly onRepair: (signUp: SignUp) => void
  readonly onFocus: (key: string) => void
}

function Who({ name, handle, email, sub, poolAt }: SignUp) {
  const first = name ?? email ?? handle
  return (
    <>
      {first === null ? (
        <span className="dim">{sub === null ? 'not told by the log' : 'no name told'}</span>
      ) : (
        <b>
          <VisibleText text={first} />
        </b>
      )}
      {name !== null && email !== null && (
        <small>
          <VisibleText text={email} />
        </small>
      )}
      {poolAt !== undefined && (
        <small className="dim" title="The log does not name this user; Cognito lists it as confirmed">
          from the user pool
        </small>
      )}
      <small className="sign-up-ids">
        {handle !== null && first !== handle && <VisibleText text={handle} />}
        {sub !== null && (
          <span className="mono sign-up-sub" title={`sub ${visibleWords(sub)}`}>
            {visibleWords(shortId(sub))}
            <CopyButton text={sub} what="the sub" />
          </span>
        )}
      </small>
    </>
  )
}

function drawRow({ environment, signUp, index, top, reachable, why, isReadable, measure, onRepair, onFocus }: RowProps) {
  const { key, attempts, trigger, outcome, reason, row, rowCreatedAt, poolAt } = signUp
  const last = attempts.at(-1)
  const at = attempts[0]?.at ?? poolAt ?? 0
  const pill = outcome === null ? null : pillOf(outcome, at, Date.now())
  return (
    <tr
      ref={measure}
      aria-rowindex={index + 2}
      data-index={index}
      data-quiet={trigger === 'password_reset' || undefined}
      tabIndex={reachable ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(key)}
    >
      <td>
        <Time at={new Date(at).toISOString()} />
      </td>
      <td className="sign-up-who">
        <Who {...signUp} />
      </td>
      <td title={attempts.map((one) => `${one.outcome}${one.durationMs === null ? '' : `, ${formatDuration(one.durationMs)}`}`).join('\n')}>
        {triggers[trigger]}
        <small>
          {attempts.length === 0 ? 'no attempt' : countOf(attempts.length, 'attempt')}
          {last?.durationMs != null && ` · ${formatDuration(last.durationMs)}`}
        </small>
      </td>
      <td>{pill === null ? <span className="dim">not told</span> : <StatusPill tone={pill.tone}>{pill.word}</StatusPill>}</td>
      <td>
        <RowState state={row} why={why} createdAt={rowCreatedAt} brief={!isReadable} />
      </td>
      <td className="sign-up-reason">
        {reason !== null && row !== 'there' && (
          <>
            <p>{reason.sentence}</p>
            <p className="mono sign-up-line" title={visibleWords(reason.line)}>
              <VisibleText text={failureLine(reason.line)} />
            </p>
          </>
        )}
        {needsRow(signUp) && (
          <div className="row">
            {reason?.mend != null && <Mend mend={reason.mend} environment={environment} primary />}
            <Button size="compact-sm" onClick={() => onRepair(signUp)}>
              Insert the row
            </Button>
          </div>
        )}
      </td>
    </tr>
  )
}

/** Each look brings new objects; a row is drawn again only where what it tells changed. */
const SignUpRow = memo(
  drawRow,
  (before, after) =>
    before.index === after.index &&
    before.top === after.top &&
    before.reachable === after.reachable &&
    before.why === after.why &&
    before.isReadable === after.isReadable &&
    before.onRepair === after.onRepair &&
    (before.signUp === after.signUp || JSON.stringify(before.signUp) === JSON.stringify(after.signUp)),
)
