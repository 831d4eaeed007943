import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, memo, useMemo, useRef, useState } from 'react'
import { visibleWords } from '../ui/data-grid-text.ts'
import { formatCount, formatDuration } from '../ui/quantities.ts'
import { type Zone, zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { type InvocationRow, whoOf } from './invocation-rows.ts'
import { formatRunTime } from './run-time.ts'
import { type Mark, timelineOf } from './timeline-marks.ts'

const laneHeight = 14
const barHeight = 8

/** What a mark says, to whoever points at it, comes to it by key or hears it. */
function markWords(mark: Mark, who: string | null, zone: Zone): string {
  const at = formatRunTime(mark.from, zone, Date.now())
  if (mark.count > 1) {
    const troubles = mark.troubles === 0 ? 'all went well' : `${formatCount(mark.troubles)} went wrong, the worst ${mark.outcome}`
    return `${at}: ${formatCount(mark.count)} invocations, ${troubles}`
  }
  const cold = mark.initMs > 0 ? `, of which cold start ${formatDuration(mark.initMs)}` : ''
  const outcome = mark.outcome === 'open' ? 'no end seen yet' : mark.outcome
  return [at, outcome, who, `${formatDuration(mark.to - mark.from)}${cold}`].filter((part) => part !== null).join(' · ')
}

/** The sign beside the colour: a cross for a failure, a triangle for a hidden one, a bar at the end for a time-out. */
function Sign({ outcome, x, end, y }: { outcome: Mark['outcome']; x: number; end: number; y: number }) {
  const middle = y + barHeight / 2
  switch (outcome) {
    case 'failed':
      return <path className="timeline-sign" d={`M${x - 4} ${middle - 4}l8 8m0 -8l-8 8`} />
    case 'hidden error':
      return <path className="timeline-sign" data-filled d={`M${x} ${middle - 5}l5 9h-10z`} />
    case 'timed out':
      return <path className="timeline-sign" d={`M${end} ${y - 2}v${barHeight + 4}`} />
    case 'ok':
    case 'open':
      return null
    default:
      return outcome satisfies never
  }
}

interface TimelineProps {
  readonly rows: readonly InvocationRow[]
  readonly onSelect: (row: string) => void
}

/** The invocations as bars over time, as long as they took; those at the same time stand under each other. */
export const Timeline = memo(function Timeline({ rows, onSelect }: TimelineProps) {
  const zone = useZone()
  const { ref, width } = useElementSize()
  const [at, setAt] = useState<string | null>(null)
  const strip = useRef<SVGSVGElement>(null)
  const timeline = useMemo(() => timelineOf(rows, Date.now()), [rows])
  const names = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows])
  if (timeline === null) return null

  const { from, to, lanes, marks } = timeline
  const inner = Math.max(1, width - 16)
  const xOf = (time: number) => 8 + ((time - from) / (to - from)) * inner
  const wordsOf = (mark: Mark) => {
    const row = names.get(mark.row)
    return visibleWords(markWords(mark, row === undefined ? null : whoOf(row), zone))
  }
  const current = marks.find(({ key }) => key === at)
  const reachable = current ?? marks.at(-1)
  const height = lanes * laneHeight + 6

  const press = (event: KeyboardEvent) => {
    const index = marks.findIndex(({ key }) => key === reachable?.key)
    const steps: Record<string, number> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: marks.length - 1 }
    const step = steps[event.key]
    if (step !== undefined) {
      const next = marks[Math.max(0, Math.min(marks.length - 1, step))]
      if (next === undefined) return
      setAt(next.key)
      strip.current?.querySelector<SVGGElement>(`[data-mark="${CSS.escape(next.key)}"]`)?.focus()
    } else if ((event.key === 'Enter' || event.key === ' ') && reachable !== undefined) onSelect(reachable.row)
    else return
    event.preventDefault()
  }

  return (
    <div className="timeline" ref={ref}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a drawing */}
      <svg
        ref={strip}
        width={width}
        height={height}
        role="group"
        aria-label={`Timeline of ${formatCount(rows.length)} invocations; the arrow keys go from one to the next`}
        onKeyDown={press}
      >
        {width > 0 &&
          marks.map((mark) => {
            const [x, end] = [xOf(mark.from), Math.max(xOf(mark.to), xOf(mark.from) + 3)]
            const y = 4 + mark.lane * laneHeight
            const cold = mark.initMs > 0 ? Math.min(end - x, (mark.initMs / (to - from)) * inner) : 0
            return (
              // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
              <g
                key={mark.key}
                role="button"
                aria-label={wordsOf(mark)}
                data-mark={mark.key}
                data-outcome={mark.outcome}
                tabIndex={mark === reachable ? 0 : -1}
                onClick={() => onSelect(mark.row)}
                onFocus={() => setAt(mark.key)}
                onMouseEnter={() => setAt(mark.key)}
              >
                <rect className="timeline-reach" x={x - 3} y={y - 3} width={end - x + 6} height={laneHeight} />
                <rect className="timeline-bar" x={x} y={y} width={end - x} height={barHeight} rx={1.5} />
                {cold > 0 && <rect className="timeline-cold" x={x} y={y} width={cold} height={barHeight} rx={1.5} />}
                <Sign outcome={mark.outcome} x={x} end={end} y={y} />
              </g>
            )
          })}
      </svg>
      <p className="timeline-words dim">
        <span>{formatRunTime(from, zone, Date.now())}</span>
        <span className="timeline-told">
          {current === undefined ? '✕ failed, △ hidden error, ┃ timed out; pale: cold start' : wordsOf(current)}
        </span>
        <span>
          {formatRunTime(to, zone, Date.now())} {zoneName(zone)}
        </span>
      </p>
    </div>
  )
})
