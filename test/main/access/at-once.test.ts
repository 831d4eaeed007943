import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, home, type Stage, startStage } from './stage.ts'

const environment = 'prod'
const other = { window: 'two', signal: new AbortController().signal }
const id = 'sgr-0123456789abcdef0'
const cafe = '198.51.100.77'
const peer = (value: string) => ({ kind: 'ipv4', value }) as const

test('two windows that press Allow at once make one rule, with one request', async () => {
  const stage = await startStage()
  stage.cloud.status.lag = 60
  const allow = (from: typeof call) => stage.service.allow({ environment }, from)
  const made = await Promise.all([allow(call), allow(other), allow(call)])
  expect(new Set(made.map(({ rule }) => rule)).size).toBe(1)
  expect(stage.cloud.inbound().map((rule) => [rule.id, rule.peer.value])).toEqual([[made[0].rule, `${home}/32`]])
  expect(stage.cloud.front.asked('AuthorizeSecurityGroupIngress')).toHaveLength(1)
  expect(stage.records).toMatchObject([{ action: 'Allow my address', outcome: 'done' }])
})

test.each([
  ['changes', 'WRONG_STATE', (stage: Stage) => stage.cloud.change(id, `${cafe}/32`), [`${cafe}/32`]],
  ['takes away', 'GONE', (stage: Stage) => stage.cloud.revoke(id), []],
] as const)('a rule that somebody %s between read and write is not written over', async (_, code, meddle, left) => {
  const stage = await startStage({ rds: { securityGroupRule: id }, rules: [{ id, description: 'GITPOD', peer: peer('198.51.100.9/32') }] })
  let reads = 0
  stage.cloud.front.answer('ec2', 'DescribeSecurityGroupRules', async (request) => {
    const answer = await stage.cloud.forward(request)
    reads += 1
    if (reads === 1) await meddle(stage)
    return answer
  })
  await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/^Nothing was changed: somebody else /),
  })
  expect(stage.cloud.inbound().map((rule) => rule.peer.value)).toEqual(left)
  expect(stage.cloud.front.asked('ModifySecurityGroupRules')).toEqual([])
  expect(stage.records).toMatchObject([{ outcome: 'failed' }])
})

test('a group with no room for another rule is told so, and nothing is left', async () => {
  const full = Array.from({ length: 60 }, (_, at) => ({ peer: peer(`198.51.100.${at + 1}/32`), description: `desk ${at + 1}` }))
  const stage = await startStage({ rules: full })
  const before = stage.cloud.inbound()
  await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({
    message: `AWS refused to allow ${home}/32 in ${stage.cloud.group} (RulesPerSecurityGroupLimitExceeded). AWS says: The maximum number of rules per security group has been reached. Take a rule away that nobody needs any more, then allow your address again.`,
    data: { source: { vendor: 'aws', code: 'RulesPerSecurityGroupLimitExceeded' } },
  })
  expect(stage.cloud.inbound()).toEqual(before)
  expect(stage.cloud.front.asked('AuthorizeSecurityGroupIngress')).toHaveLength(1)
  expect(stage.cloud.front.asked('RevokeSecurityGroupIngress')).toEqual([])
  expect(stage.records).toMatchObject([{ action: 'Allow my address', outcome: 'failed' }])
  expect(JSON.parse(await readFile(join(stage.stateFolder, 'access-journal.json'), 'utf8'))).toMatchObject({ entries: [] })
})
