import type { Params } from '../api.ts'
import { account } from '../cloud.ts'
import { invalid, noGroup, unfit } from './refusals.ts'

export const groupArn = (region: string, group: string) => `arn:aws:logs:${region}:${account}:log-group:${group}`
export const streamArn = (region: string, group: string, stream: string) => `${groupArn(region, group)}:log-stream:${stream}`

export function required(params: Params, name: string): string {
  const value = params.text(name)
  if (value === undefined) throw unfit(null, name, 'not be null')
  return value
}

export function groupName(params: Params, name = 'logGroupName'): string {
  return fitting(required(params, name), name, /^[.\-_/#A-Za-z0-9]+$/, '[\\.\\-_/#A-Za-z0-9]+')
}

export function streamName(params: Params): string {
  return fitting(required(params, 'logStreamName'), 'logStreamName', /^[^:*]*$/, '[^:*]*')
}

function fitting(value: string, name: string, pattern: RegExp, said: string): string {
  if (value.length < 1) throw unfit(value, name, 'have length greater than or equal to 1')
  if (value.length > 512) throw unfit(value, name, 'have length less than or equal to 512')
  if (!pattern.test(value)) throw unfit(value, name, `satisfy regular expression pattern: ${said}`)
  return value
}

/** The group that `logGroupName` or `logGroupIdentifier` names; exactly one of them is given. */
export function chosenGroup(params: Params, region: string): string {
  const name = params.text('logGroupName')
  const identifier = params.text('logGroupIdentifier')
  if (name !== undefined && identifier !== undefined) throw invalid('LogGroup name and identifier cannot be specified together.')
  if (name === undefined && identifier === undefined) throw invalid('Either LogGroup name or identifier must be specified.')
  if (identifier === undefined || !identifier.startsWith('arn:')) return identifier ?? groupName(params)
  return namedByArn(identifier, region)
}

/** The name in a group's ARN without `:*`. A group of another region or account is none here. */
export function namedByArn(arn: string, region: string): string {
  const parts = /^arn:aws:logs:([a-z0-9-]+):(\d{12}):log-group:([.\-_/#A-Za-z0-9]{1,512})$/.exec(arn)
  if (parts === null) throw invalid(`The specified log group identifier ${arn} is not valid.`)
  const [, where, whose, name = ''] = parts
  if (where !== region || whose !== account) throw noGroup()
  return name
}

export function whole(params: Params, name: string, from: number, to: number): number | undefined {
  const value = params.whole(name)
  if (value === undefined) return undefined
  if (value < from) throw unfit(value, name, `have value greater than or equal to ${from}`)
  if (value > to) throw unfit(value, name, `have value less than or equal to ${to}`)
  return value
}

/** A point in time, in milliseconds since 1970. */
export const time = (params: Params, name: string) => whole(params, name, 0, Number.MAX_SAFE_INTEGER)

export const unfitList = (name: string, length: string) => unfit('[...]', name, `have length ${length}`)
