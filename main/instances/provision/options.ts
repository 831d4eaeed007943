import type { AvailabilityZone, SecurityGroup } from '@aws-sdk/client-ec2'
import { DescribeOrderableDBInstanceOptionsCommand, type OrderableDBInstanceOption } from '@aws-sdk/client-rds'
import type { Environment } from '../../../preload/contract/environments.ts'
import type { Place } from '../../../preload/contract/instances.ts'
import type { Creation, CreationOptions } from '../../../preload/contract/provision.ts'
import type { Aws } from '../../aws/aws.ts'
import { listed, readAll } from '../../aws/pages.ts'
import { majorOf, offeredVersions } from '../engine-support.ts'
import { type Part, partOf } from '../part.ts'

const engine = 'postgres'
/** The smallest classes, the cheapest first. */
const smallest = ['db.t4g.micro', 'db.t3.micro', 'db.t4g.small', 'db.t3.small', 'db.t4g.medium']
/** Chosen where AWS does not say what it offers; AWS then refuses what it does not have. */
const usualVersion = '17'

/** What can be chosen in a region, and the safe choices that the form begins with. A part that is denied is empty, with its reason. */
export async function optionsOf(
  aws: Pick<Aws, 'rds' | 'ec2'>,
  place: Place,
  inView: Environment | null,
  signal: AbortSignal,
): Promise<CreationOptions> {
  const [versions, zones, groups] = await Promise.all([
    partOf(offeredVersions(aws, place, engine, signal)),
    partOf(zonesOf(aws, place, signal)),
    partOf(groupsOf(aws, place, signal)),
  ])
  const offered = versions.known ? versions.value.toReversed() : []
  const version = newestFinal(offered) ?? usualVersion
  const classes = await partOf(classesOf(aws, place, offered.length === 0 ? undefined : version, signal))
  const parts: readonly Part<unknown>[] = [versions, classes, zones, groups]
  const instanceClasses = classes.known ? classes.value : []
  const securityGroups = groups.known ? groups.value : []
  return {
    engineVersions: offered,
    instanceClasses,
    availabilityZones: zones.known ? zones.value : [],
    securityGroups,
    defaults: {
      ...safeCreation,
      ...place,
      ...namesFor(inView),
      engineVersion: version,
      instanceClass: smallest.find((one) => instanceClasses.includes(one)) ?? instanceClasses[0] ?? 'db.t4g.micro',
    },
    unseen: [...new Set(parts.flatMap((part) => (part.known ? [] : [part.reason])))],
  }
}

/** The choices that a new instance begins with: closed, encrypted, backed up, and protected. */
const safeCreation = {
  // Not one of the names that are tried first.
  masterUser: 'console_owner',
  managePassword: false,
  port: 5432,
  storageGib: 20,
  storageType: 'gp3',
  encrypted: true,
  publiclyAccessible: false,
  multiAz: false,
  securityGroups: [],
  backupRetentionDays: 7,
  deletionProtection: true,
  iamAuthentication: true,
  performanceInsights: true,
  makeEnvironment: null,
} satisfies Partial<Creation>

/** Names that follow from the environment in view, as the journals name theirs: `cruddur` and `cruddur-db-instance`. */
function namesFor(inView: Environment | null): Pick<Creation, 'identifier' | 'database'> {
  const database = inView?.connection.database ?? ''
  if (!/^[a-z][a-z0-9]{0,40}$/.test(database) || database === 'postgres') return { identifier: 'basepair-db-instance', database: '' }
  return { identifier: `${database}-db-instance`, database }
}

/** Newest first, so that previews of the next major version, whose name says so, do not come before. */
const newestFinal = (versions: readonly string[]): string | undefined => versions.find((version) => /^\d+\.\d+$/.test(version))

async function classesOf(aws: Pick<Aws, 'rds'>, place: Place, version: string | undefined, signal: AbortSignal): Promise<string[]> {
  const what = version === undefined ? 'list the instance classes' : `list the instance classes for PostgreSQL ${majorOf(engine, version)}`
  const options = await readAll<OrderableDBInstanceOption>(what, async (token) => {
    const answer = await aws.rds({ place, what, signal }, (client, sending) =>
      client.send(
        new DescribeOrderableDBInstanceOptionsCommand({
          Engine: engine,
          EngineVersion: version,
          Vpc: true,
          MaxRecords: 100,
          Marker: token,
        }),
        sending,
      ),
    )
    return { items: listed(answer.OrderableDBInstanceOptions, what), next: answer.Marker }
  })
  return [...new Set(options.flatMap((one) => (one.DBInstanceClass === undefined ? [] : [one.DBInstanceClass])))].sort()
}

async function zonesOf(aws: Pick<Aws, 'ec2'>, place: Place, signal: AbortSignal): Promise<string[]> {
  const what = `list the availability zones of ${place.region}`
  const { DescribeAvailabilityZonesCommand } = await import('@aws-sdk/client-ec2')
  const answer = await aws.ec2({ place, what, signal }, (client, sending) => client.send(new DescribeAvailabilityZonesCommand({}), sending))
  // Local and Wavelength Zones are listed too where they are switched on; RDS takes them for few classes.
  const usable = (zone: AvailabilityZone) => zone.State !== 'unavailable' && (zone.ZoneType ?? 'availability-zone') === 'availability-zone'
  return listed(answer.AvailabilityZones, what)
    .filter(usable)
    .flatMap((zone) => (zone.ZoneName === undefined ? [] : [zone.ZoneName]))
    .sort()
}

async function groupsOf(aws: Pick<Aws, 'ec2'>, place: Place, signal: AbortSignal): Promise<CreationOptions['securityGroups']> {
  const what = `list the security groups of ${place.region}`
  const { DescribeSecurityGroupsCommand } = await import('@aws-sdk/client-ec2')
  const groups = await readAll<SecurityGroup>(what, async (token) => {
    const answer = await aws.ec2({ place, what, signal }, (client, sending) =>
      client.send(new DescribeSecurityGroupsCommand({ NextToken: token }), sending),
    )
    return { items: listed(answer.SecurityGroups, what), next: answer.NextToken }
  })
  return groups.flatMap((group) =>
    group.GroupId === undefined ? [] : [{ id: group.GroupId, name: group.GroupName ?? group.GroupId, vpc: group.VpcId ?? null }],
  )
}
