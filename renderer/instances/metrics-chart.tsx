import { LineChart } from '@mantine/charts'
import '@mantine/charts/styles.layer.css'
import { formatTime, type Zone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import type { ChartPoint } from './metric-points.ts'

/** When a point was measured; the chart also asks with what is no time. */
const whenOf = (at: unknown, zone: Zone): string => (typeof at === 'number' && at > 0 ? formatTime(new Date(at).toISOString(), zone) : '')

/** A measurement over time. `words` says what it shows to whoever does not see it. */
export function MetricsChart({
  points,
  name,
  colour,
  unit,
  whole,
  words,
}: {
  points: ChartPoint[]
  name: string
  colour: string
  unit: string
  /** Only whole numbers are possible. */
  whole: boolean
  words: string
}) {
  const zone = useZone()
  return (
    <div role="img" aria-label={words}>
      <LineChart
        h={150}
        data={points}
        dataKey="at"
        series={[{ name: 'value', label: name, color: colour }]}
        // A line needs two points; a single one would not be seen.
        withDots={points.filter(({ value }) => value !== null).length < 3}
        connectNulls={false}
        strokeWidth={1.5}
        curveType="linear"
        gridAxis="x"
        tickLine="none"
        valueFormatter={(value) => `${value.toLocaleString('en-GB', { maximumFractionDigits: whole ? 0 : 1 })}${unit}`}
        yAxisProps={{ allowDecimals: !whole, width: 52, tickCount: 4, domain: [0, 'auto'] }}
        xAxisProps={{
          type: 'number',
          domain: ['dataMin', 'dataMax'],
          tickFormatter: (at: unknown) => whenOf(at, zone),
        }}
        tooltipProps={{ labelFormatter: (at) => whenOf(Number(at), zone) }}
        lineProps={{ isAnimationActive: false }}
        lineChartProps={{ accessibilityLayer: false }}
      />
    </div>
  )
}
