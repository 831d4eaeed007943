import { countOf } from '../ui/quantities.ts'
import type { Marker } from './find-text.ts'
import { inertMessage, type MessagePart } from './inert.ts'
import './log-message.css'

/** Characters of one line in the list. */
export const listLimit = 2_000
/** Characters of one message that is looked at alone; copying takes all of it. */
export const detailLimit = 100_000

const none: readonly Marker[] = []

/** A message as text and nothing else, with what was found marked. `lines` keeps its line breaks. */
export function LogMessage({
  message,
  markers = none,
  lines = false,
  limit = lines ? detailLimit : listLimit,
}: {
  message: string
  markers?: readonly Marker[]
  lines?: boolean
  limit?: number
}) {
  const { parts, before, after } = inertMessage(message, { limit, lines, markers })
  return (
    <span className="log-message mono" data-lines={lines || undefined} dir="ltr">
      {before > 0 && <span className="dim">{countOf(before, 'character')} before … </span>}
      {parts.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
        <Part key={place} {...part} />
      ))}
      {after > 0 && <span className="dim"> … {countOf(after, 'more character')}</span>}
    </span>
  )
}

function Part({ text, mark, found }: MessagePart) {
  const shown = mark ? <i className="unseen">{text}</i> : text
  return found ? <mark>{shown}</mark> : shown
}
