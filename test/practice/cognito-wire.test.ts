import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { startServices } from './services.ts'

/** The practice user pool as the SDK sees it. */

const UserPoolId = 'ca-central-1_Practice1'
const attribute = ({ Attributes }: UserType, name: string) => Attributes?.find(({ Name }) => Name === name)?.Value

async function start(folder: string, region = 'ca-central-1') {
  const services = await startServices(folder)
  const credentials = { accessKeyId: 'practice', secretAccessKey: 'practice' }
  const client = new CognitoIdentityProviderClient({ endpoint: services.endpoint, region, maxAttempts: 1, credentials })
  onTestFinished(() => client.destroy())
  const list = (more: object = {}) => client.send(new ListUsersCommand({ UserPoolId, ...more }))
  const emails = async (Filter: string) => ((await list({ Filter })).Users ?? []).map((user) => attribute(user, 'email')).sort()
  return { ...services, client, list, emails }
}
const person = (handle: string) => ({ name: `${handle} O'Brien`, email: `${handle}@example.com`, handle })

test('the pool names its trigger, and is the same after a restart', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  const { UserPools } = await first.client.send(new ListUserPoolsCommand({ MaxResults: 60 }))
  expect(UserPools?.map(({ Id, Name }) => [Id, Name])).toEqual([[UserPoolId, 'cruddur-user-pool']])
  await first.pool.signUp(person('ada'))
  await first.close()
  const again = await start(folder)
  const { UserPool } = await again.client.send(new DescribeUserPoolCommand({ UserPoolId }))
  expect(UserPool).toMatchObject({
    Id: UserPoolId,
    Name: 'cruddur-user-pool',
    LambdaConfig: { PostConfirmation: 'arn:aws:lambda:ca-central-1:123456789012:function:cruddur-post-confirmation' },
    EstimatedNumberOfUsers: 1,
  })
  expect((await again.list()).Users?.map((user) => attribute(user, 'email'))).toEqual(['ada@example.com'])
})

test('users are told with their attributes, and confirming is a change of theirs', async () => {
  const { pool, list, emails } = await start(await temporaryFolder())
  const before = Date.now()
  const { sub } = await pool.signUp(person('ada'))
  await pool.signUp(person('grace'))
  await pool.confirm(sub)
  const { Users: [ada] = [], PaginationToken } = await list({ Filter: `sub = "${sub}"` })
  expect(PaginationToken).toBeUndefined()
  expect(ada).toMatchObject({ Username: sub, Enabled: true, UserStatus: 'CONFIRMED' })
  expect(['sub', 'email', 'name', 'preferred_username', 'email_verified'].map((name) => ada && attribute(ada, name))).toEqual([
    sub,
    'ada@example.com',
    "ada O'Brien",
    'ada',
    'true',
  ])
  expect(ada?.UserCreateDate?.getTime()).toBeGreaterThanOrEqual(before)
  expect(ada?.UserLastModifiedDate?.getTime()).toBeGreaterThanOrEqual(ada?.UserCreateDate?.getTime() ?? Number.POSITIVE_INFINITY)
  expect(await emails('cognito:user_status = "CONFIRMED"')).toEqual(['ada@example.com'])
  expect(await emails('cognito:user_status = "unconfirmed"')).toEqual(['grace@example.com'])
  expect(await emails('status = "Enabled"')).toEqual(['ada@example.com', 'grace@example.com'])
  expect(await emails('email ^= "GR"')).toEqual(['grace@example.com'])
  expect(await emails('email = "nobody@example.com"')).toEqual([])
})

test('pages end, each user is on one of them, and a token is good for its own question', async () => {
  const { pool, list } = await start(await temporaryFolder())
  for (let count = 0; count < 7; count += 1) await pool.signUp(person(`user${count}`))
  const seen: (string | undefined)[] = []
  let PaginationToken: string | undefined
  do {
    const answer = await list({ Limit: 3, PaginationToken })
    seen.push(...(answer.Users ?? []).map(({ Username }) => Username))
    if (PaginationToken === undefined) {
      await expect(list({ Filter: 'email ^= "u"', PaginationToken: answer.PaginationToken })).rejects.toMatchObject({
        name: 'InvalidParameterException',
      })
    }
    PaginationToken = answer.PaginationToken
  } while (PaginationToken !== undefined)
  expect(seen.length).toBe(7)
  expect(new Set(seen).size).toBe(7)
})

test('what Cognito would refuse is refused in its words', async () => {
  const { client, list, faults } = await start(await temporaryFolder())
  const refused = (request: Promise<unknown>, name: string) => expect(request).rejects.toMatchObject({ name })
  await refused(client.send(new DescribeUserPoolCommand({ UserPoolId: 'ca-central-1_Nobody' })), 'ResourceNotFoundException')
  await refused(list({ UserPoolId: 'ca-central-1_Nobody' }), 'ResourceNotFoundException')
  await refused(client.send(new ListUserPoolsCommand({ MaxResults: 61 })), 'InvalidParameterException')
  await refused(list({ Limit: 61 }), 'InvalidParameterException')
  await refused(list({ Filter: 'email' }), 'InvalidParameterException')
  await refused(list({ Filter: 'shoe = "42"' }), 'InvalidParameterException')
  await refused(list({ PaginationToken: 'nonsense' }), 'InvalidParameterException')
  const once = (kind: 'throttled' | 'expired' | 'empty page') => faults.order({ fault: { kind }, service: 'cognito-idp', times: 1 })
  once('throttled')
  await refused(list(), 'TooManyRequestsException')
  once('expired')
  await refused(list(), 'ExpiredTokenException')
  once('empty page')
  const { Users, PaginationToken } = await list()
  expect([Users, typeof PaginationToken]).toEqual([[], 'string'])
  const { client: elsewhere } = await start(await temporaryFolder(), 'us-east-1')
  expect((await elsewhere.send(new ListUserPoolsCommand({ MaxResults: 1 }))).UserPools).toEqual([])
})
