import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DescribeLogGroupsCommand, FilterLogEventsCommand, StartLiveTailCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { fromUtf8, toUtf8 } from '@smithy/core/serde'
import { expect, onTestFinished, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { jsonAnswer, jsonFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf, html, limits, place, portal, stage, variables } from './stage.ts'

const what = 'read the log group cruddur'
const filter = (aws: Aws) =>
  aws.logs({ place, what }, (client, options) => client.send(new FilterLogEventsCommand({ logGroupName: 'cruddur' }), options))
const liveTail = (aws: Aws) =>
  aws.logs({ place, what: 'start Live Tail of cruddur' }, (client, options) =>
    client.send(new StartLiveTailCommand({ logGroupIdentifiers: ['arn:aws:logs:ca-central-1:1:log-group:cruddur'] }), options),
  )
const functions = (aws: Aws) =>
  aws.lambda({ place, what: 'list the Lambda functions' }, (client, options) => client.send(new ListFunctionsCommand({}), options))

test.each([
  ['AccessDeniedException', 'No.', 'FORBIDDEN', 'logs:FilterLogEvents'],
  ['ResourceNotFoundException', 'The specified log group does not exist.', 'GONE', 'The specified log group does not exist.'],
  ['InvalidParameterException', 'Invalid character(s) in term "%["', 'INVALID', 'Invalid character(s) in term "%["'],
  ['LimitExceededException', 'Too many sessions.', 'AWS', 'Too many sessions.'],
  ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'CREDENTIALS', ''],
  ['ThrottlingException', 'Rate exceeded', 'THROTTLED', 'call less often'],
])('%s of CloudWatch Logs is told as what it is', async (name, message, code, told) => {
  const { endpoint, aws } = await stage(4_000)
  endpoint.answer('logs', 'FilterLogEvents', jsonFault(name, message))
  const failure = await failureOf(filter(aws))
  expect(failure.code).toBe(code)
  expect(failure.message).toContain(told)
  expect(failure.data?.source).toEqual({ vendor: 'aws', code: name })
})

test("Lambda's refusals and what answers in its place are told", async () => {
  const { endpoint, aws } = await stage(4_000)
  const refusal = 'User: arn:aws:iam::1:user/x is not authorized to perform: lambda:ListFunctions on resource: *'
  const fault = jsonFault('AccessDeniedException', refusal, 403)
  endpoint.answer('lambda', '*', { ...fault, headers: { ...fault.headers, 'x-amzn-errortype': 'AccessDeniedException' } })
  expect(await failureOf(functions(aws))).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('lambda:ListFunctions') })
  endpoint.answer('lambda', '*', { headers: html, body: portal })
  expect(await failureOf(functions(aws))).toMatchObject({ code: 'NOT_AWS' })
  endpoint.answer('lambda', '*', jsonAnswer({}))
  expect(await failureOf(functions(aws))).toMatchObject({ code: 'NOT_AWS' })
})

test('a portal that answers for Live Tail is no session, be it called what it likes', async () => {
  const { endpoint, aws } = await stage()
  endpoint.answer('logs', 'StartLiveTail', { headers: html, body: portal })
  expect(await failureOf(liveTail(aws))).toMatchObject({ code: 'NOT_AWS' })
  endpoint.answer('logs', 'StartLiveTail', jsonFault('LimitExceededException', 'Too many.'))
  const failure = await failureOf(liveTail(aws))
  expect(failure).toMatchObject({ code: 'AWS' })
  expect(failure.message).not.toContain('carried out')
})

const codec = new EventStreamCodec(toUtf8, fromUtf8)
const text = (value: string) => ({ type: 'string', value }) as const
const eventMessage = (type: string, payload: object): Uint8Array =>
  codec.encode({
    headers: { ':message-type': text('event'), ':event-type': text(type), ':content-type': text('application/json') },
    body: fromUtf8(JSON.stringify(payload)),
  })

test('an answer that goes on outlives the time limit of a call, and ends where nothing comes any more', async () => {
  const updates = 12
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
    response.write(eventMessage('sessionStart', { sessionId: 'one' }))
    let sent = 0
    const every = setInterval(() => {
      response.write(eventMessage('sessionUpdate', { sessionResults: [] }))
      sent += 1
      // From then on it is silent, and stays open.
      if (sent === updates) clearInterval(every)
    }, 100)
    response.on('close', () => clearInterval(every))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on TCP has an address of this kind.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const aws = createAws({ endpoint: url, practice: null, variables }, { ...limits, callMs: 800, silenceMs: 900 })
  onTestFinished(() => aws.close())
  const { responseStream = [] } = await liveTail(aws)
  let heard = 0
  const read = async () => {
    for await (const { sessionUpdate } of responseStream) if (sessionUpdate !== undefined) heard += 1
  }
  await expect(read()).rejects.toThrow('cut off')
  expect(heard).toBe(updates)
})

test.each([
  ['says that a gigabyte comes', Buffer.from([0x40, 0, 0, 0]), 'NOT_AWS'],
  ['is shorter than any', Buffer.from([0, 0, 0, 3]), 'NOT_AWS'],
  ['is a web page', Buffer.from('<!doctype html>'), 'NOT_AWS'],
  ['does not fit its checksum', Buffer.from(eventMessage('sessionUpdate', { sessionResults: [] })).fill(1, 20, 30), 'AWS'],
])('a message of an event stream that %s ends the session, however much comes after it', async (_, message, code) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
    response.write(message)
    const every = setInterval(() => response.write('and so on '), 20)
    response.on('close', () => clearInterval(every))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on TCP has an address of this kind.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const aws = createAws({ endpoint: url, practice: null, variables }, limits)
  onTestFinished(() => aws.close())
  const read = async () => {
    const { responseStream = [] } = await liveTail(aws)
    for await (const one of responseStream) expect(one).toBeDefined()
  }
  expect(await failureOf(read())).toMatchObject({ code })
})

test("its endpoint is named by the SDK's own variable, and no other service goes there", async () => {
  const endpoint = await startAwsEndpoint()
  const other = await startAwsEndpoint()
  endpoint.answer('logs', 'DescribeLogGroups', jsonAnswer({ logGroups: [] }))
  const named = { ...variables, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.url, AWS_ENDPOINT_URL_LAMBDA: other.url }
  const aws = createAws({ endpoint: null, practice: null, variables: named }, limits)
  onTestFinished(() => aws.close())
  await aws.logs({ place, what: 'list the log groups' }, (client, options) => client.send(new DescribeLogGroupsCommand({}), options))
  await failureOf(functions(aws))
  // Neither has a name like `stream-` put before its own.
  await failureOf(liveTail(aws))
  expect(endpoint.requests.map(({ action }) => action)).toEqual(['DescribeLogGroups', 'StartLiveTail'])
  expect(other.requests.length).toBeGreaterThan(0)
})
