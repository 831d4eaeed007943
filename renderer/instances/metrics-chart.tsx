import { LineChart } from '@mantine/charts'
import '@mantine/charts/styles.layer.css'
import { formatTime } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import type { ChartPoint } from './metric-points.ts'

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
        withDots={false}
        connectNulls={false}
        strokeWidth={1.5}
        curveType="linear"
        gridAxis="y"
        tickLine="none"
        valueFormatter={(value) => `${value.toLocaleString('en-GB', { maximumFractionDigits: whole ? 0 : 1 })}${unit}`}
        yAxisProps={{ allowDecimals: !whole, width: 52, domain: [0, 'auto'] }}
        xAxisProps={{
          type: 'number',
          domain: ['dataMin', 'dataMax'],
          tickFormatter: (at: number) => formatTime(new Date(at).toISOString(), zone).slice(0, -3),
        }}
        tooltipProps={{ labelFormatter: (at) => formatTime(new Date(Number(at)).toISOString(), zone) }}
        lineProps={{ isAnimationActive: false }}
        lineChartProps={{ accessibilityLayer: false }}
      />
    </div>
  )
}
