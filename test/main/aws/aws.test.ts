import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { expect, test } from 'vitest'
import { practiceProfile } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { ec2Answer, queryAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'

const region = 'ca-central-1'
const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

test('each service is asked at the endpoint, in the name of the variables', async () => {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('rds', 'DescribeDBInstances', queryAnswer('DescribeDBInstances', '<DBInstances/>'))
  endpoint.answer('ec2', 'DescribeSecurityGroups', ec2Answer('DescribeSecurityGroups', '<securityGroupInfo/>'))
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables: keys })
  const place = { profile: 'default', region }
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
