import { type DBEngineVersion, DescribeDBEngineVersionsCommand, DescribeDBMajorEngineVersionsCommand } from '@aws-sdk/client-rds'
import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { listed, readAll } from '../aws/pages.ts'
import { knownPart, type Part, partOf, unknownPart } from './part.ts'

/** What is known of a major version's end. Dates as `2027-02-28`. */
export interface EngineSupport {
  /** The end of AWS' standard support, after which Extended Support is charged; null where it is not known. */
  readonly standardEndsAt: string | null
  /** The day after which the makers publish no fixes; null where it is not known. */
  readonly communityEndsAt: string | null
  readonly said: 'by AWS' | 'by the built-in calendar' | 'not known'
}

/**
 * By major version of RDS for PostgreSQL: the end of standard support, as Amazon's release calendar has it
 * (docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html),
 * and the final release, as postgresql.org/support/versioning has it.
 */
const postgresCalendar: Readonly<Record<string, readonly [standard: string, community: string]>> = {
  '11': ['2024-02-29', '2023-11-09'],
  '12': ['2025-02-28', '2024-11-21'],
  '13': ['2026-02-28', '2025-11-13'],
  '14': ['2027-02-28', '2026-11-12'],
  '15': ['2028-02-29', '2027-11-11'],
  '16': ['2029-02-28', '2028-11-09'],
  '17': ['2030-02-28', '2029-11-08'],
}

/** `14` of `14.6`; MySQL and MariaDB count two numbers: `8.0` of `8.0.39`. */
export function majorOf(engine: string, version: string): string {
  const parts = version.split('.')
  const two = !engine.includes('postgres') || (Number(parts[0]) < 10 && Number(parts[0]) > 0)
  return parts.slice(0, two ? 2 : 1).join('.')
}

/** Compares versions number by number: 14.10 comes after 14.9. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [numbers(one), numbers(other)]
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** What the built-in calendar has for an engine; nothing where it has nothing. */
export function calendarOf(engine: string, version: string): EngineSupport {
  const entry = engine === 'postgres' ? postgresCalendar[majorOf(engine, version)] : undefined
  return entry === undefined
    ? { standardEndsAt: null, communityEndsAt: null, said: 'not known' }
    : { standardEndsAt: entry[0], communityEndsAt: entry[1], said: 'by the built-in calendar' }
}

/** When support of an instance's major version ends: as AWS says, otherwise by the built-in calendar. */
export async function engineSupport(
  aws: Pick<Aws, 'rds'>,
  place: Place,
  engine: string,
  version: string,
  signal?: AbortSignal,
): Promise<{ readonly support: EngineSupport; readonly unseen: string | null }> {
  const calendar = calendarOf(engine, version)
  const major = majorOf(engine, version)
  const what = `ask when support of ${engine} ${major} ends`
  const answer = await partOf(
    aws.rds({ place, what, signal }, (client, options) =>
      client.send(new DescribeDBMajorEngineVersionsCommand({ Engine: engine, MajorEngineVersion: major }), options),
    ),
  )
  if (!answer.known) return { support: calendar, unseen: answer.reason }
  const lifecycles = answer.value.DBMajorEngineVersions?.find((one) => one.MajorEngineVersion === major)?.SupportedEngineLifecycles
  const standard = lifecycles?.find((one) => one.LifecycleSupportName === 'open-source-rds-standard-support')?.LifecycleSupportEndDate
  return standard === undefined
    ? { support: calendar, unseen: null }
    : { support: { ...calendar, standardEndsAt: standard.toISOString().slice(0, 10), said: 'by AWS' }, unseen: null }
}

/** The versions of an engine that AWS offers now, oldest first. Fails as AWS does. */
export async function offeredVersions(aws: Pick<Aws, 'rds'>, place: Place, engine: string, signal?: AbortSignal): Promise<string[]> {
  const what = `list the versions of ${engine}`
  const found = await readAll<DBEngineVersion>(what, async (token) => {
    const answer = await aws.rds({ place, what, signal }, (client, options) =>
      client.send(new DescribeDBEngineVersionsCommand({ Engine: engine, MaxRecords: 100, Marker: token }), options),
    )
    return { items: listed(answer.DBEngineVersions, what), next: answer.Marker }
  })
  const versions = found.flatMap((one) => (one.EngineVersion === undefined ? [] : [one.EngineVersion]))
  return [...new Set(versions)].sort(compareVersions)
}

/** The newest minor version above this one; null where none is offered. Unknown where AWS offers nothing of this major version at all. */
export function newerMinor(engine: string, version: string, offered: Part<readonly string[]>): Part<string | null> {
  if (!offered.known) return offered
  const major = majorOf(engine, version)
  const same = offered.value.filter((one) => majorOf(engine, one) === major)
  const newest = same.at(-1)
  if (newest === undefined) return unknownPart(`AWS lists no version of ${engine} ${major} any more.`)
  return knownPart(compareVersions(newest, version) > 0 ? newest : null)
}
