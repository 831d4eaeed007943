import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { countOf } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { formatTime } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import type { LogStore } from './log-store.ts'
import type { Tail, TailStatus } from './tail.ts'
import { TailFigures } from './tail-figures.tsx'
import { standingOf } from './tail-words.ts'
import { useStoreVersion } from './use-tail.ts'

const iso = (at: number): string => new Date(at).toISOString()

/** How following goes: what is loaded or, as `children`, what came of it; up to when it is whole. The rest is behind that. */
export function TailStrip({ tail, status, children }: { tail: Tail; status: TailStatus; children?: ReactNode }) {
  const { tone, word } = standingOf(status)
  return (
    <section className="log-strip" aria-label="How following goes">
      {children ?? <Loaded store={tail.store} />}
      <div className="log-standing">
        <Past tail={tail} status={status} />
        {status.paused && (
          <span className="log-waiting" role="status">
            {status.waiting === null ? 'many new lines' : countOf(status.waiting, 'new line')}
          </span>
        )}
        <StatusPill tone={tone}>{word}</StatusPill>
        <TailFigures store={tail.store} states={status.states} />
      </div>
    </section>
  )
}

/** How many lines are loaded, from when on. */
function Loaded({ store }: { store: LogStore }) {
  useStoreVersion(store)
  const zone = useZone()
  const [first] = store.lines
  return (
    <span className="dim">
      {countOf(store.lines.length, 'line')}
      {first !== undefined && ` since ${formatTime(iso(first.at), zone)}`}
    </span>
  )
}

/** How reading back goes, and what stopped it. */
function Past({ tail, status: { past } }: { tail: Tail; status: TailStatus }) {
  const zone = useZone()
  const again = () => tail.readBack(past.backTo)
  if (past.reading)
    return (
      <>
        <StatusPill tone="busy">
          {past.gaps.length > 0
            ? 'reading what was missed'
            : `reading back${past.reached === null ? '' : `, at ${formatTime(iso(past.reached), zone)}`}`}
        </StatusPill>
        <Button size="compact-xs" onClick={tail.stopReading}>
          Stop reading
        </Button>
      </>
    )
  if (past.full) return <span className="log-strip-note">The page holds no more lines; search further back, or choose fewer hours.</span>
  if (past.stopped)
    return (
      <>
        <span className="log-strip-note">Read back to {past.reached === null ? 'nothing' : formatTime(iso(past.reached), zone)} only.</span>
        <Button size="compact-xs" onClick={again}>
          Read on
        </Button>
      </>
    )
  return null
}
