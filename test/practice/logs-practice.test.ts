import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { forgetPractice } from '../../practice/index.ts'
import { temporaryFolder } from '../support/folders.ts'
import { clientOf, startCloud } from './cloud.ts'

test('the practice cloud keeps its logs over a restart, and forgets them when it is forgotten', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  const names = async (made: readonly string[]) => {
    const { practice } = await startCloud(folder)
    const client = clientOf(practice, CloudWatchLogsClient)
    for (const logGroupName of made) await client.send(new CreateLogGroupCommand({ logGroupName }))
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/kept/' }))
    await practice.close()
    return logGroups.map(({ logGroupName }) => logGroupName)
  }
  expect(await names(['/kept/one', '/kept/two'])).toEqual(['/kept/one', '/kept/two'])
  expect(await names([])).toEqual(['/kept/one', '/kept/two'])
  await forgetPractice(folder)
  expect(await names([])).toEqual([])
})
