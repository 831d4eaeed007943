import { SegmentedControl } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { Time } from '../ui/time.tsx'
import { formatExactTime, zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { type ChartPoint, summaryOf, toChart } from './metric-points.ts'
import { useMetrics } from './queries.ts'

// The charts are a quarter of the page's code and are seldom looked at.
const MetricsChart = lazy(async () => ({ default: (await import('./metrics-chart.tsx')).MetricsChart }))

const spans = [
  { value: '1', label: '1 h' },
  { value: '3', label: '3 h' },
  { value: '12', label: '12 h' },
  { value: '24', label: '1 d' },
  { value: '168', label: '7 d' },
]

function Measured({
  name,
  points,
  unit,
  whole,
  colour,
}: {
  name: string
  points: ChartPoint[]
  unit: string
  whole: boolean
  colour: string
}) {
  const zone = useZone()
  const summary = summaryOf(points)
  const words = (value: number) => `${value.toLocaleString('en-GB', { maximumFractionDigits: whole ? 0 : 1 })}${unit}`
  return (
    <section className="instance-group">
      <h3>{name}</h3>
      {summary === null ? (
        <EmptyState title="Nothing was measured">CloudWatch has no points for this time; a stopped instance measures nothing.</EmptyState>
      ) : (
        <>
          <p className="dim">
            {words(summary.last.value)} at <Time at={new Date(summary.last.at).toISOString()} />, highest {words(summary.highest.value)} at{' '}
            <Time at={new Date(summary.highest.at).toISOString()} withZone />
          </p>
          <Suspense fallback={<LoadingRows rows={4} />}>
            <MetricsChart
              points={points}
              name={name}
              colour={colour}
              unit={unit}
              whole={whole}
              words={`${name}: ${words(summary.last.value)} at ${formatExactTime(new Date(summary.last.at).toISOString(), zone)}, highest ${words(summary.highest.value)}`}
            />
          </Suspense>
        </>
      )}
    </section>
  )
}

/** CPU and connections, as CloudWatch has them. */
export function MonitoringTab({ environment, row }: { environment: string; row: InstanceRow }) {
  const [hours, setHours] = useState('3')
  const metrics = useMetrics(environment, row.key, Number(hours))
  const zone = useZone()
  return (
    <>
      <div className="row">
        <SegmentedControl aria-label="How far back" data={spans} value={hours} onChange={setHours} />
        <span className="dim">Times in {zoneName(zone)}</span>
      </div>
      <Loaded query={metrics} environment={environment}>
        {({ cpu, connections, period }) => (
          <>
            <Measured name="CPU" points={toChart(cpu, period)} unit=" %" whole={false} colour="var(--accent)" />
            <Measured name="Connections" points={toChart(connections, period)} unit="" whole colour="var(--ok)" />
          </>
        )}
      </Loaded>
    </>
  )
}
