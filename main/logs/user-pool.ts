import * as z from 'zod'
import { Failure } from '../../preload/contract/errors.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { listed } from '../aws/pages.ts'
import type { Source } from './hub.ts'

/** A confirmed user, as Cognito tells of it. */
export interface PoolUser {
  readonly sub: string
  readonly email: string | null
  readonly name: string | null
  /** `preferred_username`. */
  readonly handle: string | null
  readonly createdAt: number
  /** When it was confirmed, or last changed since. */
  readonly changedAt: number
}

export interface PoolAnswer {
  readonly name: string
  readonly users: readonly PoolUser[]
  /** There are more users than are read. */
  readonly cut: boolean
}

export interface UserPoolsDeps {
  readonly aws: Pick<Aws, 'cognito'>
  /** The function that writes to the group; null where none is known to. Fails as AWS does. */
  functionOf(place: Place, group: string, signal: AbortSignal): Promise<string | null>
  readonly now: () => number
}

/** Pools and users on a page, at most. */
const pageSize = 60
/** Each is a request. */
const mostPools = 60
const mostPages = 50
const rememberedMs = 10 * 60_000

interface Pool {
  readonly id: string
  readonly name: string
}

/** Asks Cognito who is confirmed in the pool whose post-confirmation trigger is the function of a log group. */
export function createUserPools({ aws, functionOf, now }: UserPoolsDeps) {
  const known = new Map<string, { readonly pool: Pool | null; readonly until: number }>()

  async function poolOf(source: Source, signal: AbortSignal): Promise<Pool | null> {
    const { place, group } = source
    const key = JSON.stringify([place.profile, place.region, group])
    const remembered = known.get(key)
    if (remembered !== undefined && remembered.until > now()) return remembered.pool
    const name = /^\/aws\/lambda\/([\w-]+)$/.exec(group)?.[1] ?? (await functionOf(place, group, signal))
    const pool = name === null ? null : await findPool(aws, place, name, signal)
    known.set(key, { pool, until: now() + rememberedMs })
    return pool
  }

  /** Users that were made, confirmed or changed since `from`; null where no pool calls the function. Fails as AWS does. */
  return async function confirmedUsers(source: Source, from: number, signal: AbortSignal): Promise<PoolAnswer | null> {
    const pool = await poolOf(source, signal)
    if (pool === null) return null
    const { ListUsersCommand } = await import('@aws-sdk/client-cognito-identity-provider')
    const what = `list the users of ${pool.name}`
    const asked = { UserPoolId: pool.id, Limit: pageSize, Filter: 'cognito:user_status = "CONFIRMED"' }
    const { items, cut } = await readPages(mostPages, Number.POSITIVE_INFINITY, async (PaginationToken) => {
      const command = new ListUsersCommand({ ...asked, PaginationToken })
      const answer = await aws.cognito({ place: source.place, what, signal, background: true }, (client, options) =>
        client.send(command, options),
      )
      // ListUsers cannot be asked for a range of time.
      const users = listed(answer.Users, what).flatMap((user) => toUser(user) ?? [])
      return { items: users.filter(({ createdAt, changedAt }) => Math.max(createdAt, changedAt) >= from), next: answer.PaginationToken }
    })
    return { name: pool.name, users: items, cut }
  }
}

async function findPool(aws: UserPoolsDeps['aws'], place: Place, functionName: string, signal: AbortSignal): Promise<Pool | null> {
  const { DescribeUserPoolCommand, ListUserPoolsCommand } = await import('@aws-sdk/client-cognito-identity-provider')
  const what = 'list the user pools'
  const { items } = await readPages(mostPages, mostPools, async (NextToken) => {
    const command = new ListUserPoolsCommand({ MaxResults: pageSize, NextToken })
    const answer = await aws.cognito({ place, what, signal, background: true }, (client, options) => client.send(command, options))
    return { items: listed(answer.UserPools, what), next: answer.NextToken }
  })
  let refused: Failure | null = null
  for (const { Id, Name } of items.slice(0, mostPools)) {
    if (Id === undefined) continue
    const pool = { id: Id, name: Name ?? Id }
    try {
      const call = { place, what: `look at the user pool ${pool.name}`, signal, background: true }
      const { UserPool } = await aws.cognito(call, (client, options) =>
        client.send(new DescribeUserPoolCommand({ UserPoolId: Id }), options),
      )
      // An ARN ends with the function's name, or with a version or an alias behind it.
      if (UserPool?.LambdaConfig?.PostConfirmation?.split(':')[6] === functionName) return pool
    } catch (error) {
      // Another pool may be allowed, and one may have gone since the list was made.
      if (!(error instanceof Failure) || error.data?.source === undefined || signal.aborted) throw error
      refused = error
    }
  }
  if (refused !== null) throw refused
  return null
}

interface Listed<Item> {
  readonly items: readonly Item[]
  readonly cut: boolean
}

type ReadPage<Item> = (token: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }>

/** Reads so many pages, or until there are so many items. */
async function readPages<Item>(pages: number, most: number, read: ReadPage<Item>): Promise<Listed<Item>> {
  const items: Item[] = []
  let token: string | undefined
  for (let page = 0; page < pages && items.length < most; page += 1) {
    const { items: more, next } = await read(token)
    for (const item of more) items.push(item)
    if (next === undefined || next === '') return { items, cut: false }
    token = next
  }
  return { items, cut: true }
}

const told = z.object({
  Attributes: z.array(z.object({ Name: z.string().optional(), Value: z.string().max(2_048).optional() })),
  UserCreateDate: z.date(),
  UserLastModifiedDate: z.date(),
})

/** Null where it is none that Cognito could tell of. */
function toUser(user: unknown): PoolUser | null {
  const { data } = told.safeParse(user)
  if (data === undefined) return null
  const value = (name: string): string | null => data.Attributes.find(({ Name }) => Name === name)?.Value || null
  const sub = value('sub')
  if (sub === null) return null
  return {
    sub,
    email: value('email'),
    name: value('name'),
    handle: value('preferred_username'),
    createdAt: data.UserCreateDate.getTime(),
    changedAt: data.UserLastModifiedDate.getTime(),
  }
}
