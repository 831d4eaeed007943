import { Button } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Invocation } from '../../cloudwatch/invocation.ts'
import type { SignUp } from '../../preload/contract/logs.ts'
import { copyText } from '../ui/copy.tsx'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { visibleWords } from '../ui/data-grid-text.ts'
import { Mend } from '../ui/error-notice.tsx'
import { countOf } from '../ui/quantities.ts'
import type { Zone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { AwsConsoleLink } from './aws-console-link.tsx'
import type { Marker } from './find-text.ts'
import { asText, type Part, partsOf } from './invocation-parts.ts'
import { type InvocationRow, shortId } from './invocation-rows.ts'
import { formatLineTime, lineTimeTitle } from './line-time.ts'
import { LogMessage } from './log-message.tsx'
import { openRepairDialog } from './repair-dialog.tsx'

export interface DetailActions {
  readonly environment: string
  readonly found: ((event: LogEvent) => boolean) | null
  /** What to mark in a found line. */
  readonly markers?: readonly Marker[] | undefined
  /** The same place in AWS' own console; null where there is none. */
  readonly linkOf: (group: string, stream: string, at: number) => string | null
  /** Shows the lines of the stream around an event. */
  readonly onAround: (group: string, event: LogEvent) => void
}

type LinePart = Extract<Part, { kind: 'line' }>

const none: readonly Marker[] = []

function Line({
  part,
  zone,
  markers = none,
  onAround,
}: {
  part: LinePart
  zone: Zone
  markers: readonly Marker[] | undefined
  onAround: (event: LogEvent) => void
}) {
  const [open, setOpen] = useState(false)
  const { text, matters, found, folded, event } = part
  // The row above tells the day.
  const clock = formatLineTime(event.at, zone, event.at)
  return (
    <div className="invocation-line" data-matters={matters || undefined} data-found={found || undefined}>
      <time dateTime={new Date(event.at).toISOString()} title={lineTimeTitle(event, zone)}>
        {clock}
      </time>
      <div>
        <LogMessage message={text} lines markers={found ? markers : none} />
        {folded !== null && (
          <button type="button" className="invocation-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'hide' : 'show'} {folded.what}
          </button>
        )}
        {open && folded !== null && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          <section className="invocation-folded" aria-label={`Line at ${clock}, whole`} tabIndex={0}>
            <LogMessage message={folded.text} lines markers={found ? markers : none} />
          </section>
        )}
      </div>
      <button type="button" className="invocation-around" title="The lines of the stream around this one" onClick={() => onAround(event)}>
        Lines around
      </button>
    </div>
  )
}

function Attempt({
  invocation,
  row,
  actions,
  insert,
}: {
  invocation: Invocation
  row: InvocationRow
  actions: DetailActions
  /** The button that inserts the missing row, beside what mends its first failure. */
  insert: ReactNode
}) {
  const { environment, found, markers, onAround } = actions
  const zone = useZone()
  const [whole, setWhole] = useState(false)
  const parts = useMemo(() => partsOf(invocation, found, whole), [invocation, found, whole])
  const firstFailure = parts.find(({ kind }) => kind === 'failure')
  return (
    <>
      {parts.map((part) => {
        switch (part.kind) {
          case 'line':
            return <Line key={part.key} part={part} zone={zone} markers={markers} onAround={(event) => onAround(row.group, event)} />
          case 'failure':
            return (
              <div key={part.key} className="invocation-failure">
                <p>{part.failure.sentence}</p>
                {part.failure.mend !== null && <Mend mend={part.failure.mend} environment={environment} primary />}
                {part === firstFailure && insert}
              </div>
            )
          case 'note':
            return (
              <p key={part.key} className="invocation-note dim">
                {part.text}
              </p>
            )
          case 'left out':
            return (
              <p key={part.key} className="invocation-note">
                <button type="button" className="invocation-fold" onClick={() => setWhole(true)}>
                  show {countOf(part.count, 'more line')}
                </button>
              </p>
            )
          case 'start':
          case 'report':
            return (
              <p key={part.key} className="invocation-note mono" data-found={part.found || undefined}>
                {part.text}
              </p>
            )
          default:
            return part satisfies never
        }
      })}
    </>
  )
}

/** The lines of an invocation in place, attempt by attempt, with what each failure means and what mends it. */
export function InvocationDetail({
  row,
  actions,
  repair,
}: {
  row: InvocationRow
  actions: DetailActions
  /** The user has no row: the sign-up, and the statement that repairs it. */
  repair: { readonly signUp: SignUp; readonly insert: string } | null
}) {
  const { attempts, shown, group } = row
  const link = actions.linkOf(group, shown.stream, shown.startedAt)
  const { requestId } = shown
  const failed = attempts.findIndex(({ failures }) => failures.length > 0)
  const insert = repair && <Button onClick={() => openRepairDialog({ environment: actions.environment, ...repair })}>Insert the row</Button>
  return (
    <div className="invocation-detail">
      {attempts.map((invocation, index) => (
        <div key={invocation.key}>
          {attempts.length > 1 && (
            <h3>
              Attempt {index + 1} of {attempts.length}
              <span className="dim"> · {invocation.outcome === 'open' ? 'running' : invocation.outcome}</span>
            </h3>
          )}
          <Attempt invocation={invocation} row={row} actions={actions} insert={index === failed ? insert : null} />
        </div>
      ))}
      {failed < 0 && insert && (
        <div className="invocation-failure">
          <p>The user has no row in users.</p>
          {insert}
        </div>
      )}
      <div className="row invocation-actions">
        <Button size="compact-sm" onClick={() => void copyText(asText(attempts), 'the lines of the invocation')}>
          Copy as text
        </Button>
        {requestId !== null && (
          <Button size="compact-sm" title={visibleWords(requestId)} onClick={() => void copyText(requestId, 'the request id')}>
            Copy request id {shortId(requestId)}
          </Button>
        )}
        {link !== null && <AwsConsoleLink link={link} />}
        <span className="dim mono invocation-stream" title={`${group} ${visibleWords(shown.stream)}`}>
          <VisibleText text={shown.stream} />
        </span>
      </div>
    </div>
  )
}
