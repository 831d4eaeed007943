import { request } from 'node:http'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing'
import {
  AddTagsToResourceCommand,
  DescribeCertificatesCommand,
  DescribeDBClustersCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandInput,
  DescribeDBMajorEngineVersionsCommand,
  DescribeDBParametersCommand,
  DescribeDBProxiesCommand,
  DescribePendingMaintenanceActionsCommand,
  ListTagsForResourceCommand,
  paginateDescribeDBInstances,
  paginateDescribeOrderableDBInstanceOptions,
  RDSClient,
  RemoveTagsFromResourceCommand,
  StopDBClusterCommand,
} from '@aws-sdk/client-rds'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { type Cloud, clientOf, startCloud } from './cloud.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A request as it is, without an SDK. */
function send(cloud: Cloud, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Answer> {
  const { hostname, port } = new URL(cloud.practice.endpoint.endpoint)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const signed = (service: string) => ({
  'x-amz-date': '20261121T120000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAX/20261121/ca-central-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=00`,
})
const list = 'Action=DescribeDBInstances&Version=2014-10-31'

describe('the wire', () => {
  test('speaks to each client in its own protocol, and takes no request that is not a signed one of this machine', async () => {
    const cloud = await startCloud(await temporaryFolder())
    const { practice, rds } = cloud

    expect(await clientOf(practice, STSClient).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '123456789012' })
    const prices = await clientOf(practice, PricingClient, 'us-east-1').send(
      new GetProductsCommand({ ServiceCode: 'AmazonRDS', MaxResults: 1 }),
    )
    expect(JSON.parse(String(prices.PriceList?.[0]))).toHaveProperty('product')
    const metric = {
      Namespace: 'AWS/RDS',
      MetricName: 'CPUUtilization',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'cruddur-db-instance' }],
    }
    const measured = await clientOf(practice, CloudWatchClient).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [{ Id: 'cpu', MetricStat: { Metric: metric, Period: 60, Stat: 'Average' } }],
      }),
    )
    expect(measured.MetricDataResults).toMatchObject([{ Id: 'cpu' }])

    await expect(rds.send(new DescribeDBProxiesCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'Could not find operation DescribeDBProxies for version 2014-10-31',
    })
    const host = { host: new URL(practice.endpoint.endpoint).host }
    expect(await send(cloud, '/', { ...form, ...host }, list)).toMatchObject({
      status: 403,
      body: expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    })
    const malformed = {
      ...form,
      ...host,
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIAX/20261121, SignedHeaders=host',
      'x-amz-date': 'x',
    }
    expect(await send(cloud, '/', malformed, list)).toMatchObject({
      status: 400,
      body: expect.stringContaining('<Code>IncompleteSignature</Code>'),
    })
    expect(await send(cloud, '/', { ...form, ...host, ...signed('rds') }, list)).toMatchObject({
      status: 200,
      body: expect.stringContaining('<DBInstanceStatus>available<'),
    })
    // A name of somebody else's that leads here, and a page of another site.
    expect(await send(cloud, '/', { ...form, ...signed('rds'), host: 'evil.example:80' }, list)).toMatchObject({ status: 403 })
    const page = await send(cloud, '/', { ...form, ...host, ...signed('rds'), origin: 'http://127.0.0.1:3000' }, list)
    expect(page.status).toBe(403)
    expect(Object.keys(page.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(await send(cloud, '/', { ...form, ...host, ...signed('rds') }, 'x'.repeat(1_100_000))).toMatchObject({ status: 413 })

    const ec2 = await send(cloud, '/', { ...form, ...host, ...signed('ec2') }, 'Action=Nothing&Version=2016-11-15')
    expect(ec2.body).toMatch(/<Response><Errors><Error><Code>InvalidAction<\/Code>.*<RequestID>/s)
    const json = {
      ...host,
      ...signed('pricing'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSPriceListService.GetProducts',
    }
    expect(JSON.parse((await send(cloud, '/', json, '{"ServiceCode":')).body)).toMatchObject({ __type: 'SerializationException' })
    expect(await send(cloud, '/', { ...form, ...host, ...signed('s3') }, list)).toMatchObject({ status: 404 })

    for (const path of ['//', '//[', 'http://['])
      expect(await send(cloud, path, { ...host, ...signed('rds') })).toMatchObject({
        status: 400,
        body: expect.stringContaining('InvalidRequest'),
      })
    for (const path of [
      '/2015-03-31/functions/../../etc',
      '/2015-03-31/functions/%2e%2e%2fetc',
      '/2015-03-31/functions/%',
      '/2015-03-31/functions/%00',
    ])
      expect((await send(cloud, path, { ...host, ...signed('lambda') })).status, path).toBeOneOf([400, 404])
    const tail = { ...signed('logs'), 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.StartLiveTail' }
    for (const more of [{ host: 'evil.example' }, { ...host, origin: 'null' }]) {
      expect(await send(cloud, '/', { ...tail, ...more }, '{}')).toMatchObject({ status: 403 })
      expect(await send(cloud, '/2015-03-31/functions', { ...signed('lambda'), ...more })).toMatchObject({ status: 403 })
    }

    for (const path of practice.addressSources) expect(await (await fetch(path)).text()).toBe('203.0.113.24\n')
  })

  test('lists are paged by markers, filtered, and say whom they do not know', async () => {
    const { rds } = await startCloud(await temporaryFolder())
    const send = (input: DescribeDBInstancesCommandInput) => rds.send(new DescribeDBInstancesCommand(input))
    expect((await send({ Filters: [{ Name: 'engine', Values: ['neptune', 'postgres'] }] })).DBInstances).toHaveLength(1)
    expect((await send({ Filters: [{ Name: 'engine', Values: ['neptune'] }] })).DBInstances).toEqual([])
    expect((await send({ Filters: [{ Name: 'db-instance-id', Values: ['CRUDDUR-db-instance'] }] })).DBInstances).toHaveLength(1)
    await expect(send({ Filters: [{ Name: 'nothing', Values: ['x'] }] })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(send({ MaxRecords: 5 })).rejects.toMatchObject({ message: 'Invalid value 5 for MaxRecords. Must be between 20 and 100' })
    await expect(send({ Marker: 'made up' })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(send({ DBInstanceIdentifier: 'nobody' })).rejects.toMatchObject({
      name: 'DBInstanceNotFoundFault',
      Code: 'DBInstanceNotFound',
      message: 'DBInstance nobody not found.',
      $metadata: { httpStatusCode: 404 },
    })
    const options = []
    let pages = 0
    for await (const page of paginateDescribeOrderableDBInstanceOptions({ client: rds, pageSize: 20 }, { Engine: 'postgres' })) {
      pages += 1
      options.push(...(page.OrderableDBInstanceOptions ?? []))
    }
    expect(pages).toBe(Math.ceil(options.length / 20))
    expect(new Set(options.map((one) => `${one.DBInstanceClass} ${one.StorageType}`)).size).toBe(options.length)
  })

  test('an empty page with a marker, on demand, loses nothing', async () => {
    const { rds, practice } = await startCloud(await temporaryFolder())
    const off = practice.faults.order({ fault: { kind: 'empty page' }, service: 'rds', action: 'DescribeDBInstances', times: 1 })
    const sizes: number[] = []
    for await (const page of paginateDescribeDBInstances({ client: rds }, {})) sizes.push(page.DBInstances?.length ?? 0)
    off()
    expect(sizes).toEqual([0, 1])
  })

  test('what else the console asks of RDS is answered, and another region is empty', async () => {
    const { rds, practice } = await startCloud(await temporaryFolder())
    const arn = 'arn:aws:rds:ca-central-1:123456789012:db:cruddur-db-instance'
    const Tags = [{ Key: 'team', Value: '<a> & "b" \u0001 ü' }]
    await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }))
    // XML cannot carry the control character.
    expect((await rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList).toEqual([
      { Key: 'team', Value: '<a> & "b"  ü' },
    ])
    await rds.send(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: ['team'] }))
    expect((await rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList).toEqual([])

    const forced = { DBParameterGroupName: 'default.postgres18', Filters: [{ Name: 'parameter-name', Values: ['rds.force_ssl'] }] }
    expect((await rds.send(new DescribeDBParametersCommand(forced))).Parameters).toMatchObject([
      { ParameterName: 'rds.force_ssl', ParameterValue: '1' },
    ])
    const versions = await rds.send(new DescribeDBEngineVersionsCommand({ Engine: 'postgres' }))
    expect(versions.DBEngineVersions).toMatchObject([
      { EngineVersion: '18.4', SupportedCACertificateIdentifiers: expect.arrayContaining(['rds-ca-rsa2048-g1']) },
    ])
    const majors = await rds.send(new DescribeDBMajorEngineVersionsCommand({ Engine: 'postgres', MajorEngineVersion: '18' }))
    expect(majors.DBMajorEngineVersions?.[0]?.SupportedEngineLifecycles).toHaveLength(2)
    const { Certificates } = await rds.send(new DescribeCertificatesCommand({}))
    expect(Certificates?.[0]?.ValidTill?.getTime()).toBeGreaterThan(Date.now())
    expect((await rds.send(new DescribePendingMaintenanceActionsCommand({}))).PendingMaintenanceActions).toEqual([])
    expect((await rds.send(new DescribeDBClustersCommand({}))).DBClusters).toEqual([])
    await expect(rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'nope' }))).rejects.toMatchObject({
      Code: 'DBClusterNotFoundFault',
    })

    const elsewhere = clientOf(practice, RDSClient, 'eu-west-1')
    expect((await elsewhere.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([])
  })
})
