import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../../../practice/ec2/state.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { call, home, instanceName, region, type Stage, startStage, written } from './stage.ts'

const environment = 'prod'
const cafe = '198.51.100.77'
const configured = 'sgr-0123456789abcdef0'

const onlyOne = (stage: Stage): Rule => {
  const [rule, ...others] = stage.cloud.inbound()
  if (rule === undefined || others.length > 0) throw new Error(`There are ${others.length + (rule ? 1 : 0)} rules`)
  return rule
}
const reach = (stage: Stage) => stage.access.reachOf(stage.environment, call.signal)
const now = async (stage: Stage) => {
  await stage.service.refresh({ environment }, call)
  return reach(stage)
}
const outcomes = (stage: Stage) => stage.records.map(({ action, outcome }) => [action, outcome])

describe('elsewhere', () => {
  test('the own rule follows this machine, and keeps all else', async () => {
    const stage = await startStage()
    const { rule } = await stage.service.allow({ environment }, call)
    const before = onlyOne(stage)
    stage.sources.say(cafe)
    expect(await now(stage)).toMatchObject({
      allowed: false,
      address: { address: cafe, before: home },
      rules: expect.arrayContaining([expect.objectContaining({ id: rule, mine: 'tag', stale: true, coversMe: false })]),
      plan: { before: expect.stringContaining(`${home}/32`), after: expect.stringContaining(`${cafe}/32`) },
    })
    const moved = await stage.service.allow({ environment }, call)
    expect(moved.rule).toBe(rule)
    expect(onlyOne(stage)).toEqual({ ...before, peer: { kind: 'ipv4', value: `${cafe}/32` } })
  })

  test('a configured rule of one address is changed, description and tags as they were', async () => {
    const stage = await startStage({
      rds: { securityGroupRule: configured },
      rules: [{ id: configured, description: 'GITPOD', tags: { team: 'data' } }],
    })
    const before = onlyOne(stage)
    expect((await reach(stage)).rules.find(({ id }) => id === configured)).toMatchObject({ mine: 'configured', stale: false })
    await stage.service.allow({ environment }, call)
    expect(onlyOne(stage)).toEqual({ ...before, peer: { kind: 'ipv4', value: `${home}/32` } })
    expect(stage.records[0]).toMatchObject({ before: expect.stringContaining('GITPOD'), text: expect.stringContaining('GITPOD') })
  })

  test('a configured rule that is not there is said, and nothing is made instead', async () => {
    const stage = await startStage({ rds: { securityGroupRule: configured } })
    await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({ code: 'GONE', data: { mend: 'open_settings' } })
    expect(await reach(stage)).toMatchObject({ plan: null, refusal: { code: 'GONE' } })
    expect(stage.cloud.inbound()).toEqual([])
  })

  test('where somebody else lets exactly this address in, nothing is made', async () => {
    const stage = await startStage({ rules: [{ peer: { kind: 'ipv4', value: `${home}/32` }, description: 'Mia' }] })
    expect(await stage.service.allow({ environment }, call)).toMatchObject({ sentence: expect.stringContaining('(Mia) lets') })
    expect(written(stage)).toEqual([])
  })

  test('a wide rule is no reason to go without one of one’s own', async () => {
    const stage = await startStage({ rules: [{ peer: { kind: 'ipv4', value: '0.0.0.0/0' } }] })
    expect(await reach(stage)).toMatchObject({ allowed: true, plan: { before: 'no rule of this machine' } })
    await stage.service.allow({ environment }, call)
    expect(stage.cloud.inbound().map(({ peer }) => peer.value)).toEqual(['0.0.0.0/0', `${home}/32`])
  })

  test('an address that was typed is taken as it is, and refused like any other', async () => {
    const stage = await startStage()
    stage.sources.say('<html>', '<html>')
    await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({ code: 'WRONG_STATE' })
    await expect(stage.service.allow({ environment, address: '10.0.0.1' }, call)).rejects.toMatchObject({ code: 'INVALID' })
    await stage.service.allow({ environment, address: cafe }, call)
    expect(onlyOne(stage).peer.value).toBe(`${cafe}/32`)
  })

  test('AWS shows a change after a while only', async () => {
    const stage = await startStage()
    stage.cloud.status.lag = 90
    const made = await stage.service.allow({ environment }, call)
    expect(made.sentence).toContain('The database answers')
    expect(onlyOne(stage).id).toBe(made.rule)
  })

  test('where the instance is stopped the rule stands, and that is said', async () => {
    const stage = await startStage()
    stage.cloud.status.is = 'stopped'
    await stage.database.shut()
    const made = await stage.service.allow({ environment }, call)
    expect(made.sentence).toContain(`${instanceName} is stopped; the rule stands`)
    expect(onlyOne(stage).id).toBe(made.rule)
  })

  test('what somebody else changes meanwhile is told', async () => {
    const stage = await startStage({ rules: [{ id: configured }] })
    stage.cloud.front.answer('ec2', 'AuthorizeSecurityGroupIngress', async (request) => {
      const answer = await stage.cloud.forward(request)
      await stage.cloud.revoke(configured)
      return answer
    })
    const made = await stage.service.allow({ environment }, call)
    expect(made.sentence).toContain(`Changed by somebody else meanwhile: ${configured}.`)
    expect(onlyOne(stage).id).toBe(made.rule)
  })

  test('two presses at once make one rule', async () => {
    const stage = await startStage()
    const [one, two] = await Promise.all([stage.service.allow({ environment }, call), stage.service.allow({ environment }, call)])
    expect(one.rule).toBe(two.rule)
    expect(onlyOne(stage).id).toBe(one.rule)
  })
})

describe('taking away', () => {
  test('the own rule goes at once, another by its typed id only', async () => {
    const stage = await startStage({ rules: [{ description: 'the office' }] })
    const { rule } = await stage.service.allow({ environment }, call)
    await stage.service.revoke({ environment, rule, confirm: null }, call)
    const other = onlyOne(stage)
    const revoke = (confirm: string | null) => stage.service.revoke({ environment, rule: other.id, confirm }, call)
    await expect(revoke(null)).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    await expect(revoke('the office')).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    await revoke(other.id)
    expect(stage.cloud.inbound()).toEqual([])
    expect(outcomes(stage)).toEqual([
      ['Allow my address', 'done'],
      ['Revoke rule', 'done'],
      ['Revoke rule', 'done'],
    ])
    expect(stage.records[2]?.before).toContain('the office')
    await expect(revoke(other.id)).rejects.toMatchObject({ code: 'GONE' })
  })

  test('a rule that lets out is none of these', async () => {
    const out = 'sgr-0fedcba9876543210'
    const stage = await startStage({ rules: [{ id: out, egress: true }] })
    expect((await reach(stage)).rules.map(({ id }) => id)).not.toContain(out)
    await expect(stage.service.revoke({ environment, rule: out, confirm: out }, call)).rejects.toMatchObject({ code: 'GONE' })
    expect(stage.cloud.front.asked('RevokeSecurityGroupIngress')).toEqual([])
  })

  test('a sweep takes own rules that are stale or expired, and no other', async () => {
    const stateFolder = await temporaryFolder()
    const first = await startStage({ stateFolder })
    await first.close()
    const { machine } = JSON.parse(await readFile(join(stateFolder, 'access.json'), 'utf8')) as { machine: string }
    const own = { 'basepair:machine': machine }
    const past = { 'basepair:expires': '2026-01-01T00:00:00Z' }
    const named = (id: number) => `sgr-0000000000000000${id}`
    const peer = (value: string) => ({ kind: 'ipv4', value }) as const
    const stage = await startStage({
      stateFolder,
      rds: { securityGroupRule: named(5) },
      rules: [
        { id: named(1), tags: own, peer: peer('198.51.100.1/32') },
        { id: named(2), tags: { ...own, ...past }, peer: peer(`${home}/32`) },
        { id: named(3), tags: { 'basepair:machine': 'another', ...past }, peer: peer('198.51.100.3/32') },
        { id: named(4), peer: peer('198.51.100.4/32') },
        { id: named(5), peer: peer('198.51.100.5/32') },
      ],
    })
    const { revoked } = await stage.service.sweep({ environment }, call)
    expect(revoked.toSorted()).toEqual([named(1), named(2)])
    expect(stage.cloud.inbound().map(({ id }) => id)).toEqual([named(3), named(4), named(5)])
  })

  test('where the address is not known nothing counts as stale', async () => {
    const stage = await startStage()
    await stage.service.allow({ environment }, call)
    stage.sources.say(home, '198.51.100.1')
    expect(await now(stage)).toMatchObject({ allowed: null, plan: null, address: { state: 'unknown' } })
    expect(await stage.service.sweep({ environment }, call)).toEqual({ revoked: [] })
    expect(stage.cloud.inbound()).toHaveLength(1)
  })
})

describe('by itself', () => {
  const options = { expiresAfterHours: 8, onStart: true, onChange: true }

  test('an own rule carries its end, and once past it is renewed', async () => {
    const stage = await startStage()
    await stage.service.options({ environment, options: { ...options, onStart: false, onChange: false } }, call)
    await stage.service.allow({ environment }, call)
    const ends = Date.parse(onlyOne(stage).tags['basepair:expires'] ?? '')
    expect(ends).toBeGreaterThan(Date.now() + 7 * 3_600_000)
    expect(ends).toBeLessThan(Date.now() + 9 * 3_600_000)
    const { id } = onlyOne(stage)
    await stage.cloud.tag(id, 'basepair:expires', '2026-01-01T00:00:00Z')
    expect(await stage.service.allow({ environment }, call)).toMatchObject({ rule: id, sentence: expect.stringContaining('renewed') })
    expect(Date.parse(onlyOne(stage).tags['basepair:expires'] ?? '')).toBeGreaterThanOrEqual(ends)
  })

  test('on start and on a change of network this machine is allowed, and it is written down', async () => {
    const stateFolder = await temporaryFolder()
    const first = await startStage({ stateFolder })
    await first.service.options({ environment, options }, call)
    await first.close()
    const stage = await startStage({ stateFolder, guard: 'guarded' })
    await stage.access.start()
    await expect.poll(() => stage.cloud.inbound().map(({ peer }) => peer.value)).toEqual([`${home}/32`])
    stage.sources.say(cafe)
    stage.access.wake()
    await expect.poll(() => stage.cloud.inbound().map(({ peer }) => peer.value)).toEqual([`${cafe}/32`])
    await expect
      .poll(() => outcomes(stage))
      .toEqual([
        ['Allow my address, by itself', 'done'],
        ['Allow my address, by itself', 'done'],
      ])
  })

  test('without the option nothing is done on start', async () => {
    const stage = await startStage()
    await stage.access.start()
    await reach(stage)
    expect(stage.cloud.front.requests.every(({ action }) => action.startsWith('Describe'))).toBe(true)
    expect(stage.records).toEqual([])
  })

  test('an expired rule of its own is swept when Basepair ends', async () => {
    const stage = await startStage()
    await stage.service.options({ environment, options: { ...options, onStart: false, onChange: false } }, call)
    const { rule } = await stage.service.allow({ environment }, call)
    await stage.cloud.tag(rule, 'basepair:expires', '2026-01-01T00:00:00Z')
    expect((await now(stage)).rules.find(({ id }) => id === rule)?.expiresAt).toBe('2026-01-01T00:00:00.000Z')
    await stage.close()
    expect(stage.cloud.inbound()).toEqual([])
  })
})

describe('the guard', () => {
  test('holds for every change, and for what would change things later', async () => {
    const stage = await startStage({ guard: 'guarded', rules: [{}] })
    const rule = onlyOne(stage).id
    const locked = { code: 'LOCKED' }
    const options = { expiresAfterHours: 1, onStart: true, onChange: true }
    await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject(locked)
    await expect(stage.service.revoke({ environment, rule, confirm: rule }, call)).rejects.toMatchObject(locked)
    await expect(stage.service.sweep({ environment }, call)).rejects.toMatchObject(locked)
    await expect(stage.service.options({ environment, options }, call)).rejects.toMatchObject(locked)
    // Naming the instance instead of the environment is no way around.
    const key = { profile: 'default', region, kind: 'instance', identifier: instanceName } as const
    await expect(stage.service.allow({ environment, key }, call)).rejects.toMatchObject(locked)
    expect(stage.cloud.front.requests.every(({ action }) => action.startsWith('Describe'))).toBe(true)
    expect(await reach(stage)).toMatchObject({ options: { onStart: false, expiresAfterHours: 0 } })
    stage.unlocked.is = true
    await stage.service.allow({ environment }, call)
  })
})

describe('what the page watches', () => {
  test('comes at once, then with the rules, and after each change', async () => {
    const stage = await startStage()
    const ending = new AbortController()
    const seen: (boolean | null)[] = []
    const watching = (async () => {
      for await (const one of stage.service.watch({ environment }, { window: 'one', signal: ending.signal })) seen.push(one.allowed)
    })()
    await expect.poll(() => seen.at(-1)).toBe(false)
    expect(seen[0]).toBeNull()
    await stage.service.allow({ environment }, call)
    await expect.poll(() => seen.at(-1)).toBe(true)
    ending.abort()
    await watching
  })

  test('what AWS does not say is a problem, and what it said before stays', async () => {
    const stage = await startStage()
    await reach(stage)
    stage.cloud.front.answer('ec2', 'DescribeSecurityGroupRules', { body: '<html>Sign in to Hotel</html>' })
    const later = await now(stage)
    expect(later).toMatchObject({ problem: { code: 'NOT_AWS' }, allowed: false })
    expect(later.instance).not.toBeNull()
    await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({ code: 'NOT_AWS' })
  })

  test('rules of every page are read, an empty one in the middle too', async () => {
    const stage = await startStage({ rules: [{ peer: { kind: 'ipv4', value: `${home}/32` } }] })
    let page = 0
    stage.cloud.front.answer('ec2', 'DescribeSecurityGroupRules', async (request) => {
      page += 1
      const answer = await stage.cloud.forward({ ...request, body: request.body.replace(/&NextToken=[^&]*/, '') })
      if (page > 2) return answer
      const body = `<DescribeSecurityGroupRulesResponse><requestId>1</requestId><nextToken>page-${page}</nextToken><securityGroupRuleSet/></DescribeSecurityGroupRulesResponse>`
      return { headers: answer.headers ?? {}, body }
    })
    expect(await reach(stage)).toMatchObject({ allowed: true })
    expect(page).toBe(3)
  })
})
