import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { expect, test } from 'vitest'
import { practiceProfile } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { ec2Answer, queryAnswer, queryFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf, list, place, region, stage, well } from './stage.ts'

const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

test('each service is asked at the endpoint, in the name of the variables', async () => {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('rds', 'DescribeDBInstances', queryAnswer('DescribeDBInstances', '<DBInstances/>'))
  endpoint.answer('ec2', 'DescribeSecurityGroups', ec2Answer('DescribeSecurityGroups', '<securityGroupInfo/>'))
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables: keys })
  const instances = await aws.rds({ place, what: 'list the instances' }, (client, options) =>
    client.send(new DescribeDBInstancesCommand({}), options),
  )
  const groups = await aws.ec2({ place, what: 'list the groups' }, (client, options) =>
    client.send(new DescribeSecurityGroupsCommand({}), options),
  )
  expect(instances.DBInstances).toEqual([])
  expect(groups.SecurityGroups).toEqual([])
  expect(endpoint.requests.map(({ service, region, accessKeyId, action }) => ({ service, region, accessKeyId, action }))).toEqual([
    { service: 'rds', region, accessKeyId: keys.AWS_ACCESS_KEY_ID, action: 'DescribeDBInstances' },
    { service: 'ec2', region, accessKeyId: keys.AWS_ACCESS_KEY_ID, action: 'DescribeSecurityGroups' },
  ])
  aws.close()
})

test('the practice cloud is asked with its own keys', async () => {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('rds', 'DescribeDBInstances', queryAnswer('DescribeDBInstances', '<DBInstances/>'))
  const practice = { endpoint: endpoint.url, region, accessKeyId: 'AKIAPRACTICE00000000', secretAccessKey: 'practice' }
  const aws = createAws({ endpoint: null, practice, variables: keys })
  await aws.rds({ place: { profile: practiceProfile, region }, what: 'list the instances' }, (client, options) =>
    client.send(new DescribeDBInstancesCommand({}), options),
  )
  expect(endpoint.requests[0]?.accessKeyId).toBe('AKIAPRACTICE00000000')
  expect(aws.isAmazon(practiceProfile)).toBe(false)
  expect(aws.isAmazon('default')).toBe(true)
  aws.close()
})

test('whose credentials they are is asked once, and again after they failed', async () => {
  const { endpoint, aws } = await stage()
  const who = (name: string) => `<Arn>arn:aws:iam::123456789012:user/${name}</Arn><UserId>A</UserId><Account>123456789012</Account>`
  endpoint.answer('sts', 'GetCallerIdentity', queryAnswer('GetCallerIdentity', who('ann')), queryAnswer('GetCallerIdentity', who('bob')))
  const cancel = new AbortController()
  const first = aws.identity(place, cancel.signal)
  const second = aws.identity(place)
  cancel.abort()
  expect((await failureOf(first)).code).toBe('CANCELLED')
  expect((await second).arn).toMatch(/ann$/)
  expect((await aws.identity({ ...place, region: 'eu-west-1' })).arn).toMatch(/ann$/)
  expect(endpoint.requests.length).toBe(1)

  endpoint.answer('rds', 'DescribeDBInstances', queryFault('ExpiredToken', 'x', 403))
  await failureOf(list(aws))
  expect((await aws.identity(place)).arn).toMatch(/bob$/)
})

test('an answer that names no account is none of AWS', async () => {
  const { endpoint, aws } = await stage()
  endpoint.answer('sts', 'GetCallerIdentity', queryAnswer('GetCallerIdentity', '<UserId>A</UserId>'))
  expect((await failureOf(aws.identity(place))).code).toBe('NOT_AWS')
})

const server = { host: 'cruddur.c1.ca-central-1.rds.amazonaws.com', port: 5432, user: 'ann' }

test('a database token is signed here, for a quarter of an hour, for the server and user alone', async () => {
  const { endpoint, aws } = await stage()
  const token = new URL(`https://${await aws.databaseToken(place, server)}`)
  expect(token.host).toBe(`${server.host}:${server.port}`)
  expect(token.searchParams.get('Action')).toBe('connect')
  expect(token.searchParams.get('DBUser')).toBe('ann')
  expect(token.searchParams.get('X-Amz-Expires')).toBe('900')
  expect(token.searchParams.get('X-Amz-Credential')).toMatch(new RegExp(`^${keys.AWS_ACCESS_KEY_ID}/\\d{8}/${region}/rds-db/aws4_request$`))
  expect(endpoint.requests).toEqual([])
})

test('no token is made where the clock is wrong, or without credentials', async () => {
  const { endpoint, aws } = await stage()
  const date = new Date(Date.now() + 20 * 60_000).toUTCString()
  endpoint.answer('rds', 'DescribeDBInstances', { ...well, headers: { date } })
  await list(aws)
  expect(await failureOf(aws.databaseToken(place, server))).toMatchObject({
    code: 'CLOCK',
    message: expect.stringContaining('20 minutes behind'),
  })
  const without = createAws({ endpoint: endpoint.url, practice: null, variables: {} })
  expect((await failureOf(without.databaseToken({ ...place, profile: 'basepair-test-no-such' }, server))).code).toBe('CREDENTIALS')
})
