import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2'
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, type VpcSecurityGroupMembership } from '@aws-sdk/client-rds'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey, Place } from '../../preload/contract/instances.ts'
import type { Aws, AwsCall } from '../aws/aws.ts'
import { listed, readAll } from '../aws/pages.ts'
import { sameIdentifier } from '../environments/instance-guard.ts'

export interface Group {
  readonly id: string
  readonly name: string
  readonly vpc: string | null
}

/** An instance as far as reaching it goes. */
export interface Server {
  readonly key: InstanceKey
  readonly status: string
  /** Null until AWS has given it one. */
  readonly endpoint: { readonly host: string; readonly port: number } | null
  readonly publiclyAccessible: boolean
  /** Whether it can be reached over IPv6 too. */
  readonly dualStack: boolean
  readonly groups: readonly string[]
  /** The cluster of a member, the members of a cluster. */
  readonly kin: readonly string[]
}

/** What AWS says of an instance and of whom its groups let in. */
export interface Look {
  readonly server: Server
  readonly groups: readonly Group[]
  /** Inbound only, every page, as AWS wrote them. */
  readonly rules: readonly SecurityGroupRule[]
  readonly at: string
}

export interface Asking {
  readonly signal?: AbortSignal | undefined
  readonly background?: boolean | undefined
}

/** Asks AWS about one instance and its groups. Fails as AWS does, GONE where there is no such instance. */
export async function look(aws: Aws, key: InstanceKey, asking: Asking = {}): Promise<Look> {
  const place: Place = { profile: key.profile, region: key.region }
  const server = await readServer(aws, key, { place, what: `read ${key.identifier}`, ...asking })
  if (server.groups.length === 0) return { server, groups: [], rules: [], at: new Date().toISOString() }
  const [groups, rules] = await Promise.all([readGroups(aws, place, server.groups, asking), readRules(aws, place, server.groups, asking)])
  return { server, groups, rules, at: new Date().toISOString() }
}

const missing = (key: InstanceKey) =>
  new Failure('GONE', `${key.profile} has no ${key.kind} ${key.identifier} in ${key.region}. Look at the instances.`, {
    mend: 'open_instances',
  })

/** Asks AWS about the instance alone. Fails as `look` does. */
export async function readServer(aws: Aws, key: InstanceKey, call: AwsCall): Promise<Server> {
  return key.kind === 'instance' ? readInstance(aws, key, call) : readCluster(aws, key, call)
}

async function readInstance(aws: Aws, key: InstanceKey, call: AwsCall): Promise<Server> {
  const { DBInstances } = await aws.rds(call, (client, options) =>
    client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: key.identifier }), options),
  )
  const found = listed(DBInstances, call.what).find((one) => sameIdentifier(one.DBInstanceIdentifier, key.identifier))
  if (found === undefined) throw missing(key)
  const { Endpoint, VpcSecurityGroups, DBInstanceStatus, PubliclyAccessible, NetworkType, DBClusterIdentifier } = found
  return {
    key,
    status: DBInstanceStatus ?? 'unknown',
    endpoint: Endpoint?.Address === undefined || Endpoint.Port === undefined ? null : { host: Endpoint.Address, port: Endpoint.Port },
    publiclyAccessible: PubliclyAccessible === true,
    dualStack: NetworkType === 'DUAL',
    groups: groupIds(VpcSecurityGroups),
    kin: DBClusterIdentifier === undefined ? [] : [DBClusterIdentifier],
  }
}

async function readCluster(aws: Aws, key: InstanceKey, call: AwsCall): Promise<Server> {
  const { DBClusters } = await aws.rds(call, (client, options) =>
    client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: key.identifier }), options),
  )
  const found = listed(DBClusters, call.what).find((one) => sameIdentifier(one.DBClusterIdentifier, key.identifier))
  if (found === undefined) throw missing(key)
  return {
    key,
    status: found.Status ?? 'unknown',
    endpoint: found.Endpoint === undefined || found.Port === undefined ? null : { host: found.Endpoint, port: found.Port },
    // Of an Aurora cluster only its members say it.
    publiclyAccessible: found.PubliclyAccessible ?? (await isMemberPublic(aws, found.DBClusterMembers?.[0]?.DBInstanceIdentifier, call)),
    dualStack: found.NetworkType === 'DUAL',
    groups: groupIds(found.VpcSecurityGroups),
    kin: (found.DBClusterMembers ?? []).flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []),
  }
}

async function isMemberPublic(aws: Aws, member: string | undefined, call: AwsCall): Promise<boolean> {
  if (member === undefined) return false
  const { DBInstances } = await aws.rds(call, (client, options) =>
    client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: member }), options),
  )
  return DBInstances?.[0]?.PubliclyAccessible === true
}

/** A group that is being taken off no longer counts. */
const groupIds = (memberships: readonly VpcSecurityGroupMembership[] = []): string[] =>
  memberships.flatMap(({ VpcSecurityGroupId, Status }) =>
    VpcSecurityGroupId === undefined || Status === 'removing' ? [] : [VpcSecurityGroupId],
  )

async function readGroups(aws: Aws, place: Place, ids: readonly string[], asking: Asking): Promise<Group[]> {
  const what = 'read the security groups'
  const found = await readAll(what, async (NextToken) => {
    const answer = await aws.ec2({ place, what, ...asking }, (client, options) =>
      client.send(new DescribeSecurityGroupsCommand({ GroupIds: [...ids], ...(NextToken && { NextToken }) }), options),
    )
    return { items: listed(answer.SecurityGroups, what), next: answer.NextToken }
  })
  return found.map(({ GroupId = '', GroupName = '', VpcId }) => ({ id: GroupId, name: GroupName, vpc: VpcId ?? null }))
}

/** Every inbound rule of the groups. Fails as AWS does. */
export async function readRules(aws: Aws, place: Place, groups: readonly string[], asking: Asking = {}): Promise<SecurityGroupRule[]> {
  const what = 'read the rules of the security groups'
  const found = await readAll(what, async (NextToken) => {
    const answer = await aws.ec2({ place, what, ...asking }, (client, options) =>
      client.send(
        new DescribeSecurityGroupRulesCommand({
          Filters: [{ Name: 'group-id', Values: [...groups] }],
          MaxResults: 1000,
          ...(NextToken && { NextToken }),
        }),
        options,
      ),
    )
    return { items: listed(answer.SecurityGroupRules, what), next: answer.NextToken }
  })
  return found.filter(({ IsEgress }) => IsEgress !== true)
}
