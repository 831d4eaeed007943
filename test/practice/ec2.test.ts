import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { clients, startServices } from './services.ts'

const port = 54_320

async function start(options: Parameters<typeof startServices>[1] = {}) {
  const folder = await temporaryFolder()
  const cloud = await startServices(folder, options)
  await cloud.ec2.openOnce('ca-central-1', port, '203.0.113.24')
  const { ec2 } = clients(cloud.endpoint)
  const group = await cloud.ec2.firewall.defaultGroup('ca-central-1')
  return { folder, cloud, ec2, group }
}

const inbound = async (ec2: EC2Client, group: string) => {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }),
  )
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress === false)
}

const allow = (GroupId: string, CidrIp: string, more: { Description?: string } = {}) =>
  new AuthorizeSecurityGroupIngressCommand({
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp, ...more }] }],
  })

test('the default group begins as AWS makes it, with the rule of the journals', async () => {
  const { ec2, group, cloud } = await start()
  const rules = await inbound(ec2, group)
  expect(rules).toHaveLength(2)
  expect(rules[0]).toMatchObject({ IpProtocol: '-1', FromPort: -1, ReferencedGroupInfo: { GroupId: group } })
  expect(rules[1]).toMatchObject({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIpv4: '203.0.113.24/32',
    Description: 'GITPOD',
    GroupOwnerId: '123456789012',
    Tags: [],
  })
  expect(rules[1]?.SecurityGroupRuleId).toMatch(/^sgr-0[0-9a-f]{16}$/)
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}))
  expect(SecurityGroups).toHaveLength(1)
  expect(SecurityGroups[0]).toMatchObject({
    GroupName: 'default',
    IpPermissions: [
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group, UserId: '123456789012' }], IpRanges: [] },
      { IpProtocol: 'tcp', FromPort: port, IpRanges: [{ CidrIp: '203.0.113.24/32', Description: 'GITPOD' }] },
    ],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  })
  const { firewall } = cloud.ec2
  expect(firewall.lets('ca-central-1', [group], '203.0.113.24', port)).toBe(true)
  expect(firewall.lets('ca-central-1', [group], '203.0.113.25', port)).toBe(false)
  expect(firewall.lets('ca-central-1', [group], '203.0.113.24', port + 1)).toBe(false)
  expect(firewall.lets('ca-central-1', [], '203.0.113.24', port)).toBe(false)
})

test('a rule that was allowed is seen and felt a little later, and survives a restart; the first rule is made once', async () => {
  const { folder, cloud, ec2, group } = await start()
  const { SecurityGroupRules = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          IpRanges: [{ CidrIp: '198.51.100.77/32', Description: 'mine' }],
          Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0::1/128' }],
        },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'basepair:machine', Value: 'm 1' }] }],
    }),
  )
  expect(SecurityGroupRules).toMatchObject([
    { CidrIpv4: '198.51.100.77/32', Description: 'mine', Tags: [{ Key: 'basepair:machine', Value: 'm 1' }] },
    { CidrIpv6: '2001:db8::1/128' },
  ])
  const { firewall } = cloud.ec2
  await expect.poll(() => firewall.lets('ca-central-1', [group], '198.51.100.77', port)).toBe(true)
  expect(firewall.lets('ca-central-1', [group], '2001:db8::1', port)).toBe(true)
  expect(await inbound(ec2, group)).toHaveLength(4)
  const found = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'tag:basepair:machine', Values: ['m 1'] }] }))
  expect(found.SecurityGroupRules).toHaveLength(2)

  const [first] = (await inbound(ec2, group)).filter(({ Description }) => Description === 'GITPOD')
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [first?.SecurityGroupRuleId ?? ''] }))
  await cloud.close()
  const again = await startServices(folder)
  await again.ec2.openOnce('ca-central-1', port, '203.0.113.24')
  const rules = await inbound(clients(again.endpoint).ec2, group)
  expect(rules.map(({ CidrIpv4, CidrIpv6 }) => CidrIpv4 ?? CidrIpv6)).toEqual([undefined, '198.51.100.77/32', '2001:db8::1/128'])
})

test('until a change has spread, the old rules are seen and felt', async () => {
  const { cloud, ec2, group } = await start()
  await cloud.clock.setSpeed(1)
  await ec2.send(allow(group, '198.51.100.77/32'))
  expect(await inbound(ec2, group)).toHaveLength(2)
  expect(cloud.ec2.firewall.lets('ca-central-1', [group], '198.51.100.77', port)).toBe(false)
  // What AWS refuses, it refuses at once.
  await expect(ec2.send(allow(group, '198.51.100.77/32'))).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' })
  await cloud.clock.setSpeed(10_000)
  await expect.poll(() => inbound(ec2, group)).toHaveLength(3)
})

test.each([
  ['203.0.113.24/24', '203.0.113.0/24'],
  ['10.1.2.3/0', '0.0.0.0/0'],
  ['10.255.255.255/9', '10.128.0.0/9'],
])('%s is kept as %s, and its twin is a duplicate', async (said, kept) => {
  const { ec2, group } = await start()
  const { SecurityGroupRules = [] } = await ec2.send(allow(group, said))
  expect(SecurityGroupRules[0]?.CidrIpv4).toBe(kept)
  await expect(ec2.send(allow(group, kept))).rejects.toMatchObject({
    name: 'InvalidPermission.Duplicate',
    message: `the specified rule "peer: ${kept}, TCP, from port: ${port}, to port: ${port}, ALLOW" already exists`,
  })
})

test.each(['203.0.113.24', '203.0.113.24/33', '203.0.113.256/32', 'curl ifconfig.me', '2001:db8::1/128', ''])(
  'the block "%s" is refused',
  async (block) => {
    const { ec2, group } = await start()
    await expect(ec2.send(allow(group, block))).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    expect(await inbound(ec2, group)).toHaveLength(2)
  },
)

test('the simple form allows one block', async () => {
  const { ec2, group } = await start()
  const { SecurityGroupRules = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupName: 'default', IpProtocol: 'tcp', FromPort: 80, ToPort: 90, CidrIp: '192.0.2.0/24' }),
  )
  expect(SecurityGroupRules).toMatchObject([{ GroupId: group, FromPort: 80, ToPort: 90, CidrIpv4: '192.0.2.0/24' }])
})

test('modifying replaces a rule whole: its type stays, one source is given, a description that is not given is cleared', async () => {
  const { ec2, group } = await start()
  const rule = (await inbound(ec2, group))[1]
  const SecurityGroupRuleId = rule?.SecurityGroupRuleId ?? ''
  const modify = (SecurityGroupRule: object) =>
    ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: group, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] }))
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port }
  await expect(modify({ ...tcp, CidrIpv6: '2001:db8::1/128' })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  await expect(modify({ ...tcp })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  await expect(modify({ ...tcp, CidrIpv4: '192.0.2.1/32', PrefixListId: 'pl-1' })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  await modify({ ...tcp, CidrIpv4: '192.0.2.1/32', Description: 'mine' })
  await expect.poll(() => inbound(ec2, group)).toMatchObject([{}, { SecurityGroupRuleId, CidrIpv4: '192.0.2.1/32', Description: 'mine' }])
  await modify({ ...tcp, CidrIpv4: '192.0.2.2/32' })
  await expect.poll(async () => (await inbound(ec2, group))[1]?.CidrIpv4).toBe('192.0.2.2/32')
  expect((await inbound(ec2, group))[1]).not.toHaveProperty('Description')
  await ec2.send(allow(group, '192.0.2.3/32'))
  await expect(modify({ ...tcp, CidrIpv4: '192.0.2.3/32' })).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' })
})

test('revoking by permission tells what it did not know in a default VPC, and fails outside of one', async () => {
  const { ec2, group } = await start()
  const unknown = { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '192.0.2.0/24' }] }
  const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [unknown] }))
  expect(answer).toMatchObject({ Return: true, UnknownIpPermissions: [unknown] })
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'outside', Description: 'd', VpcId: Vpc?.VpcId }))
  await expect(ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: made.GroupId, IpPermissions: [unknown] }))).rejects.toMatchObject({
    name: 'InvalidPermission.NotFound',
  })
  const known = { ...unknown, FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '203.0.113.24/32' }] }
  const done = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [known] }))
  expect(done).toMatchObject({ Return: true, UnknownIpPermissions: [] })
  await expect.poll(() => inbound(ec2, group)).toHaveLength(1)
})

test('what there is not is refused in the words of AWS', async () => {
  const { ec2, group } = await start()
  const refused = (sent: Promise<unknown>, name: string) => expect(sent).rejects.toMatchObject({ name })
  const none = 'sgr-00000000000000000'
  await refused(
    ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [none] })),
    'InvalidSecurityGroupRuleId.NotFound',
  )
  await refused(ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [none] })), 'InvalidSecurityGroupRuleId.NotFound')
  await refused(ec2.send(allow('sg-00000000000000000', '192.0.2.1/32')), 'InvalidGroup.NotFound')
  await refused(ec2.send(allow('group', '192.0.2.1/32')), 'InvalidGroupId.Malformed')
  await refused(ec2.send(allow(group, '192.0.2.1/32', { Description: '<b>' })), 'InvalidParameterValue')
  await refused(
    ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
    'InvalidParameterValue',
  )
  await refused(ec2.send(new DescribeSecurityGroupsCommand({ GroupNames: ['nobody'] })), 'InvalidGroup.NotFound')
  await refused(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-1'] })), 'InvalidSubnetID.NotFound')
})

test('a dry run changes nothing and says that it would have worked', async () => {
  const { ec2, group } = await start()
  const dry = allow(group, '192.0.2.1/32')
  dry.input.DryRun = true
  await expect(ec2.send(dry)).rejects.toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } })
  await expect(ec2.send(dry)).rejects.toMatchObject({ name: 'DryRunOperation' })
  const twin = allow(group, '203.0.113.24/32')
  twin.input.DryRun = true
  await expect(ec2.send(twin)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' })
})

test('sixty inbound rules of a family are the most', async () => {
  const { ec2, group } = await start()
  const IpRanges = Array.from({ length: 58 }, (_, index) => ({ CidrIp: `192.0.2.${index}/32` }))
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port }
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [{ ...tcp, IpRanges }] }))
  await expect(ec2.send(allow(group, '192.0.2.99/32'))).rejects.toMatchObject({ name: 'RulesPerSecurityGroupLimitExceeded' })
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [{ ...tcp, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] }),
  )
})

test('pages hold five at least, and the token leads through all of them', async () => {
  const { ec2, group } = await start()
  const IpRanges = Array.from({ length: 12 }, (_, index) => ({ CidrIp: `192.0.2.${index}/32` }))
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port }
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [{ ...tcp, IpRanges }] }))
  await expect.poll(() => inbound(ec2, group)).toHaveLength(14)
  await expect(ec2.send(new DescribeSecurityGroupRulesCommand({ MaxResults: 4 }))).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  const pages: number[] = []
  let NextToken: string | undefined
  do {
    const page = await ec2.send(new DescribeSecurityGroupRulesCommand({ MaxResults: 6, NextToken }))
    pages.push(page.SecurityGroupRules?.length ?? 0)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(pages).toEqual([6, 6, 3])
})

test('descriptions and tags of a rule are changed beside what it lets in', async () => {
  const { ec2, group } = await start()
  const id = (await inbound(ec2, group))[1]?.SecurityGroupRuleId ?? ''
  await ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId: group,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'office & home' }],
    }),
  )
  await ec2.send(new CreateTagsCommand({ Resources: [id, group], Tags: [{ Key: 'who', Value: 'a & <b>' }, { Key: 'empty' }] }))
  await expect
    .poll(async () => (await inbound(ec2, group))[1])
    .toMatchObject({
      Description: 'office & home',
      Tags: [
        { Key: 'who', Value: 'a & <b>' },
        { Key: 'empty', Value: '' },
      ],
    })
  await expect(
    ec2.send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId: group,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'é' }],
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  const byKey = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'tag-key', Values: ['who'] }] }))
  expect(byKey.SecurityGroupRules).toHaveLength(1)
  const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }))
  expect(Tags).toHaveLength(2)
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'who' }] }))
  await expect.poll(async () => (await inbound(ec2, group))[1]?.Tags).toEqual([{ Key: 'empty', Value: '' }])
  await ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: group, SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id }] }),
  )
  await expect.poll(async () => (await inbound(ec2, group))[1]).not.toHaveProperty('Description')
})

test('a group is made and deleted; one that is used, or the default one, stays', async () => {
  const { ec2, group } = await start()
  const make = (GroupName: string) => ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'for a test' }))
  const { GroupId = '' } = await make('mine')
  await expect(make('mine')).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' })
  await expect(make('default')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  const drop = (id: string) => new DeleteSecurityGroupCommand({ GroupId: id })
  await expect(ec2.send(drop(group))).rejects.toMatchObject({ name: 'CannotDelete' })
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId }] }],
    }),
  )
  await expect(ec2.send(drop(GroupId))).rejects.toMatchObject({ name: 'DependencyViolation' })
  const { GroupId: lone = '' } = await make('lone')
  await ec2.send(drop(lone))
  await expect(ec2.send(drop(lone))).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
})

test('a group that an instance stands in cannot be deleted', async () => {
  const used: string[] = []
  const { ec2, cloud } = await start({ used })
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'rds', Description: 'd' }))
  used.push(GroupId)
  cloud.ec2.firewall.requireGroups('ca-central-1', [GroupId])
  expect(() => cloud.ec2.firewall.requireGroups('eu-west-1', [GroupId])).toThrow(/Invalid security group/)
  await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId }))).rejects.toMatchObject({ name: 'DependencyViolation' })
})

test('each region has its default VPC with a subnet in every zone', async () => {
  const { cloud } = await start()
  const { ec2 } = clients(cloud.endpoint, 'eu-west-1')
  const [vpcs, subnets, zones, regions] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] })),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeAvailabilityZonesCommand({})),
    ec2.send(new DescribeRegionsCommand({})),
  ])
  expect(vpcs.Vpcs).toMatchObject([{ IsDefault: true, CidrBlock: '172.31.0.0/16' }])
  expect(subnets.Subnets?.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c'])
  expect(new Set(subnets.Subnets?.map(({ VpcId }) => VpcId))).toEqual(new Set([vpcs.Vpcs?.[0]?.VpcId]))
  expect(zones.AvailabilityZones?.map(({ ZoneId }) => ZoneId)).toEqual(['euw1-az1', 'euw1-az2', 'euw1-az3'])
  expect(regions.Regions?.map(({ RegionName }) => RegionName)).toContain('ca-central-1')
})
