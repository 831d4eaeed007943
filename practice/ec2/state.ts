import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'

const tags = z.record(z.string(), z.string())
export type Tags = z.infer<typeof tags>

/** Whom a rule lets in: one of the four that AWS has. */
const peer = z.object({ kind: z.enum(['ipv4', 'ipv6', 'list', 'group']), value: z.string() })
export type Peer = z.infer<typeof peer>

const rule = z.object({
  id: z.string(),
  egress: z.boolean(),
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
  protocol: z.string(),
  /** -1 where the protocol has no ports. */
  fromPort: z.int(),
  toPort: z.int(),
  peer,
  description: z.string().optional(),
  tags,
})
export type Rule = z.infer<typeof rule>

const group = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  vpc: z.string(),
  rules: z.array(rule),
  tags,
})
export type Group = z.infer<typeof group>

const vpc = z.object({ id: z.string(), cidr: z.string(), isDefault: z.boolean(), tags })
export type Vpc = z.infer<typeof vpc>

const regionState = z.object({ vpcs: z.array(vpc), groups: z.array(group) })
export type RegionState = z.infer<typeof regionState>

/** What EC2 keeps: by region, those that were changed. */
export const ec2State = z.object({
  regions: z.record(z.string(), regionState),
  /** Whether the rule of the start was made, so that one that was taken away stays away. */
  opened: z.boolean(),
})
export type Ec2State = z.infer<typeof ec2State>
export const firstEc2State: Ec2State = { regions: {}, opened: false }

/** A new id as AWS writes them: `sgr-0` and sixteen hexadecimal digits. */
export const newId = (kind: 'sg' | 'sgr' | 'vpc'): string => `${kind}-0${randomBytes(8).toString('hex')}`

/** The id of what every account has in a region from the start; the same after every restart without being written down. */
export const givenId = (kind: string, region: string, name = ''): string =>
  `${kind}-0${createHash('sha256').update(`practice ${kind} ${region} ${name}`).digest('hex').slice(0, 16)}`

const anywhere = { egress: true, protocol: '-1', fromPort: -1, toPort: -1, peer: { kind: 'ipv4', value: '0.0.0.0/0' }, tags: {} } as const

/** The rule that every new group begins with: everything may go out. */
export const everythingOut = (id: string): Rule => ({ ...anywhere, id })

/** A region as AWS hands it out: the default VPC, and its default group that lets its own members in. */
export function stateOf(state: Ec2State, region: string): RegionState {
  const kept = state.regions[region]
  if (kept !== undefined) return kept
  const vpcId = givenId('vpc', region)
  const groupId = givenId('sg', region)
  const ownMembers: Rule = {
    id: givenId('sgr', region, 'in'),
    egress: false,
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    peer: { kind: 'group', value: groupId },
    tags: {},
  }
  return {
    vpcs: [{ id: vpcId, cidr: '172.31.0.0/16', isDefault: true, tags: {} }],
    groups: [
      {
        id: groupId,
        name: 'default',
        description: 'default VPC security group',
        vpc: vpcId,
        rules: [ownMembers, everythingOut(givenId('sgr', region, 'out'))],
        tags: {},
      },
    ],
  }
}
