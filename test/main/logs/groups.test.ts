import { describe, expect, test } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import { findGroups, findPostConfirmation } from '../../../main/logs/groups.ts'
import { type AwsAnswer, jsonAnswer, jsonFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf, limits, place, variables } from '../aws/stage.ts'

const signal = new AbortController().signal
const arn = (name: string) => `arn:aws:logs:ca-central-1:123456789012:log-group:${name}`
const group = (name: string, more: object = {}) => ({
  logGroupName: name,
  arn: `${arn(name)}:*`,
  logGroupArn: arn(name),
  storedBytes: 1_024,
  logGroupClass: 'STANDARD',
  ...more,
})
const writer = (name: string, more: object = {}) => ({ FunctionName: name, Runtime: 'python3.12', MemorySize: 128, Timeout: 3, ...more })
const groupsAnswer = (groups: readonly object[], nextToken?: string) => jsonAnswer({ logGroups: groups, nextToken })
const functionsAnswer = (functions: readonly object[], NextMarker?: string): AwsAnswer => jsonAnswer({ Functions: functions, NextMarker })
const denied = (action: string) =>
  jsonFault('AccessDeniedException', `User: arn:aws:iam::123456789012:user/x is not authorized to perform: ${action} on resource: *`, 403)

async function stage(namedGroup: string | null = null) {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables }, limits)
  const deps = { aws, namedGroup, log: () => {} }
  endpoint.answer('logs', 'DescribeLogGroups', groupsAnswer([]))
  endpoint.answer('lambda', '*', functionsAnswer([]))
  return { endpoint, deps, find: (search = '') => findGroups(deps, place, search, signal) }
}

describe('choosing a group', () => {
  test('groups and functions are joined over all pages; a function that never ran has a group to come', async () => {
    const { endpoint, find } = await stage()
    endpoint.answer(
      'logs',
      'DescribeLogGroups',
      groupsAnswer([group('/aws/lambda/a', { retentionInDays: 7 })], 'one'),
      groupsAnswer([], 'two'),
      groupsAnswer([group('/ecs/web'), group('/custom/b', { logGroupClass: 'INFREQUENT_ACCESS' })]),
    )
    endpoint.answer(
      'lambda',
      '*',
      functionsAnswer([writer('a')], 'more'),
      functionsAnswer([writer('b', { LoggingConfig: { LogGroup: '/custom/b' } }), writer('never-ran')]),
    )
    const { groups, problems } = await find()
    expect(problems).toEqual([])
    expect(groups.map(({ name, exists, function: by }) => [name, exists, by?.name])).toEqual([
      ['/aws/lambda/a', true, 'a'],
      ['/aws/lambda/never-ran', false, 'never-ran'],
      ['/custom/b', true, 'b'],
      ['/ecs/web', true, undefined],
    ])
    expect(groups[0]).toMatchObject({
      retentionDays: 7,
      storedBytes: 1_024,
      function: { runtime: 'python3.12', memoryMb: 128, timeoutSeconds: 3 },
    })
    expect(groups[2]?.logClass).toBe('INFREQUENT_ACCESS')
  })

  test('the search knows no case', async () => {
    const { endpoint, find } = await stage()
    endpoint.answer('logs', 'DescribeLogGroups', groupsAnswer([group('/aws/lambda/Cruddur-A'), group('/ecs/web')]))
    expect((await find('cRUDDUR')).groups.map(({ name }) => name)).toEqual(['/aws/lambda/Cruddur-A'])
  })

  test.each(['cruddur-post-confirmation', 'CruddurPostConfirmation', 'post_confirmation_lambda'])('%s is found by itself', async (name) => {
    const { endpoint, deps, find } = await stage()
    endpoint.answer('lambda', '*', functionsAnswer([writer('another'), writer(name)]))
    expect((await find()).groups[0]).toMatchObject({ name: `/aws/lambda/${name}`, isPostConfirmation: true, exists: false })
    expect(await findPostConfirmation(deps, place, signal)).toBe(`/aws/lambda/${name}`)
  })

  test('the named group comes before what a name tells', async () => {
    const { endpoint, deps, find } = await stage('/my/own')
    endpoint.answer('lambda', '*', functionsAnswer([writer('cruddur-post-confirmation')]))
    expect((await find()).groups.map(({ name, isPostConfirmation }) => [name, isPostConfirmation])).toEqual([
      ['/my/own', true],
      ['/aws/lambda/cruddur-post-confirmation', false],
    ])
    expect(await findPostConfirmation(deps, place, signal)).toBe('/my/own')
  })

  test('one list refused leaves the other, with the permission that is missing', async () => {
    const { endpoint, find } = await stage()
    endpoint.answer('logs', 'DescribeLogGroups', groupsAnswer([group('/aws/lambda/a')]))
    endpoint.answer('lambda', '*', denied('lambda:ListFunctions'))
    const first = await find()
    expect(first.groups.map(({ name }) => name)).toEqual(['/aws/lambda/a'])
    expect(first.problems).toMatchObject([{ code: 'FORBIDDEN', message: expect.stringContaining('lambda:ListFunctions') }])
    endpoint.answer('logs', 'DescribeLogGroups', jsonFault('AccessDeniedException', 'No.', 400))
    endpoint.answer('lambda', '*', functionsAnswer([writer('a')]))
    const second = await find()
    // Whether it is there is not known; that it is not would be a guess.
    expect(second.groups).toMatchObject([{ name: '/aws/lambda/a', exists: true }])
    expect(second.problems).toMatchObject([{ code: 'FORBIDDEN', message: expect.stringContaining('logs:DescribeLogGroups') }])
    endpoint.answer('lambda', '*', denied('lambda:ListFunctions'))
    expect(await failureOf(find())).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a list that does not end is cut and told', async () => {
    const { endpoint, find } = await stage()
    let page = 0
    endpoint.answer('logs', 'DescribeLogGroups', () => groupsAnswer([group(`/g/${page}`)], `token-${page++}`))
    const { groups, problems } = await find()
    expect(groups.length).toBe(page)
    expect(problems).toMatchObject([{ code: 'AWS', message: expect.stringContaining(`${page}`) }])
  })

  test('a portal page is no empty list', async () => {
    const { endpoint, find } = await stage()
    const portal = { headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><html>Sign in</html>' }
    endpoint.answer('lambda', '*', portal)
    expect((await find()).problems).toMatchObject([{ code: 'NOT_AWS' }])
    endpoint.answer('logs', 'DescribeLogGroups', portal)
    expect(await failureOf(find())).toMatchObject({ code: 'NOT_AWS' })
  })
})
