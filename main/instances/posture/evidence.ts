import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import {
  DescribeCertificatesCommand,
  DescribeDBClusterParametersCommand,
  DescribeDBParametersCommand,
  type Parameter,
} from '@aws-sdk/client-rds'
import type { InstanceKey, Place } from '../../../preload/contract/instances.ts'
import type { Aws } from '../../aws/aws.ts'
import { listed, readAll } from '../../aws/pages.ts'
import { type Description, describe } from '../description.ts'
import { type EngineSupport, engineSupport, newerMinor, offeredVersions } from '../engine-support.ts'
import { knownPart, type Part, partOf, unknownPart } from '../part.ts'

/** A server parameter: null where its group leaves it at the engine's default. */
export interface ParameterSetting {
  readonly value: string | null
  /** ParameterApplyStatus of the group: `in-sync`, `pending-reboot`; null where AWS did not say. */
  readonly applied: string | null
}

/** Everything that the rules judge by. What AWS did not say stays unknown. */
export interface Evidence {
  readonly key: InstanceKey
  /** Milliseconds since 1970. */
  readonly now: number
  readonly instance: Description
  /** The rules of all its security groups, both directions. */
  readonly groupRules: Part<readonly SecurityGroupRule[]>
  readonly forcedTls: Part<ParameterSetting>
  readonly support: EngineSupport
  /** What a new certificate would come from; asked for only where the present one ends soon. */
  readonly newestAuthority: Part<string | null>
  readonly newerMinor: Part<string | null>
}

/** Ends that come within this time are to be dealt with now. */
export const soonMs = 90 * 24 * 60 * 60_000

/** Whether its certificate ends soon or has ended, as far as AWS says. */
const certificateEnds = (instance: Description, now: number): boolean =>
  (instance.CertificateDetails?.ValidTill?.getTime() ?? now) < now + soonMs

/** Asks AWS for all that the rules need. Fails as AWS does where the instance itself cannot be seen. */
export async function gather(aws: Pick<Aws, 'rds' | 'ec2'>, key: InstanceKey, now: number, signal: AbortSignal): Promise<Evidence> {
  const place = { profile: key.profile, region: key.region }
  const instance = await describe(aws, key, signal)
  const engine = instance.Engine ?? ''
  const version = instance.EngineVersion ?? ''
  const [groupRules, forcedTls, { support }, offered, authority] = await Promise.all([
    groupRulesOf(aws, place, instance, signal),
    forcedTlsOf(aws, place, instance, signal),
    engineSupport(aws, place, engine, version, signal),
    partOf(offeredVersions(aws, place, engine, signal)),
    certificateEnds(instance, now) ? partOf(newestAuthority(aws, place, signal)) : unknownPart('It was not asked for.'),
  ])
  return {
    key,
    now,
    instance,
    groupRules,
    forcedTls,
    support,
    newerMinor: newerMinor(engine, version, offered),
    newestAuthority: authority,
  }
}

async function groupRulesOf(aws: Pick<Aws, 'ec2'>, place: Place, instance: Description, signal: AbortSignal) {
  const groups = instance.VpcSecurityGroups ?? []
  const ids = groups.flatMap((group) => (group.VpcSecurityGroupId === undefined ? [] : [group.VpcSecurityGroupId]))
  if (ids.length === 0 || ids.length < groups.length) return unknownPart('AWS did not say which security groups it has.')
  const what = `list the rules of ${ids.join(', ')}`
  const { DescribeSecurityGroupRulesCommand } = await import('@aws-sdk/client-ec2')
  return partOf(
    readAll<SecurityGroupRule>(what, async (token) => {
      const answer = await aws.ec2({ place, what, signal }, (client, options) =>
        client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: ids }], NextToken: token }), options),
      )
      return { items: listed(answer.SecurityGroupRules, what), next: answer.NextToken }
    }),
  )
}

/** The parameter by which an engine takes connections with TLS only. */
export const tlsParameter = (engine: string): string | null => {
  if (engine.includes('postgres')) return 'rds.force_ssl'
  return engine.includes('mysql') || engine === 'mariadb' ? 'require_secure_transport' : null
}

async function forcedTlsOf(
  aws: Pick<Aws, 'rds'>,
  place: Place,
  instance: Description,
  signal: AbortSignal,
): Promise<Part<ParameterSetting>> {
  const name = tlsParameter(instance.Engine ?? '')
  if (name === null) return unknownPart('Basepair does not know the parameter that forces TLS in this engine.')
  const [group] = instance.DBParameterGroups ?? []
  const groupName = instance.clusterParameterGroup ?? group?.DBParameterGroupName
  if (groupName === undefined) return unknownPart('AWS did not say which parameter group it has.')
  const what = `read ${name} of ${groupName}`
  const filters = [{ Name: 'parameter-name', Values: [name] }]
  const found = await partOf(
    readAll<Parameter>(what, async (token) => {
      const answer = await aws.rds({ place, what, signal }, (client, options) =>
        instance.clusterParameterGroup === undefined
          ? client.send(new DescribeDBParametersCommand({ DBParameterGroupName: groupName, Filters: filters, Marker: token }), options)
          : client.send(
              new DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: groupName, Filters: filters, Marker: token }),
              options,
            ),
      )
      return { items: listed(answer.Parameters, what), next: answer.Marker }
    }),
  )
  if (!found.known) return found
  const parameter = found.value.find((one) => one.ParameterName === name)
  if (parameter === undefined) return unknownPart(`The parameter group ${groupName} does not list ${name}.`)
  const applied = instance.clusterParameterGroup === undefined ? group?.ParameterApplyStatus : instance.clusterParameterStatus
  return knownPart({ value: parameter.ParameterValue ?? null, applied: applied ?? null })
}

/** The certificate authority that AWS gives to new instances, otherwise the one that holds longest. Fails as AWS does. */
export async function newestAuthority(aws: Pick<Aws, 'rds'>, place: Place, signal: AbortSignal): Promise<string | null> {
  const what = 'list the certificate authorities of RDS'
  let forNew: string | null = null
  const authorities = await readAll(what, async (token) => {
    const answer = await aws.rds({ place, what, signal }, (client, options) =>
      client.send(new DescribeCertificatesCommand({ Marker: token }), options),
    )
    forNew ??= answer.DefaultCertificateForNewLaunches ?? null
    return { items: listed(answer.Certificates, what), next: answer.Marker }
  })
  if (forNew !== null) return forNew
  const till = (one: { readonly ValidTill?: Date | undefined }) => one.ValidTill?.getTime() ?? 0
  const [newest] = authorities.toSorted((one, other) => till(other) - till(one))
  return newest?.CertificateIdentifier ?? null
}
