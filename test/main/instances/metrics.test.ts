import { expect, test } from 'vitest'
import { createMetrics, periodOf } from '../../../main/instances/metrics.ts'
import { metrics as metricsSchema } from '../../../preload/contract/instance-details.ts'
import { jsonAnswer, jsonFault } from '../../support/aws-endpoint.ts'
import { call, key, now, startCloud } from './cloud-fixture.ts'

const at = (minutesAgo: number) => now / 1000 - minutesAgo * 60

test('CPU and connections over an hour, with gaps where it did not run', async () => {
  const { aws, endpoint } = await startCloud()
  const result = (Id: string, Timestamps: number[], Values: number[]) => ({ Id, Label: Id, Timestamps, Values, StatusCode: 'PartialData' })
  endpoint.answer(
    'monitoring',
    'GetMetricData',
    jsonAnswer({ MetricDataResults: [result('cpu', [at(60), at(59)], [3.5, 4]), result('connections', [], [])], NextToken: 'more' }),
    jsonAnswer({ MetricDataResults: [result('cpu', [at(1)], [80]), result('connections', [at(2)], [0])] }),
  )
  const found = await createMetrics({ aws, now: () => now }).metrics({ key, hours: 1 }, call())
  expect(metricsSchema.parse(found)).toEqual(found)
  expect(found.period).toBe(60)
  expect(found.cpu).toHaveLength(60)
  expect(found.cpu[0]).toEqual({ at: new Date(at(60) * 1000).toISOString(), value: 3.5 })
  expect(found.cpu.filter(({ value }) => value !== null).map(({ value }) => value)).toEqual([3.5, 4, 80])
  expect(found.connections.at(-2)).toMatchObject({ value: 0 })
  expect(found.connections.filter(({ value }) => value === null)).toHaveLength(59)
  const [request] = endpoint.asked('GetMetricData')
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    MetricDataQueries: [
      {
        MetricStat: {
          Metric: { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] },
        },
      },
      { MetricStat: { Metric: { MetricName: 'DatabaseConnections' } } },
    ],
  })
})

test('a chart has no more than 300 points, whatever the hours, and periods that CloudWatch takes', () => {
  for (let hours = 1; hours <= 168; hours += 1) {
    const period = periodOf(hours)
    expect(period % 60).toBe(0)
    expect((hours * 3600) / period).toBeLessThanOrEqual(300)
  }
})

test('a refusal is a failure, not an empty chart', async () => {
  const { aws, endpoint } = await startCloud()
  endpoint.answer('monitoring', 'GetMetricData', jsonFault('AccessDeniedException', 'not authorized'))
  await expect(createMetrics({ aws, now: () => now }).metrics({ key, hours: 1 }, call())).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
