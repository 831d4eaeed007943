import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2'
import { Failure } from '../../preload/contract/errors.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { isOneAddress, readCidr } from './address.ts'

/** A rule for one address: what every write of this feature comes to. */
export interface OneAddressRule {
  readonly group: string
  /** With `/32` or `/128`. */
  readonly cidr: string
  readonly port: number
  readonly description: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** The only place that gives AWS a range. Fails with INVALID for anything but one address. */
function only(cidr: string): { readonly CidrIpv4: string } | { readonly CidrIpv6: string } {
  if (!isOneAddress(cidr)) throw new Failure('INVALID', `Nothing was written: ${cidr} is not one single address.`)
  return readCidr(cidr)?.family === 'ipv4' ? { CidrIpv4: cidr } : { CidrIpv6: cidr }
}

/** Makes the rule, with its tags, and gives its id. Fails as AWS does. */
export async function authorize(aws: Aws, place: Place, rule: OneAddressRule): Promise<string> {
  const source = only(rule.cidr)
  const described = rule.description === undefined ? {} : { Description: rule.description }
  const asked = aws.ec2({ place, what: `allow ${rule.cidr} in ${rule.group}` }, (client, options) =>
    client.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: rule.group,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: rule.port,
            ToPort: rule.port,
            ...('CidrIpv4' in source
              ? { IpRanges: [{ CidrIp: source.CidrIpv4, ...described }] }
              : { Ipv6Ranges: [{ CidrIpv6: source.CidrIpv6, ...described }] }),
          },
        ],
        TagSpecifications: [
          { ResourceType: 'security-group-rule', Tags: Object.entries(rule.tags).map(([Key, Value]) => ({ Key, Value })) },
        ],
      }),
      options,
    ),
  )
  const answer = await asked.catch((error: unknown) => {
    if (!(error instanceof Failure) || error.data?.source?.code !== 'RulesPerSecurityGroupLimitExceeded') throw error
    throw new Failure(
      error.code,
      `${error.message} Take a rule away that nobody needs any more, then allow your address again.`,
      error.data,
    )
  })
  const id = answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId
  if (id === undefined) throw new Failure('NOT_AWS', `AWS did not say which rule it made in ${rule.group}.`)
  return id
}

/** Puts another single address into a rule, and sends back all else as it was read: what is left out AWS would blank. */
export async function replaceAddress(aws: Aws, place: Place, rule: SecurityGroupRule, cidr: string): Promise<void> {
  const { GroupId = '', SecurityGroupRuleId = '', IpProtocol, FromPort, ToPort, Description } = rule
  const source = only(cidr)
  await aws.ec2({ place, what: `change ${SecurityGroupRuleId} to ${cidr}` }, (client, options) =>
    client.send(
      new ModifySecurityGroupRulesCommand({
        GroupId,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId,
            SecurityGroupRule: { IpProtocol, FromPort, ToPort, ...source, ...(Description !== undefined && { Description }) },
          },
        ],
      }),
      options,
    ),
  )
}

/** Takes a rule away. Fails as AWS does. */
export async function revokeRule(aws: Aws, place: Place, group: string, id: string): Promise<void> {
  await aws.ec2({ place, what: `revoke ${id}` }, (client, options) =>
    client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [id] }), options),
  )
}

/** Sets a tag of a rule; null takes it away. */
export async function setTag(aws: Aws, place: Place, id: string, Key: string, Value: string | null): Promise<void> {
  await aws.ec2({ place, what: `tag ${id}` }, async (client, options) => {
    if (Value === null) await client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key }] }), options)
    else await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }), options)
  })
}
