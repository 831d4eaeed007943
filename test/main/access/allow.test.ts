import { expect, test } from 'vitest'
import { call, home, startStage, written } from './stage.ts'

const environment = 'prod'

test('one rule for this address is made, and asked for again it is there already', async () => {
  const stage = await startStage()
  const before = await stage.access.reachOf(stage.environment, call.signal)
  expect(before.problem).toBeNull()
  expect(before).toMatchObject({ allowed: false, plan: { before: 'no rule of this machine' }, address: { state: 'known', address: home } })
  const made = await stage.service.allow({ environment }, call)
  expect(made.sentence).toContain('The database answers')
  const [rule, ...others] = stage.cloud.inbound()
  expect(others).toEqual([])
  expect(rule).toMatchObject({ id: made.rule, protocol: 'tcp', fromPort: stage.database.port, toPort: stage.database.port })
  expect(rule?.peer).toEqual({ kind: 'ipv4', value: `${home}/32` })
  expect(rule?.description).toMatch(/^Basepair \S+@\S+$/)
  expect(stage.records).toMatchObject([{ action: 'Allow my address', outcome: 'done', before: 'no rule of this machine' }])
  expect(stage.records[0]?.text).toContain(`${made.rule}: ${home}/32, tcp`)
  const again = await stage.service.allow({ environment }, call)
  expect(again).toMatchObject({ rule: made.rule, sentence: expect.stringContaining('already') })
  expect(written(stage)).toEqual([`${home}/32`])
  expect(await stage.access.reachOf(stage.environment, call.signal)).toMatchObject({ allowed: true, plan: null })
})
