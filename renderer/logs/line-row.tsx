// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the list keeps the focus and names the active row
import { memo, type ReactNode } from 'react'
import { lineOf } from '../../cloudwatch/lambda-line.ts'
import { visibleWords } from '../ui/data-grid-text.ts'
import type { Zone } from '../ui/time-format.ts'
import { formatLineTime, lineTimeTitle } from './line-time.ts'
import { shortGroup, shortStream } from './shown-marks.ts'
import type { Line } from './sorted-lines.ts'

/** Characters of a line that a row shows; all of them are in the details. */
export const shownInRow = 600

interface LineRowProps {
  readonly id: string
  readonly index: number
  readonly line: Line
  readonly zone: Zone
  /** The hour that it is, in milliseconds since 1970: tells what is of another day. */
  readonly today: number
  readonly withGroup: boolean
  readonly withStream: boolean
  readonly active: boolean
  readonly selected: boolean
  readonly opened: boolean
  readonly text: (line: Line) => ReactNode
}

export const LineRow = memo(function LineRow(props: LineRowProps) {
  const { id, index, line, zone, today, withGroup, withStream, active, selected, opened, text } = props
  const { level, kind } = lineOf(line)
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected || active}
      className="log-line"
      data-index={index}
      data-active={active || undefined}
      data-open={opened || undefined}
      data-level={kind === 'timed out' ? 'error' : (level ?? undefined)}
      data-platform={kind === 'application' || kind === 'timed out' ? undefined : true}
    >
      <div role="gridcell" className="log-time" title={lineTimeTitle(line, zone)}>
        {formatLineTime(line.at, zone, today)}
      </div>
      {(withGroup || withStream) && (
        <div role="gridcell" className="log-source" title={`${line.group}\n${visibleWords(line.stream)}`}>
          {withGroup && shortGroup(line.group)}
          {withGroup && withStream && ' '}
          {withStream && <span className="dim">{visibleWords(shortStream(line.stream))}</span>}
        </div>
      )}
      <div role="gridcell" className="log-level">
        {level !== null && level !== 'info' ? level : ''}
      </div>
      <div role="gridcell" className="log-text">
        {text(line)}
      </div>
    </div>
  )
})
