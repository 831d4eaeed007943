import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { Metrics } from '../../preload/contract/instance-details.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { readAll } from '../aws/pages.ts'

export interface MetricsDeps {
  readonly aws: Pick<Aws, 'cloudWatch'>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Seconds between two points, so that a chart has 60 to 288 of them. CloudWatch keeps single minutes for 15 days. */
export const periodOf = (hours: number): number => {
  if (hours <= 3) return 60
  if (hours <= 24) return 300
  if (hours <= 72) return 900
  return 3600
}

/** CPU and connections over time. */
export function createMetrics({ aws, now }: MetricsDeps) {
  return {
    /** The last hours, oldest first, whole periods; a period without a measurement is null. Fails as AWS does. */
    async metrics(
      { key, hours }: { readonly key: InstanceKey; readonly hours: number },
      { signal }: { readonly signal: AbortSignal },
    ): Promise<Metrics> {
      const period = periodOf(hours)
      const end = Math.floor(now() / 1000 / period) * period
      const start = end - Math.ceil((hours * 3600) / period) * period
      const queries = [query('cpu', 'CPUUtilization', key, period), query('connections', 'DatabaseConnections', key, period)]
      const what = `read the measurements of ${key.identifier}`
      const place = { profile: key.profile, region: key.region }
      // Loaded when it is first needed: a start of the console does without.
      const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch')
      const results = await readAll<MetricDataResult>(what, async (token) => {
        const answer = await aws.cloudWatch({ place, what, signal }, (client, options) =>
          client.send(
            new GetMetricDataCommand({
              MetricDataQueries: queries,
              StartTime: new Date(start * 1000),
              EndTime: new Date(end * 1000),
              ScanBy: 'TimestampAscending',
              NextToken: token,
            }),
            options,
          ),
        )
        return { items: answer.MetricDataResults, next: answer.NextToken }
      })
      const times = Array.from({ length: (end - start) / period }, (_, index) => start + index * period)
      const points = (id: string) => {
        const measured = valuesOf(results, id, period)
        return times.map((time) => ({ at: new Date(time * 1000).toISOString(), value: measured.get(time) ?? null }))
      }
      return { cpu: points('cpu'), connections: points('connections'), period }
    },
  }
}

function query(id: string, metric: string, key: InstanceKey, period: number): MetricDataQuery {
  const dimension = key.kind === 'cluster' ? 'DBClusterIdentifier' : 'DBInstanceIdentifier'
  return {
    Id: id,
    MetricStat: {
      Metric: { Namespace: 'AWS/RDS', MetricName: metric, Dimensions: [{ Name: dimension, Value: key.identifier }] },
      Period: period,
      Stat: 'Average',
    },
  }
}

/** By the second at which its period begins. */
function valuesOf(results: readonly MetricDataResult[], id: string, period: number): Map<number, number> {
  const measured = new Map<number, number>()
  for (const result of results) {
    if (result.Id !== id) continue
    for (const [index, at] of (result.Timestamps ?? []).entries()) {
      const value = result.Values?.[index]
      if (value !== undefined) measured.set(Math.floor(at.getTime() / 1000 / period) * period, value)
    }
  }
  return measured
}
