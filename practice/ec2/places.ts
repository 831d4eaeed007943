import { AwsFault } from '../api.ts'
import { account } from '../cloud.ts'
import type { Change, Look } from './calls.ts'
import { canonicalCidr } from './cidr.ts'
import { tagsFor } from './permissions.ts'
import { everythingOut, givenId, newId, type Vpc } from './state.ts'
import { filtered, items, pageOf, tagSet } from './trees.ts'

/** The regions that every account has, with the letters of their zones. */
const regions: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ap-northeast-3': 'abc',
  'ap-south-1': 'abc',
  'ap-southeast-1': 'abc',
  'ap-southeast-2': 'abc',
  'ca-central-1': 'abd',
  'eu-central-1': 'abc',
  'eu-north-1': 'abc',
  'eu-west-1': 'abc',
  'eu-west-2': 'abc',
  'eu-west-3': 'abc',
  'sa-east-1': 'abc',
  'us-east-1': 'abcdef',
  'us-east-2': 'abc',
  'us-west-1': 'ac',
  'us-west-2': 'abcd',
}

/** The zones of a region, as `ca-central-1a`. */
export const zonesOf = (region: string): string[] => [...(regions[region] ?? 'abc')].map((letter) => region + letter)

/** `cac1-az1` for the first zone of ca-central-1. */
function zoneId(region: string, index: number): string {
  const [area = '', direction = '', number = ''] = region.split('-')
  const short = direction.replace(/^(north|south)(east|west)?$/, (_, one: string, other = '') => one.charAt(0) + other.charAt(0))
  return `${area}${short === direction ? direction.charAt(0) : short}${number}-az${index + 1}`
}

function requireAll(asked: readonly string[], known: readonly string[], code: string, say: (id: string) => string): void {
  for (const one of asked) if (!known.includes(one)) throw new AwsFault(code, say(one))
}

/** The default subnets of the default VPC: one in each zone, with addresses for four thousand. The same after every restart. */
function subnetsOf(region: string, vpcs: readonly Vpc[]) {
  const vpc = vpcs.find(({ isDefault }) => isDefault)
  if (vpc === undefined) return []
  return zonesOf(region).map((zone, index) => ({
    id: givenId('subnet', zone),
    zone,
    zoneId: zoneId(region, index),
    vpc: vpc.id,
    cidr: `172.31.${index * 16}.0/20`,
  }))
}

export const describeRegions: Look = ({ params }) => {
  const names = Object.keys(regions)
  const asked = params.texts('RegionName')
  requireAll(asked, names, 'InvalidParameterValue', (name) => `Invalid region provided: ${name}`)
  const list = asked.length === 0 ? names : asked
  const read = (name: string) => ({ tags: {}, values: { 'region-name': [name], 'opt-in-status': ['opt-in-not-required'] } })
  return {
    regionInfo: items(
      filtered(params, list, read, ['region-name', 'opt-in-status', 'endpoint']).map((regionName) => ({
        regionName,
        regionEndpoint: `ec2.${regionName}.amazonaws.com`,
        optInStatus: 'opt-in-not-required',
      })),
    ),
  }
}

export const describeAvailabilityZones: Look = ({ region, params }) => {
  const zones = zonesOf(region)
  const asked = params.texts('ZoneName')
  requireAll(asked, zones, 'InvalidParameterValue', (name) => `Invalid availability zone: [${name}]`)
  const list = zones.map((zoneName, index) => ({ zoneName, zoneId: zoneId(region, index) }))
  const read = (one: (typeof list)[number]) => ({
    tags: {},
    values: { 'zone-name': [one.zoneName], 'zone-id': [one.zoneId], state: ['available'], 'region-name': [region] },
  })
  const wanted = list.filter(({ zoneName }) => asked.length === 0 || asked.includes(zoneName))
  return {
    availabilityZoneInfo: items(
      filtered(params, wanted, read, ['zone-name', 'zone-id', 'state', 'region-name']).map((one) => ({
        ...one,
        zoneState: 'available',
        regionName: region,
        groupName: `${region}-zg-1`,
        networkBorderGroup: region,
        zoneType: 'availability-zone',
        optInStatus: 'opt-in-not-required',
      })),
    ),
  }
}

export const describeVpcs: Look = ({ state, params }) => {
  const asked = params.texts('VpcId')
  const known = state.vpcs.map(({ id }) => id)
  requireAll(asked, known, 'InvalidVpcID.NotFound', (id) => `The vpc ID '${id}' does not exist`)
  const list = state.vpcs.filter(({ id }) => asked.length === 0 || asked.includes(id))
  const read = ({ id, cidr, isDefault, tags }: Vpc) => ({
    tags,
    values: { 'vpc-id': [id], cidr: [cidr], 'is-default': [String(isDefault)], isDefault: [String(isDefault)], state: ['available'] },
  })
  const { page, nextToken } = pageOf(params, filtered(params, list, read, ['vpc-id', 'cidr', 'is-default', 'isDefault', 'state']))
  return { vpcSet: items(page.map(vpcTree)), nextToken }
}

const vpcTree = ({ id, cidr, isDefault, tags }: Vpc) => ({
  vpcId: id,
  ownerId: account,
  state: 'available',
  cidrBlock: cidr,
  instanceTenancy: 'default',
  isDefault,
  tagSet: tagSet(tags),
})

/** A VPC that is not the default one, with its own default group. It has no subnets. */
export const createVpc: Change = ({ state, params }) => {
  const text = params.text('CidrBlock')
  if (text === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter cidrBlock')
  const cidr = canonicalCidr(text, 'ipv4')
  if (cidr === null)
    throw new AwsFault('InvalidParameterValue', `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`)
  const vpc: Vpc = { id: newId('vpc'), cidr, isDefault: false, tags: tagsFor(params, 'vpc') }
  const group = {
    id: newId('sg'),
    name: 'default',
    description: 'default VPC security group',
    vpc: vpc.id,
    rules: [everythingOut(newId('sgr'))],
    tags: {},
  }
  return {
    next: { vpcs: [...state.vpcs, vpc], groups: [...state.groups, group] },
    answer: { vpc: { ...vpcTree(vpc), state: 'pending' } },
  }
}

export const describeSubnets: Look = ({ region, state, params }) => {
  const subnets = subnetsOf(region, state.vpcs)
  const asked = params.texts('SubnetId')
  const known = subnets.map(({ id }) => id)
  requireAll(asked, known, 'InvalidSubnetID.NotFound', (id) => `The subnet ID '${id}' does not exist`)
  const list = subnets.filter(({ id }) => asked.length === 0 || asked.includes(id))
  const names = ['subnet-id', 'vpc-id', 'availability-zone', 'availability-zone-id', 'default-for-az', 'state']
  const read = ({ id, vpc, zone, zoneId }: (typeof list)[number]) => ({
    tags: {},
    values: {
      'subnet-id': [id],
      'vpc-id': [vpc],
      'availability-zone': [zone],
      'availability-zone-id': [zoneId],
      'default-for-az': ['true'],
      state: ['available'],
    },
  })
  const { page, nextToken } = pageOf(params, filtered(params, list, read, names))
  return {
    subnetSet: items(
      page.map(({ id, vpc, zone, zoneId, cidr }) => ({
        subnetId: id,
        subnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
        state: 'available',
        vpcId: vpc,
        ownerId: account,
        cidrBlock: cidr,
        availableIpAddressCount: 4091,
        availabilityZone: zone,
        availabilityZoneId: zoneId,
        defaultForAz: true,
        mapPublicIpOnLaunch: true,
        assignIpv6AddressOnCreation: false,
        tagSet: items([]),
      })),
    ),
    nextToken,
  }
}
