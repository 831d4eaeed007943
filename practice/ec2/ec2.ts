import { AwsFault, type Service, type Tree } from '../api.ts'
import type { Clock, Firewall, Store } from '../cloud.ts'
import type { Change, Look } from './calls.ts'
import { covers } from './cidr.ts'
import { createVpc, describeAvailabilityZones, describeRegions, describeSubnets, describeVpcs } from './places.ts'
import { authorizeIngress, describeSecurityGroupRules, modifyRules, revokeIngress, updateDescriptions } from './rules.ts'
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.ts'
import { type Ec2State, newId, type Rule, stateOf } from './state.ts'
import { createTags, deleteTags, describeTags } from './tags.ts'

export interface Ec2Options {
  readonly store: Pick<Store<Ec2State>, 'value' | 'update'>
  readonly clock: Clock
  /** The groups of the region that instances stand in; they cannot be deleted. */
  readonly used: (region: string) => readonly string[]
}

export interface Ec2 {
  readonly service: Service
  readonly firewall: Firewall
  /** Lets one address to one port of the region's default group, as the journals did; only once in the life of this cloud. */
  openOnce(region: string, port: number, address: string): Promise<void>
}

/** Milliseconds at AWS until a change is seen by who asks, and felt by who connects. */
const spreads = 2000

const looks: Readonly<Record<string, Look>> = {
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeTags: describeTags,
  DescribeVpcs: describeVpcs,
  DescribeSubnets: describeSubnets,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeRegions: describeRegions,
}

/** The part of EC2 that stands around an RDS instance: security groups, their rules, and the VPC. */
export function createEc2({ store, clock, used }: Ec2Options): Ec2 {
  /** What AWS' many machines have heard of so far. */
  let known = store.value
  let changes = 0
  let heard = 0

  const update = async (change: (state: Ec2State) => Ec2State): Promise<void> => {
    let changed = store.value
    const written = store.update((state) => {
      changed = change(state)
      return changed
    })
    const number = ++changes
    await written
    clock.after(spreads, () => {
      // One that was written sooner may be heard of later.
      if (number < heard) return
      heard = number
      known = changed
    })
  }

  const makes: Readonly<Record<string, Change>> = {
    AuthorizeSecurityGroupIngress: authorizeIngress,
    RevokeSecurityGroupIngress: revokeIngress,
    ModifySecurityGroupRules: modifyRules,
    UpdateSecurityGroupRuleDescriptionsIngress: updateDescriptions,
    CreateSecurityGroup: createSecurityGroup,
    DeleteSecurityGroup: deleteSecurityGroup(used),
    CreateTags: createTags,
    DeleteTags: deleteTags,
    CreateVpc: createVpc,
  }

  const service: Service = {
    async call({ action, region, params }) {
      const refuseDry = () => {
        if (params.flag('DryRun') === true) {
          throw new AwsFault('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
        }
      }
      const look = Object.hasOwn(looks, action) ? looks[action] : undefined
      if (look !== undefined) {
        const answer = look({ region, state: stateOf(known, region), params })
        refuseDry()
        return answer
      }
      const make = Object.hasOwn(makes, action) ? makes[action] : undefined
      if (make === undefined) throw new AwsFault('InvalidAction', `The action ${action} is not valid for this web service.`)
      let answer: Tree
      await update((state) => {
        const made = make({ region, state: stateOf(state, region), params })
        refuseDry()
        answer = made.answer
        return { ...state, regions: { ...state.regions, [region]: made.next } }
      })
      return answer
    },
  }

  const firewall: Firewall = {
    lets(region, groups, address, port) {
      return stateOf(known, region)
        .groups.filter(({ id }) => groups.includes(id))
        .some(({ rules }) => rules.some((rule) => letsIn(rule, address, port)))
    },
    async defaultGroup(region) {
      return defaultGroupOf(store.value, region).id
    },
    requireGroups(region, groups) {
      const there = stateOf(store.value, region).groups.map(({ id }) => id)
      for (const id of groups) {
        if (!there.includes(id)) throw new AwsFault('InvalidParameterValue', `Invalid security group , groupId= ${id}, groupName=.`)
      }
    },
  }

  return {
    service,
    firewall,
    async openOnce(region, port, address) {
      if (store.value.opened) return
      const rule: Rule = {
        id: newId('sgr'),
        egress: false,
        protocol: 'tcp',
        fromPort: port,
        toPort: port,
        peer: { kind: 'ipv4', value: `${address}/32` },
        description: 'GITPOD',
        tags: {},
      }
      await store.update((state) => {
        const { vpcs, groups } = stateOf(state, region)
        const { id } = defaultGroupOf(state, region)
        const opened = groups.map((group) => (group.id === id ? { ...group, rules: [...group.rules, rule] } : group))
        return { opened: true, regions: { ...state.regions, [region]: { vpcs, groups: opened } } }
      })
      known = store.value
    },
  }
}

function defaultGroupOf(state: Ec2State, region: string) {
  const { vpcs, groups } = stateOf(state, region)
  const vpc = vpcs.find(({ isDefault }) => isDefault)
  const group = groups.find(({ name, vpc: id }) => name === 'default' && id === vpc?.id)
  if (group === undefined) throw new Error(`${region} has no default security group, which nothing can delete`)
  return group
}

/** A rule for the members of a group lets nobody in from outside. */
function letsIn({ egress, protocol, fromPort, toPort, peer }: Rule, address: string, port: number): boolean {
  if (egress || (peer.kind !== 'ipv4' && peer.kind !== 'ipv6')) return false
  const fits = protocol === '-1' || (protocol === 'tcp' && fromPort <= port && port <= toPort)
  return fits && covers(peer.value, address)
}
