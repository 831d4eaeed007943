import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.layer.css'
import { formatTime, type Zone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import type { RunBucket } from './run-buckets.ts'

const whenOf = (at: unknown, zone: Zone): string => (typeof at === 'number' && at > 0 ? formatTime(new Date(at).toISOString(), zone) : '')

const series = [
  { name: 'succeeded', label: 'Succeeded', color: 'var(--ok)' },
  { name: 'hidden', label: 'Hidden errors', color: 'color-mix(in srgb, var(--bad) 55%, var(--panel))' },
  { name: 'failed', label: 'Failed', color: 'var(--bad)' },
  { name: 'timedOut', label: 'Timed out', color: 'var(--warn)' },
]

/** How runs ended over time, stacked. `words` says what it shows to whoever does not see it. */
export function RunsChart({ buckets, words, onPick }: { buckets: RunBucket[]; words: string; onPick: (at: number) => void }) {
  const zone = useZone()
  return (
    <div role="img" aria-label={words}>
      <BarChart
        h={120}
        data={buckets}
        dataKey="at"
        type="stacked"
        series={series}
        withLegend
        legendProps={{ verticalAlign: 'top', height: 26 }}
        gridAxis="x"
        tickLine="none"
        maxBarWidth={48}
        yAxisProps={{ allowDecimals: false, width: 36, tickCount: 3 }}
        xAxisProps={{ tickFormatter: (at: unknown) => whenOf(at, zone), minTickGap: 40 }}
        tooltipProps={{ labelFormatter: (at) => whenOf(Number(at), zone) }}
        barProps={{ isAnimationActive: false, cursor: 'pointer' }}
        barChartProps={{
          accessibilityLayer: false,
          onClick: ({ activeLabel }) => {
            const at = Number(activeLabel)
            if (activeLabel !== undefined && Number.isFinite(at)) onPick(at)
          },
        }}
      />
    </div>
  )
}
