import { NativeSelect } from '@mantine/core'
import { lazy, memo, Suspense, useMemo } from 'react'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf } from '../ui/quantities.ts'
import { useZone } from '../ui/zone.ts'
import type { InvocationRow } from './invocation-rows.ts'
import { bucketsOf, type RunBucket, sizeWords } from './run-buckets.ts'
import { formatRunTime } from './run-time.ts'

// The charts are a quarter of the page's code and are seldom looked at.
const RunsChart = lazy(async () => ({ default: (await import('./runs-chart.tsx')).RunsChart }))

/** Milliseconds since 1970, the end not included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** `2 failed, 31 succeeded`: without what there was none of. */
function countWords({ succeeded, hidden, failed, timedOut }: RunBucket): string {
  const words = [
    failed > 0 ? `${failed} failed` : null,
    hidden > 0 ? countOf(hidden, 'hidden error') : null,
    timedOut > 0 ? `${timedOut} timed out` : null,
    succeeded > 0 ? `${succeeded} succeeded` : null,
  ]
  return words.filter((part) => part !== null).join(', ')
}

const sum = (buckets: readonly RunBucket[]): RunBucket =>
  buckets.reduce(
    (all, one) => ({
      at: 0,
      succeeded: all.succeeded + one.succeeded,
      hidden: all.hidden + one.hidden,
      failed: all.failed + one.failed,
      timedOut: all.timedOut + one.timedOut,
    }),
    { at: 0, succeeded: 0, hidden: 0, failed: 0, timedOut: 0 },
  )

/** How the runs ended over time, as a chart and as a list to choose a time from. */
export const RunsOverTime = memo(function RunsOverTime({
  rows,
  between,
  onBetween,
}: {
  rows: readonly InvocationRow[]
  between: Span | null
  onBetween: (span: Span | null) => void
}) {
  const zone = useZone()
  const { sizeMs, buckets } = useMemo(() => bucketsOf(rows.flatMap(({ attempts }) => attempts)), [rows])
  if (buckets.length === 0) return <p className="dim runs-none">No invocation has ended yet.</p>
  const timeOf = (at: number) => formatRunTime(at, zone, Date.now())
  const total = countWords(sum(buckets))
  const pick = (at: number) => onBetween(between?.from === at ? null : { from: at, to: at + sizeMs })
  const filled = buckets.filter((bucket) => countWords(bucket) !== '')
  return (
    <div className="runs">
      <div className="row">
        <span className="dim">
          {total}, {sizeWords(sizeMs)}
        </span>
        <span className="grow" />
        <NativeSelect
          size="xs"
          aria-label="Only the invocations of"
          value={between === null ? '' : String(between.from)}
          onChange={({ currentTarget: { value } }) => onBetween(value === '' ? null : { from: Number(value), to: Number(value) + sizeMs })}
          data={[
            { value: '', label: 'the whole time' },
            ...filled.toReversed().map((bucket) => ({ value: String(bucket.at), label: `${timeOf(bucket.at)}: ${countWords(bucket)}` })),
          ]}
        />
      </div>
      <Suspense fallback={<LoadingRows rows={3} />}>
        <RunsChart buckets={buckets} words={`Errors over time, ${sizeWords(sizeMs)}: ${total}`} onPick={pick} />
      </Suspense>
    </div>
  )
})
