// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the list keeps the focus and names the active row
import { Button } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { copyText } from '../ui/copy.tsx'
import { useGridView } from '../ui/data-grid-view.ts'
import { rowsInView, scrollHeight, topShowing } from '../ui/data-grid-window.ts'
import { useListedKeys } from '../ui/keys.ts'
import { countOf } from '../ui/quantities.ts'
import { zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { LineRow } from './line-row.tsx'
import { isOfAnotherDay } from './line-time.ts'
import { compareLines, type Line, placeOf } from './sorted-lines.ts'

const rowHeight = 22
const headerHeight = 25
/** Lines that are copied at once at most. */
const copied = 20_000

const keys = [
  { keys: 'ArrowDown', does: 'Next line' },
  { keys: 'End', does: 'The newest line, and on with those that come' },
  { keys: 'Enter', does: 'Show the line whole' },
  { keys: 'shift+ArrowDown', does: 'Choose several lines' },
  { keys: 'mod+C', does: 'Copy the chosen lines' },
]

interface LinesListProps {
  /** In CloudWatch's order; changed in place. */
  readonly lines: readonly Line[]
  /** Another one whenever the lines change. */
  readonly version: number
  /** Another number leads to the newest line. */
  readonly toEnd: number
  /** Another object leads to its line. */
  readonly goTo: { readonly line: Line } | null
  readonly severalGroups: boolean
  readonly severalStreams: boolean
  readonly opened: Line | null
  readonly onOpen: (line: Line | null) => void
  readonly text: (line: Line) => ReactNode
  readonly children?: ReactNode
}

const same = (one: Line | null, other: Line | undefined): boolean => one !== null && other !== undefined && compareLines(one, other) === 0

/**
 * The lines, of which only those in view are in the document. Keeps to the newest while its end is seen; scrolled up, what is seen stays
 * where it is whatever comes before or after it. TanStack Virtual measures every row anew when their number changes, which with 200,000
 * lines and some more every second is too much; here all rows are of one height.
 */
export function LinesList(props: LinesListProps) {
  const { lines, version, toEnd, goTo, severalGroups, severalStreams, opened, onOpen, text, children } = props
  useListedKeys('Log lines', keys)
  const id = useId()
  const zone = useZone()
  const { scroller, view, extent, onScroll } = useGridView(lines.length, rowHeight, headerHeight)
  const [following, setFollowing] = useState(true)
  const [active, setActive] = useState<Line | null>(null)
  const [from, setFrom] = useState<Line | null>(null)
  /** What is seen first, and how much of it is hidden; kept where it is while lines come and go. */
  const anchor = useRef<{ line: Line; hidden: number } | null>(null)
  /** The newest line when the end was seen last. */
  const [lastSeen, setLastSeen] = useState<Line | null>(null)

  const noteScroll = () => {
    const element = scroller.current
    if (element === null) return
    onScroll()
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight
    const index = Math.floor(element.scrollTop / rowHeight)
    const line = lines[index]
    anchor.current = line === undefined ? null : { line, hidden: element.scrollTop - index * rowHeight }
    if (atEnd !== following) {
      setFollowing(atEnd)
      setLastSeen(lines.at(-1) ?? null)
    }
  }

  useLayoutEffect(() => {
    if (goTo === null) return
    setFollowing(false)
    setActive(goTo.line)
    setFrom(null)
    // Shown with some lines before it.
    anchor.current = { line: goTo.line, hidden: -5 * rowHeight }
  }, [goTo])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are changed in place, which the version tells
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const top = following
      ? element.scrollHeight
      : anchor.current === null
        ? element.scrollTop
        : placeOf(lines, anchor.current.line) * rowHeight + anchor.current.hidden
    if (top !== element.scrollTop) element.scrollTop = top
    onScroll()
  }, [version, lines, view.height, following, goTo])

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for by another number
  useLayoutEffect(() => setFollowing(true), [toEnd])

  const activeAt = active === null ? -1 : placeOf(lines, active)
  const fromAt = from === null ? activeAt : placeOf(lines, from)
  const [first, last] = activeAt <= fromAt ? [activeAt, fromAt] : [fromAt, activeAt]
  const span = rowsInView(extent, view.top, 12)
  const newer = following || lastSeen === null ? 0 : Math.max(0, lines.length - 1 - placeOf(lines, lastSeen))
  const today = Math.floor(Date.now() / 3_600_000) * 3_600_000

  const stepTo = (index: number, choosing: boolean) => {
    const at = Math.max(0, Math.min(lines.length - 1, index))
    const line = lines[at]
    if (line === undefined) return
    setActive(line)
    setFrom(choosing ? (from ?? active ?? line) : null)
    if (opened !== null && !choosing) onOpen(line)
    if (scroller.current === null) return
    scroller.current.scrollTop = topShowing(extent, scroller.current.scrollTop, at)
    noteScroll()
  }

  const copyChosen = () => {
    const chosen = lines.slice(first, last + 1)
    const some = chosen.slice(0, copied)
    const cut = some.length < chosen.length ? `the first ${countOf(some.length, 'line')} of ${chosen.length}` : countOf(some.length, 'line')
    void copyText(some.map(({ message }) => message).join('\n'), cut)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const at = activeAt >= 0 ? activeAt : Math.floor(view.top / rowHeight)
    const page = Math.max(1, Math.floor(extent.viewport / rowHeight) - 1)
    const steps: Record<string, number> = {
      ArrowDown: activeAt < 0 ? at : at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: lines.length - 1,
    }
    const step = steps[event.key]
    const mod = event.ctrlKey || event.metaKey
    if (step !== undefined) stepTo(step, event.shiftKey)
    else if ((event.key === 'Enter' || event.key === ' ') && lines[activeAt]) onOpen(lines[activeAt] ?? null)
    else if (event.key === 'Escape' && opened !== null) onOpen(null)
    else if (event.key === 'c' && mod && activeAt >= 0 && !hasTextSelection()) copyChosen()
    else if (event.key === 'a' && mod && lines.length > 0) {
      setFrom(lines[0] ?? null)
      setActive(lines.at(-1) ?? null)
    } else return
    event.preventDefault()
  }

  const onClick = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null
    const line = row === null ? undefined : lines[Number(row.dataset['index'])]
    if (line === undefined || hasTextSelection()) return
    setFrom(event.shiftKey ? (from ?? active ?? line) : null)
    setActive(line)
    if (!event.shiftKey) onOpen(line)
  }

  return (
    <div className="log-lines-frame">
      <div
        className="log-lines"
        role="grid"
        aria-label="Log lines"
        aria-rowcount={lines.length + 1}
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={activeAt >= span.from && activeAt < span.to ? `${id}-${activeAt}` : undefined}
        ref={scroller}
        onScroll={noteScroll}
        onKeyDown={onKeyDown}
        // The browser would select the text up to there, and the lines are chosen instead.
        onMouseDown={(event) => event.shiftKey && event.preventDefault()}
        onClick={onClick}
        data-source={severalGroups ? 'group' : severalStreams ? 'stream' : undefined}
        data-days={isOfAnotherDay(lines[0], zone, today) || undefined}
      >
        <div role="row" aria-rowindex={1} className="log-lines-head">
          <div role="columnheader">Time ({zoneName(zone)})</div>
          {(severalGroups || severalStreams) && <div role="columnheader">{severalGroups ? 'Group' : 'Stream'}</div>}
          <div role="columnheader">Level</div>
          <div role="columnheader">Message</div>
        </div>
        <div className="log-lines-body" role="rowgroup" style={{ height: scrollHeight(extent) }}>
          <div role="presentation" style={{ transform: `translateY(${view.scrollTop - (view.top - span.from * rowHeight)}px)` }}>
            {lines.slice(span.from, span.to).map((line, place) => {
              const index = span.from + place
              return (
                <LineRow
                  key={`${line.group} ${line.id}`}
                  id={`${id}-${index}`}
                  index={index}
                  line={line}
                  zone={zone}
                  today={today}
                  withGroup={severalGroups}
                  withStream={severalStreams}
                  active={index === activeAt}
                  selected={from !== null && index >= first && index <= last}
                  opened={same(opened, line)}
                  text={text}
                />
              )
            })}
          </div>
        </div>
        {lines.length === 0 && <div className="log-lines-empty">{children}</div>}
      </div>
      {!following && lines.length > 0 && (
        <Button
          className="log-newer"
          size="compact-sm"
          variant="filled"
          leftSection={<IconArrowDown size={13} aria-hidden />}
          onClick={() => setFollowing(true)}
        >
          {newer > 0 ? countOf(newer, 'new line') : 'To the newest'}
        </Button>
      )}
    </div>
  )
}

function hasTextSelection(): boolean {
  return (window.getSelection()?.toString() ?? '') !== ''
}
