import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AwsAnswer, AwsRequest } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { call, home, type Stage, startStage, written } from './stage.ts'

const environment = 'prod'
const cafe = '198.51.100.77'
const id = 'sgr-0123456789abcdef0'
const was = '198.51.100.9/32'
const rds = { securityGroupRule: id }
const rules = [{ id, description: 'GITPOD', tags: { team: 'data' }, peer: { kind: 'ipv4', value: was } as const }]
const modify = 'ModifySecurityGroupRules'
const make = 'AuthorizeSecurityGroupIngress'
const writes = [modify, make, 'RevokeSecurityGroupIngress']

const sources = ({ cloud }: Stage) => cloud.inbound().map(({ peer }) => peer.value)
const standing = async (stateFolder: string) => {
  const { entries } = JSON.parse(await readFile(join(stateFolder, 'access-journal.json'), 'utf8')) as { entries: unknown[] }
  return entries.length
}
const outcomes = ({ records }: Stage) => records.map(({ action, outcome }) => [action, outcome])

/** The endpoint takes the write, and nobody hears from it again until it is well. */
function dieAfter(stage: Stage, action: string) {
  const { cloud } = stage
  const answerAll = (answer: (request: AwsRequest) => Promise<AwsAnswer>) => {
    for (const name of ['*', 'DescribeSecurityGroupRules', ...writes]) cloud.front.answer('ec2', name, answer)
  }
  cloud.front.answer('ec2', action, async (request) => {
    await cloud.forward(request)
    answerAll(async () => ({ trouble: 'reset' }))
    return { trouble: 'reset' }
  })
  return { heal: () => answerAll(cloud.forward) }
}

/** What a console leaves on disk that is killed right after its write. */
async function killedAfter(stage: Stage, action: string): Promise<string> {
  const left = await temporaryFolder()
  stage.cloud.front.answer('ec2', action, async (request) => {
    await cp(stage.stateFolder, left, { recursive: true })
    return stage.cloud.forward(request)
  })
  await stage.service.allow({ environment }, call)
  await stage.close()
  stage.cloud.front.answer('ec2', action, stage.cloud.forward)
  expect([await standing(stage.stateFolder), await standing(left)]).toEqual([0, 1])
  return left
}

describe('where AWS cannot be asked for longer than is waited', () => {
  test.each([
    ['a changed rule is as it was', modify, rules],
    ['a new rule is gone', make, []],
  ])('%s once it can be, without a click', { timeout: 90_000 }, async (_, action, there) => {
    const stage = await startStage({ rules: there, ...(there.length > 0 && { rds }) })
    const before = stage.cloud.inbound()
    const endpoint = dieAfter(stage, action)
    await expect(stage.service.allow({ environment }, call)).rejects.toThrow('It could not be put back')
    expect(sources(stage)).toEqual([`${home}/32`])
    // Nobody has to unlock anything for it.
    stage.unlocked.is = false
    endpoint.heal()
    await expect.poll(() => stage.cloud.inbound(), { timeout: 20_000 }).toEqual(before)
    await expect
      .poll(() => outcomes(stage), { timeout: 20_000 })
      .toEqual([
        ['Allow my address', 'failed'],
        ['Put back rule', 'done'],
      ])
    await expect.poll(() => standing(stage.stateFolder)).toBe(0)
  })

  test('the next start puts it back, though the database answers', { timeout: 90_000 }, async () => {
    const stage = await startStage({ rds, rules })
    const before = stage.cloud.inbound()
    const endpoint = dieAfter(stage, modify)
    await expect(stage.service.allow({ environment }, call)).rejects.toThrow('It could not be put back')
    await stage.close()
    endpoint.heal()
    expect(sources(stage)).toEqual([`${home}/32`])
    const next = await startStage({ rds, world: stage.world, stateFolder: stage.stateFolder, guard: 'guarded' })
    await next.access.start()
    await expect.poll(() => next.cloud.inbound(), { timeout: 20_000 }).toEqual(before)
    await expect.poll(() => outcomes(next)).toEqual([['Put back rule', 'done']])
    await expect.poll(() => standing(stage.stateFolder)).toBe(0)
  })
})

describe('a console that was killed between its write and its look', () => {
  test.each([
    ['changed', modify, rules],
    ['new', make, []],
  ])('leaves a %s rule that stays where it serves', async (_, action, there) => {
    const first = await startStage({ rules: there, ...(there.length > 0 && { rds }) })
    const stateFolder = await killedAfter(first, action)
    const stage = await startStage({ world: first.world, stateFolder, guard: 'guarded', ...(there.length > 0 && { rds }) })
    await stage.access.start()
    await expect
      .poll(() => stage.records)
      .toMatchObject([{ action: 'Keep my rule', text: expect.stringContaining('The database answers') }])
    await expect.poll(() => standing(stateFolder)).toBe(0)
    expect(sources(stage)).toEqual([`${home}/32`])
  })

  test.each([
    ['this machine is elsewhere', (stage: Stage) => stage.sources.say(cafe)],
    ['the database does not answer', (stage: Stage) => stage.database.hush()],
  ])('leaves one that goes back where %s', { timeout: 60_000 }, async (_, become) => {
    for (const [action, there] of [[modify, rules] as const, [make, []] as const]) {
      const first = await startStage({ rules: there, ...(there.length > 0 && { rds }) })
      const before = first.cloud.inbound()
      const stateFolder = await killedAfter(first, action)
      become(first)
      const stage = await startStage({ world: first.world, stateFolder, guard: 'guarded', ...(there.length > 0 && { rds }) })
      await stage.access.start()
      await expect.poll(() => stage.cloud.inbound(), { timeout: 10_000 }).toEqual(before)
      await expect.poll(() => outcomes(stage)).toEqual([['Put back rule', 'done']])
      await expect.poll(() => standing(stateFolder)).toBe(0)
    }
  })

  test('leaves alone what somebody else has changed since, and says so', async () => {
    const first = await startStage({ rds, rules })
    const stateFolder = await killedAfter(first, modify)
    await first.cloud.change(id, '198.51.100.50/32')
    const before = written(first)
    const stage = await startStage({ rds, world: first.world, stateFolder })
    await stage.access.start()
    await expect
      .poll(() => stage.records)
      .toMatchObject([{ outcome: 'cancelled', text: expect.stringContaining('no longer what Basepair wrote: the rule is now') }])
    await expect.poll(() => standing(stateFolder)).toBe(0)
    expect(sources(stage)).toEqual(['198.51.100.50/32'])
    expect(written(stage)).toEqual(before)
  })

  test('hands over to the next press, which goes back to where the first began', { timeout: 60_000 }, async () => {
    const first = await startStage({ rds, rules })
    const before = first.cloud.inbound()
    const stateFolder = await killedAfter(first, modify)
    first.sources.say(cafe)
    const stage = await startStage({ rds, world: first.world, stateFolder })
    stage.database.hush()
    await expect(stage.service.allow({ environment }, call)).rejects.toThrow('everything is as it was before')
    expect(stage.cloud.inbound()).toEqual(before)
    expect(stage.records.at(-1)).toMatchObject({ action: 'Allow my address', before: expect.stringContaining(was) })
    expect(await standing(stateFolder)).toBe(0)
  })
})
