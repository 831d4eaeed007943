import type { LogGroup as AwsLogGroup } from '@aws-sdk/client-cloudwatch-logs'
import type { FunctionConfiguration } from '@aws-sdk/client-lambda'
import { Failure, type Problem } from '../../preload/contract/errors.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { LogGroup } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import { listed } from '../aws/pages.ts'
import { problemOfLook } from './follow-state.ts'

/** 50 groups or functions stand on a page; more of either are not read for one list. */
const most = 1_000

export interface GroupsDeps {
  readonly aws: Pick<Aws, 'logs' | 'lambda'>
  /** LAMBDA_LOG_GROUP; null where it is not set. */
  readonly namedGroup: string | null
  readonly log: (text: string) => void
}

interface Listed<Item> {
  readonly items: readonly Item[]
  readonly cut: boolean
}

type ReadPage<Item> = (token: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }>

async function readPages<Item>(read: ReadPage<Item>): Promise<Listed<Item>> {
  const items: Item[] = []
  const seen = new Set<string>()
  let token: string | undefined
  while (items.length < most && seen.size < most / 50) {
    const answer = await read(token)
    for (const item of answer.items) items.push(item)
    if (items.length <= most && (answer.next === undefined || answer.next === '')) return { items, cut: false }
    // A token that comes twice goes round for ever.
    if (answer.next === undefined || seen.has(answer.next)) break
    seen.add(answer.next)
    token = answer.next
  }
  return { items: items.slice(0, most), cut: true }
}

/** What AWS lets groups and functions be called, and Lambda its runtimes. */
const namePattern = /^[.\-_/#A-Za-z0-9]{1,512}$/
const wordPattern = /^[\w.-]{1,60}$/

/** Fails with NOT_AWS where something is in the list that AWS lets nothing be called. */
function requireNames<Item>(items: readonly Item[], namesOf: (item: Item) => readonly unknown[], what: string): readonly Item[] {
  const isName = (name: unknown) => typeof name === 'string' && namePattern.test(name)
  if (items.every((item) => typeof item === 'object' && item !== null && namesOf(item).every(isName))) return items
  throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer holds what AWS would not tell. Something else answers.`)
}

const wholeOrNull = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null)
const wordOrNull = (value: unknown): string | null => (typeof value === 'string' && wordPattern.test(value) ? value : null)

async function listGroups({ aws }: GroupsDeps, place: Place, signal: AbortSignal): Promise<Listed<AwsLogGroup>> {
  const what = 'list the log groups'
  const { DescribeLogGroupsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
  return await readPages(async (nextToken) => {
    const answer = await aws.logs({ place, what, signal }, (client, options) =>
      client.send(new DescribeLogGroupsCommand({ nextToken, limit: 50 }), options),
    )
    return { items: requireNames(listed(answer.logGroups, what), ({ logGroupName }) => [logGroupName], what), next: answer.nextToken }
  })
}

async function listFunctions({ aws }: GroupsDeps, place: Place, signal: AbortSignal): Promise<Listed<FunctionConfiguration>> {
  const what = 'list the Lambda functions'
  const { ListFunctionsCommand } = await import('@aws-sdk/client-lambda')
  return await readPages(async (Marker) => {
    const answer = await aws.lambda({ place, what, signal }, (client, options) =>
      client.send(new ListFunctionsCommand({ Marker, MaxItems: 50 }), options),
    )
    return { items: requireNames(listed(answer.Functions, what), (one) => [one.FunctionName, groupOf(one)], what), next: answer.NextMarker }
  })
}

/** Where a function writes, unless it was told to write elsewhere. */
const groupOf = ({ FunctionName: name = '', LoggingConfig }: FunctionConfiguration) => LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`

/** The name of the function that Cognito calls: the journals' is `cruddur-post-confirmation`, others write it with other marks or none. */
const isPostConfirmation = (name: string) => /post[-_. ]?confirm/i.test(name)

/**
 * The log groups of a place and those that its functions will write to. What is refused of the two lists, the groups and the functions, is told in
 * `problems` beside the other; fails only where both are.
 */
export async function findGroups(deps: GroupsDeps, place: Place, search: string, signal: AbortSignal) {
  const [groups, functions] = await Promise.allSettled([listGroups(deps, place, signal), listFunctions(deps, place, signal)])
  if (groups.status === 'rejected' && functions.status === 'rejected') throw groups.reason
  const problems: Problem[] = []
  for (const one of [groups, functions]) {
    if (one.status === 'rejected') problems.push(problemOfLook(one.reason, 'list what writes logs', deps.log))
    else if (one.value.cut) problems.push(tooMany(one.value.items.length))
  }
  const found = new Map<string, LogGroup>()
  const groupsKnown = groups.status === 'fulfilled'
  for (const group of groupsKnown ? groups.value.items : []) {
    if (group.logGroupName !== undefined) found.set(group.logGroupName, ofGroup(group, group.logGroupName))
  }
  const wholeGroups = groupsKnown && !groups.value.cut
  for (const one of functions.status === 'fulfilled' ? functions.value.items : []) {
    const name = groupOf(one)
    // A group that could not be listed may well be there.
    const known = found.get(name) ?? notListed(name, !wholeGroups)
    // Several functions may write to one group; the first says whose it is.
    if (known.function === null) found.set(name, { ...known, function: toFunction(one) })
  }
  const named = deps.namedGroup
  if (named !== null && !found.has(named)) found.set(named, notListed(named, !wholeGroups))
  const marked = [...found.values()].map((group) => ({ ...group, isPostConfirmation: isTheOne(group, named) }))
  const wanted = search.trim().toLowerCase()
  const matches = ({ name, function: writer }: LogGroup) => `${name}\n${writer?.name ?? ''}`.toLowerCase().includes(wanted)
  return { groups: marked.filter(matches).sort(byUse), problems }
}

const isTheOne = ({ name, function: writer }: LogGroup, named: string | null) =>
  named === null ? isPostConfirmation(name) || isPostConfirmation(writer?.name ?? '') : name === named

/** The post-confirmation function's first, then by name. */
const byUse = (one: LogGroup, other: LogGroup) =>
  Number(other.isPostConfirmation) - Number(one.isPostConfirmation) || (one.name < other.name ? -1 : 1)

const tooMany = (count: number): Problem => {
  const { code, message } = new Failure('AWS', `The list ends after ${count}: there are more. Name the group where it is not among them.`)
  return { code, message }
}

const notListed = (name: string, exists: boolean): LogGroup => ({
  name,
  exists,
  function: null,
  retentionDays: null,
  storedBytes: null,
  logClass: null,
  isPostConfirmation: false,
})

const ofGroup = ({ retentionInDays, storedBytes, logGroupClass }: AwsLogGroup, name: string): LogGroup => ({
  name,
  exists: true,
  function: null,
  retentionDays: wholeOrNull(retentionInDays),
  storedBytes: wholeOrNull(storedBytes),
  logClass: wordOrNull(logGroupClass),
  isPostConfirmation: false,
})

const toFunction = ({ FunctionName = '', Runtime, MemorySize, Timeout }: FunctionConfiguration): NonNullable<LogGroup['function']> => ({
  name: FunctionName,
  runtime: wordOrNull(Runtime),
  memoryMb: wholeOrNull(MemorySize),
  timeoutSeconds: wholeOrNull(Timeout),
})

/** The post-confirmation function's group: the named one, else the first that is there and has its name, else one that will be. */
export async function findPostConfirmation(deps: GroupsDeps, place: Place, signal: AbortSignal): Promise<string | null> {
  if (deps.namedGroup !== null) return deps.namedGroup
  const { groups } = await findGroups(deps, place, '', signal)
  const ones = groups.filter((group) => group.isPostConfirmation)
  return (
    (ones.find(({ exists, function: writer }) => exists && writer !== null) ?? ones.find(({ exists }) => exists) ?? ones[0])?.name ?? null
  )
}
