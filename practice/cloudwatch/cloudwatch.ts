import { AwsFault, type Params, type Service, type Tree } from '../api.ts'
import { type MetricName, metricNames, type Samples } from './samples.ts'
import { type Statistic, statisticOf, statistics } from './statistics.ts'

/** CloudWatch, as far as it measures RDS instances. */
export function createCloudWatch(samples: Samples): Service {
  return {
    async call({ action, region, params }) {
      switch (action) {
        case 'GetMetricData':
          return getMetricData(samples, region, params)
        case 'GetMetricStatistics':
          return getMetricStatistics(samples, region, params)
        default:
          throw new AwsFault('InvalidAction', `Could not find operation ${action} for version 2010-08-01`)
      }
    },
  }
}

const units: Readonly<Record<MetricName, string>> = { CPUUtilization: 'Percent', DatabaseConnections: 'Count', FreeStorageSpace: 'Bytes' }
const mostPoints = 1440

interface Span {
  readonly start: number
  readonly end: number
  /** Milliseconds. */
  readonly period: number
}

interface Point {
  readonly at: number
  readonly values: readonly number[]
}

function getMetricData(samples: Samples, region: string, params: Params): Tree {
  const queries = params.groups('MetricDataQueries')
  if (queries.length === 0) throw invalid('The parameter MetricDataQueries is required.')
  const ids = new Set<string>()
  const newestFirst = (params.text('ScanBy') ?? 'TimestampDescending') === 'TimestampDescending'
  const results = queries.flatMap((query) => {
    const id = query.text('Id') ?? ''
    if (!/^[a-z]\w{0,254}$/.test(id)) throw invalid(`The value ${id} for Id is not well-formed.`)
    if (ids.has(id)) throw invalid(`The Id ${id} is given twice.`)
    ids.add(id)
    const stat = query.group('MetricStat')
    if (stat === undefined) throw invalid('The practice cloud computes no expressions: give MetricStat.')
    const metric = stat.group('Metric')
    if (metric === undefined) throw invalid('The parameter MetricStat.Metric is required.')
    const statistic = requireStatistic(stat.text('Stat') ?? '')
    const points = pointsOf(samples, region, metric, spanOf(params, stat))
    if (query.flag('ReturnData') === false) return []
    const ordered = newestFirst ? points.toReversed() : points
    return [
      {
        Id: id,
        Label: query.text('Label') ?? metric.text('MetricName'),
        Timestamps: { member: ordered.map(({ at }) => new Date(at)) },
        Values: { member: ordered.map(({ values }) => statisticOf(statistic, values)) },
        StatusCode: 'Complete',
      },
    ]
  })
  return { MetricDataResults: { member: results }, Messages: { member: [] } }
}

function getMetricStatistics(samples: Samples, region: string, params: Params): Tree {
  const asked = params.texts('Statistics').map(requireStatistic)
  if (asked.length === 0)
    throw new AwsFault('MissingParameter', 'At least one of the parameters Statistics and ExtendedStatistics must be specified.')
  const span = spanOf(params, params)
  if ((span.end - span.start) / span.period > mostPoints) {
    throw new AwsFault(
      'InvalidParameterCombination',
      `You have requested up to ${Math.ceil((span.end - span.start) / span.period)} datapoints, which exceeds the limit of ${mostPoints}.`,
    )
  }
  const points = pointsOf(samples, region, params, span)
  const name = params.text('MetricName')
  const unit = isKnown(name) ? units[name] : 'None'
  return {
    Label: name,
    Datapoints: {
      member: points.map(({ at, values }) => ({
        Timestamp: new Date(at),
        ...Object.fromEntries(asked.map((statistic) => [statistic, statisticOf(statistic, values)])),
        Unit: unit,
      })),
    },
  }
}

/** What was measured, by the periods that begin within the span; a period without a measurement is left out. */
function pointsOf(samples: Samples, region: string, metric: Params, { start, end, period }: Span): Point[] {
  const name = metric.text('MetricName')
  const dimensions = metric.groups('Dimensions')
  const [dimension] = dimensions
  // CloudWatch has never heard of it, and says nothing: that is no error there.
  if (metric.text('Namespace') !== 'AWS/RDS' || !isKnown(name)) return []
  if (dimensions.length !== 1 || dimension?.text('Name') !== 'DBInstanceIdentifier') return []
  const measured = samples.of(region, dimension.text('Value') ?? '')
  const byPeriod = Map.groupBy(measured, ({ at }) => Math.floor(at / period) * period)
  return [...byPeriod]
    .filter(([at]) => at >= Math.floor(start / period) * period && at < end)
    .sort(([one], [other]) => one - other)
    .map(([at, within]) => ({ at, values: within.map((sample) => sample[name]) }))
}

const isKnown = (name: string | undefined): name is MetricName => metricNames.some((one) => one === name)

function spanOf(params: Params, stat: Params): Span {
  const start = timeOf(params, 'StartTime')
  const end = timeOf(params, 'EndTime')
  if (start >= end) throw invalid('The parameter StartTime must be less than the parameter EndTime.', 'InvalidParameterCombination')
  const seconds = stat.whole('Period') ?? 0
  if (seconds < 60 || seconds % 60 !== 0) throw invalid('The parameter Period must be a multiple of 60.', 'InvalidParameterValue')
  return { start, end, period: seconds * 1000 }
}

/** Milliseconds since 1970, from a text as in XML or from seconds as in JSON. */
function timeOf(params: Params, name: string): number {
  const text = params.text(name)
  if (text === undefined) throw new AwsFault('MissingParameter', `The parameter ${name} is required.`)
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(time)) throw invalid(`The parameter ${name} must be a timestamp.`, 'InvalidParameterValue')
  return time
}

function requireStatistic(name: string): Statistic {
  const found = statistics.find((one) => one === name)
  if (found === undefined)
    throw invalid(`The practice cloud has the statistics ${statistics.join(', ')}, not ${name}.`, 'InvalidParameterValue')
  return found
}

const invalid = (message: string, code = 'ValidationError') => new AwsFault(code, message)
