import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { Place } from '../../../preload/contract/instances.ts'
import { queryAnswer, queryFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { list, place, stage, well } from './stage.ts'

const identity = (account: string) =>
  queryAnswer('GetCallerIdentity', `<Arn>arn:aws:iam::${account}:user/ann</Arn><UserId>A</UserId><Account>${account}</Account>`)

test('what the user asks for goes before what is looked at by itself', async () => {
  const { endpoint, aws } = await stage(10_000)
  endpoint.answer('rds', 'DescribeDBInstances', well)
  endpoint.answer('sts', 'GetCallerIdentity', identity('123456789012'))
  const looks = Array.from({ length: 65 }, () => list(aws, { background: true }))
  await Promise.all([...looks, list(aws, { what: 'look now', place: { ...place, region: 'eu-west-1' } })])
  const turn = endpoint.requests.findIndex(({ region }) => region === 'eu-west-1')
  expect(endpoint.requests.length).toBe(66)
  // Those of the first second are already on their way when the user asks; the last of the background's go in the fourth.
  expect(turn).toBeLessThan(41)
})

test('throttling is told, and slows the calls of this account alone', async () => {
  const { endpoint, aws } = await stage(10_000)
  endpoint.answer('rds', 'DescribeDBInstances', queryFault('Throttling', 'Rate exceeded'), well)
  expect(aws.isThrottled(place)).toBe(false)
  await list(aws)
  expect(aws.isThrottled(place)).toBe(true)
  expect(aws.isThrottled({ ...place, profile: 'other' })).toBe(false)
  await Promise.all([list(aws), list(aws), list(aws)])
  expect(endpoint.requests.length).toBe(5)
})

test('profiles of one account share its budget once it is known', async () => {
  const endpoint = await startAwsEndpoint()
  const home = await temporaryFolder()
  const file = join(home, 'credentials')
  const section = (name: string) => `[${name}]\naws_access_key_id = AKIA${name.toUpperCase()}\naws_secret_access_key = s\n`
  await writeFile(file, ['ann', 'bob', 'eve'].map(section).join(''))
  const variables = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(home, 'config') }
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables })
  onTestFinished(() => aws.close())
  const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((profile) => ({ ...place, profile })) as [Place, Place, Place]
  endpoint.answer('sts', 'GetCallerIdentity', ({ accessKeyId }) => identity(accessKeyId === 'AKIAEVE' ? '210987654321' : '123456789012'))
  endpoint.answer('rds', 'DescribeDBInstances', queryFault('Throttling', 'Rate exceeded'), well)
  expect(await Promise.all([ann, bob, eve].map(async (one) => (await aws.identity(one)).account))).toEqual([
    '123456789012',
    '123456789012',
    '210987654321',
  ])
  await list(aws, { place: ann })
  expect([ann, bob, eve].map((one) => aws.isThrottled(one))).toEqual([true, true, false])
})

test('a turn that does not come within the time limit is told as throttling, and is not sent', async () => {
  const { endpoint, aws } = await stage(2500)
  endpoint.answer('rds', 'DescribeDBInstances', queryFault('Throttling', 'Rate exceeded'), well)
  await list(aws)
  const before = endpoint.requests.length
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => list(aws)))
  const refused = asked.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code)
  expect(refused.length).toBeGreaterThan(0)
  expect(new Set(refused)).toEqual(new Set(['THROTTLED']))
  expect(endpoint.requests.length - before).toBe(12 - refused.length)
})
