import { GetMetricDataCommand, GetMetricStatisticsCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { clients, startServices } from './services.ts'

async function start() {
  const cloud = await startServices(await temporaryFolder())
  return { cloud, ...clients(cloud.endpoint) }
}

const hourAgo = () => new Date(Date.now() - 3_600_000)
const soon = () => new Date(Date.now() + 60_000)
const metric = (MetricName: string, Value = 'cruddur-db-instance') => ({
  Namespace: 'AWS/RDS',
  MetricName,
  Dimensions: [{ Name: 'DBInstanceIdentifier', Value }],
})
const query = (Id: string, MetricName: string, Stat = 'Average', instance?: string): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: metric(MetricName, instance), Period: 60, Stat },
})

test('connections, processor and disk are what was measured, and nothing was measured before the start', async () => {
  const { cloud, cloudWatch } = await start()
  cloud.instance.connections = 7
  await cloud.samples.measure()
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: hourAgo(),
      EndTime: soon(),
      MetricDataQueries: [
        query('connections', 'DatabaseConnections', 'Maximum'),
        query('count', 'DatabaseConnections', 'SampleCount'),
        query('cpu', 'CPUUtilization'),
        query('disk', 'FreeStorageSpace'),
        query('none', 'ReplicaLag'),
        query('nobody', 'CPUUtilization', 'Average', 'nobody'),
      ],
    }),
  )
  const valuesOf = (id: string) => MetricDataResults.find(({ Id }) => Id === id)?.Values ?? []
  expect(valuesOf('connections')[0]).toBe(7)
  const measured = valuesOf('count').reduce((sum, one) => sum + one, 0)
  expect(measured).toBe(cloud.samples.of('ca-central-1', 'cruddur-db-instance').length)
  for (const value of valuesOf('cpu')) {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThanOrEqual(100)
  }
  expect(valuesOf('disk')[0]).toBeGreaterThan(0)
  expect(valuesOf('none')).toEqual([])
  expect(valuesOf('nobody')).toEqual([])
  expect(MetricDataResults.map(({ StatusCode }) => StatusCode)).toEqual(Array(6).fill('Complete'))
})

test('a stopped instance is not measured', async () => {
  const { cloud, cloudWatch } = await start()
  await cloud.samples.measure()
  const count = async () => {
    const { Datapoints = [] } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...metric('DatabaseConnections'),
        StartTime: hourAgo(),
        EndTime: soon(),
        Period: 3600,
        Statistics: ['SampleCount', 'Average'],
      }),
    )
    return Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0)
  }
  const before = await count()
  expect(before).toBeGreaterThan(0)
  cloud.instance.status = 'stopped'
  await cloud.samples.measure()
  expect(await count()).toBe(before)
})

test('what CloudWatch would refuse is refused', async () => {
  const { cloudWatch } = await start()
  const times = { StartTime: hourAgo(), EndTime: soon() }
  const refused = (input: Partial<ConstructorParameters<typeof GetMetricDataCommand>[0]>, name: string) =>
    expect(cloudWatch.send(new GetMetricDataCommand({ ...times, MetricDataQueries: [], ...input }))).rejects.toMatchObject({ name })
  await refused({}, 'ValidationException')
  await refused({ MetricDataQueries: [query('Big', 'CPUUtilization')] }, 'ValidationException')
  await refused({ MetricDataQueries: [query('cpu', 'CPUUtilization'), query('cpu', 'CPUUtilization')] }, 'ValidationException')
  await refused({ MetricDataQueries: [{ Id: 'sum', Expression: 'a + b' }] }, 'ValidationException')
  await refused(
    { MetricDataQueries: [query('cpu', 'CPUUtilization')], StartTime: soon(), EndTime: hourAgo() },
    'InvalidParameterCombinationException',
  )
})
