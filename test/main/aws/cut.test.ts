import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { GetProductsCommand } from '@aws-sdk/client-pricing'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { type AwsAnswer, ec2Answer, jsonAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf, limits, list, place, variables, well } from './stage.ts'

async function stage() {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables }, { ...limits, callMs: 10_000, callsPerSecond: 10_000 })
  onTestFinished(() => aws.close())
  return { endpoint, aws }
}

const group = '<item><groupId>sg-1</groupId><groupName>web</groupName></item>'
const protocols: readonly { name: string; action: string; whole: AwsAnswer; ask: (aws: Aws) => Promise<number | undefined> }[] = [
  { name: 'Query', action: 'DescribeDBInstances', whole: well, ask: async (aws) => (await list(aws)).DBInstances?.length },
  {
    name: 'EC2',
    action: 'DescribeSecurityGroups',
    whole: ec2Answer('DescribeSecurityGroups', `<securityGroupInfo>${group}</securityGroupInfo>`),
    ask: async (aws) => {
      const send = { place, what: 'list the groups' }
      return (await aws.ec2(send, (client, options) => client.send(new DescribeSecurityGroupsCommand({}), options))).SecurityGroups?.length
    },
  },
  {
    name: 'JSON',
    action: 'GetProducts',
    whole: jsonAnswer({ FormatVersion: 'aws_v1', PriceList: ['{}'] }),
    ask: async (aws) => {
      const send = { place, what: 'read the prices' }
      const command = new GetProductsCommand({ ServiceCode: 'AmazonRDS' })
      return (await aws.pricing(send, (client, options) => client.send(command, options))).PriceList?.length
    },
  },
]

describe.each(protocols)('$name', ({ action, whole, ask }) => {
  const body = String(whole.body)

  test('an answer that ends early is none, wherever it ends', async () => {
    const { endpoint, aws } = await stage()
    for (let length = 0; length < body.length; length++) {
      endpoint.answer('*', action, { ...whole, body: body.slice(0, length) })
      expect((await failureOf(ask(aws))).code, body.slice(0, length)).toBe('NOT_AWS')
    }
    endpoint.answer('*', action, whole)
    expect(await ask(aws)).toBe(1)
  })

  test('whatever is sent instead, with whatever status, is a failure of the contract or holds what was sent', async () => {
    const { endpoint, aws } = await stage()
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('<', '>', '</', '&', '{', '}', '"', '<html>', '<Error>', body))
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.json(),
    )
    const status = fc.constantFrom(200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 407, 413, 421, 451)
    await fc.assert(
      fc.asyncProperty(text, status, async (sent, answered) => {
        endpoint.answer('*', action, { ...whole, status: answered, body: answered === 204 || answered === 304 ? '' : sent })
        const outcome = await ask(aws).then(
          (length) => ({ length }),
          (error: unknown) => ({ error }),
        )
        if ('error' in outcome) await failureOf(Promise.reject(outcome.error))
        else expect(outcome.length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })
})
