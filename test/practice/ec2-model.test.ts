import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { clients, startServices } from './services.ts'

/** Few enough that they meet each other often. */
const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const ports = [5432, 5433]
const rule = fc.record({ address: fc.constantFrom(...addresses), port: fc.constantFrom(...ports) })
const step = fc.oneof(
  fc.record({ does: fc.constant('allow' as const), rule }),
  fc.record({ does: fc.constant('modify' as const), rule, which: fc.nat({ max: 5 }) }),
  fc.record({ does: fc.constant('revoke' as const), which: fc.nat({ max: 5 }) }),
)

test('whatever is allowed, modified and revoked, the group holds what was answered, and the gate lets in just that', async () => {
  const cloud = await startServices(await temporaryFolder())
  await cloud.clock.setSpeed(10_000)
  const { ec2 } = clients(cloud.endpoint)
  const group = await cloud.ec2.firewall.defaultGroup('ca-central-1')
  /** Every rule that ever was, with what it lets in; null once it was revoked. */
  const rules = new Map<string, { readonly address: string; readonly port: number } | null>()
  const spanOf = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port })
  const codeOf = (sent: Promise<unknown>): Promise<string> =>
    sent.then(
      () => 'done',
      (error: Error) => error.name,
    )

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      for (const one of steps) {
        const has = (wanted: { address: string; port: number }, but?: string) =>
          [...rules].some(([id, known]) => id !== but && known?.address === wanted.address && known.port === wanted.port)
        if (one.does === 'allow') {
          const { address, port } = one.rule
          const sent = ec2.send(
            new AuthorizeSecurityGroupIngressCommand({
              GroupId: group,
              IpPermissions: [{ ...spanOf(port), IpRanges: [{ CidrIp: `${address}/32` }] }],
            }),
          )
          expect(await codeOf(sent)).toBe(has(one.rule) ? 'InvalidPermission.Duplicate' : 'done')
          const made = await sent.catch(() => null)
          for (const { SecurityGroupRuleId = '' } of made?.SecurityGroupRules ?? []) rules.set(SecurityGroupRuleId, one.rule)
          continue
        }
        const id = [...rules.keys()].at(-1 - one.which)
        if (id === undefined) continue
        const gone = rules.get(id) === null
        if (one.does === 'revoke') {
          const sent = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [id] }))
          expect(await codeOf(sent)).toBe(gone ? 'InvalidSecurityGroupRuleId.NotFound' : 'done')
          rules.set(id, null)
          continue
        }
        const { address, port } = one.rule
        const SecurityGroupRule = { ...spanOf(port), CidrIpv4: `${address}/32` }
        const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule }]
        const sent = ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: group, SecurityGroupRules }))
        const refusal = gone ? 'InvalidSecurityGroupRuleId.NotFound' : has(one.rule, id) ? 'InvalidPermission.Duplicate' : null
        expect(await codeOf(sent)).toBe(refusal ?? 'done')
        if (refusal === null) rules.set(id, one.rule)
      }
      const expected = [...rules].flatMap(([id, known]) => (known === null ? [] : [`${id} ${known.address}/32 ${known.port}`])).sort()
      await expect
        .poll(
          async () => {
            const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({}))
            return SecurityGroupRules.filter(({ CidrIpv4, IsEgress }) => CidrIpv4 !== undefined && IsEgress === false)
              .map(({ SecurityGroupRuleId, CidrIpv4, FromPort }) => `${SecurityGroupRuleId} ${CidrIpv4} ${FromPort}`)
              .sort()
          },
          { interval: 2 },
        )
        .toEqual(expected)
      for (const address of addresses) {
        for (const port of ports) {
          const wanted = [...rules.values()].some((known) => known?.address === address && known.port === port)
          expect(cloud.ec2.firewall.lets('ca-central-1', [group], address, port)).toBe(wanted)
        }
      }
    }),
    { numRuns: 100 },
  )
  expect(rules.size).toBeGreaterThan(10)
})
