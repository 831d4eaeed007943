import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { GetProductsCommand } from '@aws-sdk/client-pricing'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import type { Fault } from '../../practice/faults.ts'
import { temporaryFolder } from '../support/folders.ts'
import { clients, startServices } from './services.ts'

async function start() {
  const cloud = await startServices(await temporaryFolder())
  return { cloud, ...clients(cloud.endpoint) }
}
const groups = () => new DescribeSecurityGroupsCommand({})
const prices = () => new GetProductsCommand({ ServiceCode: 'AmazonRDS' })
const identity = () => new GetCallerIdentityCommand({})

test('the caller is the one user of the practice account', async () => {
  const { sts } = await start()
  expect(await sts.send(identity())).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/practice' })
})

test('throttled calls are refused in the words of each service, and one of five gets through', async () => {
  const { cloud, sts, ec2, pricing } = await start()
  await cloud.control.change({ throttling: true })
  await expect(ec2.send(groups())).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } })
  await expect(pricing.send(prices())).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(sts.send(identity())).rejects.toMatchObject({ name: 'Throttling' })
  await expect(sts.send(identity())).rejects.toMatchObject({ name: 'Throttling' })
  await sts.send(identity())
  await expect(sts.send(identity())).rejects.toMatchObject({ name: 'Throttling' })
  await cloud.control.change({ throttling: false })
  await ec2.send(groups())
})

test('expired credentials are refused until they are good again', async () => {
  const { cloud, sts, ec2, pricing } = await start()
  await cloud.control.change({ credentialsExpired: true })
  await expect(sts.send(identity())).rejects.toMatchObject({ name: 'ExpiredToken', $metadata: { httpStatusCode: 403 } })
  await expect(ec2.send(groups())).rejects.toMatchObject({ name: 'RequestExpired' })
  await expect(pricing.send(prices())).rejects.toMatchObject({ name: 'ExpiredTokenException' })
  await cloud.control.change({ credentialsExpired: false })
  await sts.send(identity())
})

test('a fault befalls the calls that it was ordered for, as often as ordered', async () => {
  const { cloud, sts, ec2 } = await start()
  cloud.faults.order({ fault: { kind: 'broken', status: 503 }, service: 'ec2', action: 'DescribeSecurityGroups', times: 1 })
  await sts.send(identity())
  await expect(ec2.send(groups())).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 503 } })
  await ec2.send(groups())
  const takeOff = cloud.faults.order({ fault: { kind: 'dropped' }, service: 'sts' })
  await expect(sts.send(identity())).rejects.toThrow(/socket hang up|ECONNRESET/)
  await expect(sts.send(identity())).rejects.toThrow(/socket hang up|ECONNRESET/)
  takeOff()
  await sts.send(identity())
})

test('a late answer comes, unless the client has gone', async () => {
  const { cloud, sts } = await start()
  cloud.faults.order({ fault: { kind: 'late', milliseconds: 50 }, times: 1 })
  await sts.send(identity())
  cloud.faults.order({ fault: { kind: 'late', milliseconds: 60_000 }, times: 1 })
  await expect(sts.send(identity(), { abortSignal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'AbortError' })
})

test('an empty page has a token that brings what it should have held', async () => {
  const { cloud, ec2, pricing } = await start()
  cloud.faults.order({ fault: { kind: 'empty page' }, times: 2 })
  const first = await ec2.send(groups())
  expect(first.SecurityGroups).toEqual([])
  expect(first.NextToken).toEqual(expect.any(String))
  const empty = await pricing.send(prices())
  expect(empty.PriceList).toEqual([])
  const second = await ec2.send(new DescribeSecurityGroupsCommand({ NextToken: first.NextToken }))
  expect(second.SecurityGroups).toHaveLength(1)
  expect(second.NextToken).toBeUndefined()
  const page = await pricing.send(new GetProductsCommand({ ServiceCode: 'AmazonRDS', NextToken: empty.NextToken }))
  expect(page.PriceList).toHaveLength(100)
})

test('faults of Lambda are in its own words, and its empty page has a marker', async () => {
  const { cloud } = await start()
  const lambda = new LambdaClient({
    endpoint: cloud.endpoint,
    region: 'ca-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' },
  })
  const list = (Marker?: string) => lambda.send(new ListFunctionsCommand({ Marker }))
  const once = (fault: Fault) => cloud.faults.order({ fault, service: 'lambda', times: 1 })
  once({ kind: 'throttled' })
  await expect(list()).rejects.toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } })
  once({ kind: 'expired' })
  await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403 } })
  once({ kind: 'broken', status: 500 })
  await expect(list()).rejects.toMatchObject({ name: 'ServiceException' })
  once({ kind: 'empty page' })
  const { Functions, NextMarker } = await list()
  expect([Functions, typeof NextMarker]).toEqual([[], 'string'])
  expect((await list(NextMarker)).Functions).toHaveLength(1)
  lambda.destroy()
})
