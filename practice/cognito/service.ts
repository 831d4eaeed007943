import { AwsFault, type Params, type Service, type Tree } from '../api.ts'
import { account } from '../cloud.ts'
import { functionArn, postConfirmation } from '../lambda/function.ts'
import type { PoolUser, UserPoolState } from './state.ts'
import { poolId } from './user-pool.ts'

const poolName = 'cruddur-user-pool'
/** The most pools or users that Cognito puts on a page. */
const most = 60

/** Cognito, as far as the practice cloud has it: one user pool, to be looked at. */
export function createCognitoService(state: () => UserPoolState): Service {
  return {
    async call({ action, region, params }) {
      switch (action) {
        case 'ListUserPools':
          return listUserPools(region, params)
        case 'DescribeUserPool':
          requirePool(region, params)
          return { UserPool: describePool(state()) }
        case 'ListUsers':
          requirePool(region, params)
          return listUsers(params, state())
        default:
          throw new AwsFault('UnknownOperationException', `The practice cloud does not know ${action} of Cognito.`)
      }
    },
  }
}

const invalid = (message: string) => new AwsFault('InvalidParameterException', message)
const unfit = (value: string, name: string, constraint: string) =>
  invalid(`1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: Member must ${constraint}`)

function count(params: Params, name: string, least: number): number | undefined {
  const asked = params.whole(name)
  const member = name.charAt(0).toLowerCase() + name.slice(1)
  if (asked !== undefined && asked < least) throw unfit(`'${asked}'`, member, `have value greater than or equal to ${least}`)
  if (asked !== undefined && asked > most) throw unfit(`'${asked}'`, member, `have value less than or equal to ${most}`)
  return asked
}

function requirePool(region: string, params: Params): void {
  const id = params.text('UserPoolId')
  if (id === undefined) throw unfit('null', 'userPoolId', 'not be null')
  if (!/^[\w-]+_[0-9a-zA-Z]+$/.test(id)) throw unfit(`'${id}'`, 'userPoolId', 'satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+')
  if (region !== postConfirmation.region || id !== poolId)
    throw new AwsFault('ResourceNotFoundException', `User pool ${id} does not exist.`)
}

const triggers: Tree = { PostConfirmation: functionArn }

/** When the pool was made, before everybody in it. */
const times = { CreationDate: new Date(Date.UTC(2026, 0, 1)), LastModifiedDate: new Date(Date.UTC(2026, 0, 1)) }

function listUserPools(region: string, params: Params): Tree {
  if (count(params, 'MaxResults', 1) === undefined) throw unfit('null', 'maxResults', 'not be null')
  if (params.text('NextToken') !== undefined) throw invalid('Invalid pagination token.')
  if (region !== postConfirmation.region) return { UserPools: [] }
  return { UserPools: [{ Id: poolId, Name: poolName, LambdaConfig: triggers, ...times }] }
}

const describePool = (state: UserPoolState): Tree => ({
  Id: poolId,
  Name: poolName,
  Arn: `arn:aws:cognito-idp:${postConfirmation.region}:${account}:userpool/${poolId}`,
  LambdaConfig: triggers,
  ...times,
  AutoVerifiedAttributes: ['email'],
  UsernameAttributes: ['email'],
  MfaConfiguration: 'OFF',
  EstimatedNumberOfUsers: state.users.length,
  DeletionProtection: 'INACTIVE',
})

type Wanted = (user: PoolUser) => boolean

/** What a filter may name, and what of a user it is compared with. `status` is whether the user is enabled, as all are here. */
const filtered: Readonly<Record<string, (user: PoolUser) => string>> = {
  'cognito:user_status': ({ status }) => status,
  status: () => 'Enabled',
  sub: ({ sub }) => sub,
  username: ({ sub }) => sub,
  email: ({ email }) => email,
  name: ({ name }) => name,
  preferred_username: ({ handle }) => handle,
}
/** Their values may be written in any case. */
const anyCase = new Set(['cognito:user_status', 'email', 'username'])

/** The filter of ListUsers: `AttributeName Filter-Type "AttributeValue"`, where the type is `=` or `^=`. A quote in a value stands behind a backslash. */
function wantedBy(filter: string | undefined): Wanted {
  if (filter === undefined || filter.trim() === '') return () => true
  const [, name = '', type, value = ''] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/s.exec(filter) ?? []
  const of = Object.hasOwn(filtered, name) ? filtered[name] : undefined
  if (type === undefined) throw invalid('Error while parsing filter.')
  if (of === undefined) throw invalid(`Invalid search attribute: ${name}`)
  const read = (text: string) => (anyCase.has(name) ? text.toLowerCase() : text)
  const sought = read(value.replace(/\\(.)/gs, '$1'))
  return (user) => (type === '=' ? read(of(user)) === sought : read(of(user)).startsWith(sought))
}

/** The oldest first, so that the place after a user stays the same however many go or come. */
const place = ({ createdAt, sub }: PoolUser): string => `${String(createdAt).padStart(15, '0')} ${sub}`

function listUsers(params: Params, { users }: UserPoolState): Tree {
  const limit = count(params, 'Limit', 0) ?? most
  const token = params.text('PaginationToken')
  const filter = params.text('Filter')
  const after = token === undefined ? '' : readToken(token, filter)
  const found = users
    .filter(wantedBy(filter))
    .toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
    .filter((user) => place(user) > after)
  const page = found.slice(0, limit === 0 ? most : limit)
  const last = page.at(-1)
  return {
    Users: page.map(described),
    PaginationToken: last === undefined || found.length <= page.length ? undefined : writeToken(place(last), filter),
  }
}

/** A token is good for the question that brought it. */
const writeToken = (after: string, filter = ''): string => Buffer.from(JSON.stringify([after, filter])).toString('base64url')

function readToken(token: string, filter = ''): string {
  const text = Buffer.from(token, 'base64url').toString()
  const [, after, whose] = /^\["(\d{15} [\w-]+)",(".*")\]$/s.exec(text) ?? []
  if (after === undefined || whose !== JSON.stringify(filter)) throw invalid('Invalid pagination token.')
  return after
}

const described = ({ sub, email, name, handle, status, createdAt, modifiedAt }: PoolUser): Tree => ({
  Username: sub,
  Attributes: [
    ['email', email],
    ['email_verified', String(status === 'CONFIRMED')],
    ['name', name],
    ['preferred_username', handle],
    ['sub', sub],
  ].map(([Name, Value]) => ({ Name, Value })),
  UserCreateDate: new Date(createdAt),
  UserLastModifiedDate: new Date(modifiedAt),
  Enabled: true,
  UserStatus: status,
})
