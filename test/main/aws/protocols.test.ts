import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeSecurityGroupsCommand, ModifySecurityGroupRulesCommand } from '@aws-sdk/client-ec2'
import { GetProductsCommand } from '@aws-sdk/client-pricing'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { ErrorCode } from '../../../preload/contract/errors.ts'
import { type AwsAnswer, ec2Fault, jsonFault } from '../../support/aws-endpoint.ts'
import { failureOf, html, limits, list, place, portal, stage, variables, well } from './stage.ts'

describe('the other protocols', () => {
  const groups = (aws: Aws) =>
    aws.ec2({ place, what: 'list the groups' }, (client, options) => client.send(new DescribeSecurityGroupsCommand({}), options))
  const metrics = (aws: Aws) =>
    aws.cloudWatch({ place, what: 'read the CPU' }, (client, options) =>
      client.send(new GetMetricDataCommand({ StartTime: new Date(0), EndTime: new Date(1), MetricDataQueries: [] }), options),
    )
  const prices = (aws: Aws) =>
    aws.pricing({ place, what: 'read the prices' }, (client, options) =>
      client.send(new GetProductsCommand({ ServiceCode: 'AmazonRDS' }), options),
    )

  test('EC2: its faults, and answers with nothing in them', async () => {
    const { endpoint, aws } = await stage()
    const denied = 'You are not authorized to perform this operation.'
    endpoint.answer(
      'ec2',
      'DescribeSecurityGroups',
      ec2Fault('UnauthorizedOperation', denied, 403),
      ec2Fault('InvalidGroup.NotFound', 'x'),
      {
        body: '<DescribeSecurityGroupsResponse><requestId>1</requestId></DescribeSecurityGroupsResponse>',
      },
    )
    expect((await failureOf(groups(aws))).message).toMatch(/lacks the permission ec2:DescribeSecurityGroups/)
    expect((await failureOf(groups(aws))).code).toBe('GONE')
    expect((await failureOf(groups(aws))).code).toBe('NOT_AWS')
    endpoint.answer('ec2', 'ModifySecurityGroupRules', ec2Fault('InvalidSecurityGroupRuleId.NotFound', 'x'))
    const modify = aws.ec2({ place, what: 'change the rule' }, (client, options) =>
      client.send(new ModifySecurityGroupRulesCommand({ GroupId: 'sg-1', SecurityGroupRules: [] }), options),
    )
    expect(await failureOf(modify)).toMatchObject({
      code: 'GONE',
      data: { source: { vendor: 'aws', code: 'InvalidSecurityGroupRuleId.NotFound' } },
    })
  })

  test.each([
    ['CloudWatch', metrics, 'GetMetricData'],
    ['Pricing', prices, 'GetProducts'],
  ] as const)('%s: its faults, and answers that are not its own', async (_, ask, action) => {
    const { endpoint, aws } = await stage(10_000)
    const answers: readonly (readonly [AwsAnswer, ErrorCode])[] = [
      [jsonFault('com.amazon.coral.service#AccessDeniedException', 'x is not authorized to perform: some:Thing'), 'FORBIDDEN'],
      [jsonFault('ExpiredTokenException', 'x'), 'CREDENTIALS'],
      [{ headers: html, body: portal }, 'NOT_AWS'],
      [{ body: '{"MetricDataResults": [' }, 'NOT_AWS'],
      [{ body: '{}' }, 'NOT_AWS'],
      [{ body: '[]' }, 'NOT_AWS'],
      [{ status: 200 }, 'NOT_AWS'],
    ]
    for (const [answer, code] of answers) {
      endpoint.answer('*', action, answer)
      expect((await failureOf(ask(aws))).code, inspect(answer)).toBe(code)
    }
    endpoint.answer('*', action, jsonFault('ThrottlingException', 'Rate exceeded'))
    expect((await failureOf(ask(aws))).code).toBe('THROTTLED')
  })
})

describe('the way there', () => {
  const at = (endpoint: string) => {
    const aws = createAws({ endpoint, practice: null, variables }, limits)
    onTestFinished(() => aws.close())
    return aws
  }

  test('nothing listens', async () => {
    const { endpoint } = await stage()
    await endpoint.close()
    const failure = await failureOf(list(at(endpoint.url)))
    expect(failure).toMatchObject({ code: 'UNREACHABLE', data: { source: { vendor: 'node', code: 'ECONNREFUSED' } } })
  })

  test('a name that nobody knows', async () => {
    const failure = await failureOf(list(at('http://rds.basepair.invalid')))
    expect(failure.code).toBe('UNREACHABLE')
    expect(failure.message).toMatch(/its name is not found\. Is this machine online\?/)
  })

  test('a server that takes no connection', async () => {
    // A stopped process accepts nothing: once its queue is full, the system lets further callers wait.
    const script =
      "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>process.stdout.write(String(s.address().port)))"
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [port] = await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    const waiting = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}))
    onTestFinished(() => waiting.forEach((socket) => void socket.destroy()))
    const aws = createAws({ endpoint: `http://127.0.0.1:${port}`, practice: null, variables }, { ...limits, callMs: 10_000 })
    onTestFinished(() => aws.close())
    const failure = await failureOf(list(aws))
    expect(failure).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('does a firewall let it through?') })
  })

  test('a connection that nobody answers on after a sleep is given up, when the machine wakes or after one call', async () => {
    const used = new WeakSet<Socket>()
    const server = createHttpServer(({ socket }, response) => {
      if (used.has(socket)) return
      used.add(socket)
      response.end(well.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => server.closeAllConnections())
    const address = server.address()
    const aws = at(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`)
    const length = async () => (await list(aws)).DBInstances?.length
    expect(await length()).toBe(1)
    aws.wake()
    expect(await length()).toBe(1)
    expect((await failureOf(list(aws))).code).toBe('TIMEOUT')
    expect(await length()).toBe(1)
  })

  test('a server without a certificate that holds', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const failure = await failureOf(list(at(`https://127.0.0.1:${port}`)))
    expect(failure).toMatchObject({ code: 'NOT_AWS', message: expect.stringContaining('cannot prove that it is AWS') })
  })

  test('the user cancels', async () => {
    const { endpoint, aws } = await stage()
    const cancel = new AbortController()
    endpoint.answer('rds', '*', () => {
      cancel.abort()
      return { trouble: 'silence' }
    })
    expect((await failureOf(list(aws, { signal: cancel.signal }))).code).toBe('CANCELLED')
  })

  test('the console closes', async () => {
    const { endpoint, aws } = await stage()
    endpoint.answer('rds', '*', () => {
      aws.close()
      return { trouble: 'silence' }
    })
    expect((await failureOf(list(aws))).code).toBe('CANCELLED')
  })
})
