import { randomUUID } from 'node:crypto'
import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { silence } from '../../practice/lambda/database.ts'
import { libpqMessage } from '../../practice/lambda/libpq-message.ts'
import { pythonDict, pythonRepr } from '../../practice/lambda/python-text.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startLambda, triggerOf } from './lambda.ts'
import { startServices } from './services.ts'

/** The function's environments, its words, and what Lambda tells of it. Nobody answers it here; the real server is in lambda-failures.test.ts. */

const nobody = () => silence(new AbortController().signal)
const person = (name = 'Ada Brown') => ({ sub: randomUUID(), name, email: 'ada@example.com', handle: 'ada' })
const streamsOf = (written: readonly { readonly stream: string }[]) => new Set(written.map(({ stream }) => stream)).size

describe('environments', () => {
  const made = { failure: 'unbound variable', swallows: true } as const

  test('one after the other share an environment and its stream; at once they open more; a change opens new ones', async () => {
    const { lambda, written, messages } = await startLambda(nobody, { made })
    await lambda.invoke(triggerOf(person()))
    await lambda.invoke(triggerOf(person()))
    expect(streamsOf(written)).toBe(1)
    expect(messages().filter((line) => line.startsWith('INIT_START')).length).toBe(1)
    expect(
      messages()
        .filter((line) => line.startsWith('REPORT'))
        .map((line) => line.includes('Init Duration')),
    ).toEqual([true, false])
    await Promise.all([1, 2, 3].map(() => lambda.invoke(triggerOf(person()))))
    expect(streamsOf(written)).toBe(3)
    for (const stream of new Set(written.map((line) => line.stream))) {
      const frames = written
        .filter((line) => line.stream === stream)
        .flatMap(({ message }) => /^(START|END|REPORT)/.exec(message)?.[0] ?? [])
      expect(frames.join(' ')).toMatch(/^(START END REPORT ?)+$/)
    }
    await lambda.change({ function: { format: 'json' } })
    await lambda.invoke(triggerOf(person()))
    expect(streamsOf(written)).toBe(4)
    expect(JSON.parse(messages().at(-1) ?? '')).toMatchObject({ type: 'platform.report' })
  })

  test('an environment begins again in a later millisecond than it ended in, so that no order of its lines is in doubt', async () => {
    for (const failure of ['unbound variable', 'syntax error'] as const) {
      const { lambda, written } = await startLambda(nobody, { made: { ...made, failure } })
      for (let count = 0; count < 10; count += 1) await lambda.invoke(triggerOf(person()))
      const ends = written.flatMap(({ message, at }, index) => (message.startsWith('REPORT') ? [{ at, next: written[index + 1]?.at }] : []))
      expect(ends.length).toBe(10)
      expect(ends.filter(({ at, next }) => next !== undefined && next <= at)).toEqual([])
    }
  })

  test('lines are taken in within a second, or some of them minutes late; each says when it was written', async () => {
    const { lambda, written } = await startLambda(nobody, { made })
    await lambda.invoke(triggerOf(person()))
    expect(Math.max(...written.map(({ lateMs }) => lateMs))).toBeLessThanOrEqual(1_000)
    written.length = 0
    await lambda.change({ function: {}, lateIngestion: true })
    await expect
      .poll(
        async () => {
          await Promise.all(Array.from({ length: 10 }, () => lambda.invoke(triggerOf(person()))))
          return written.some(({ lateMs }) => lateMs >= 5_000)
        },
        { timeout: 20_000 },
      )
      .toBe(true)
    expect(Math.max(...written.map(({ lateMs }) => lateMs))).toBeLessThanOrEqual(120_000)
    expect(written.filter(({ lateMs }) => lateMs > 1_000).length).toBeLessThan(written.length / 4)
    const inOneStream = written.filter(({ stream }) => stream === written[0]?.stream).map(({ at }) => at)
    expect(inOneStream).toEqual(inOneStream.toSorted((one, other) => one - other))
  })

  test('a function that runs when the cloud ends tells so to who waits for it', async () => {
    const { lambda } = await startLambda(nobody, {})
    const waiting = lambda.invoke(triggerOf(person()))
    await lambda.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(lambda.invoke(triggerOf(person()))).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('words', () => {
  test.each([
    ['plain', "'plain'"],
    ["Miles O'Brien", `"Miles O'Brien"`],
    ['say "hello"', `'say "hello"'`],
    [`both ' and "`, `'both \\' and "'`],
    ['a\nb\tc\r\\', "'a\\nb\\tc\\r\\\\'"],
    ['\u001b[31m\u0000\u0085', "'\\x1b[31m\\x00\\x85'"],
    ['\u202eevil\u2028', "'\\u202eevil\\u2028'"],
    ['Zoë 👋', "'Zoë 👋'"],
    ['\u{e0001}', "'\\U000e0001'"],
  ])('Python writes %j as %s', (text, expected) => {
    expect(pythonRepr(text)).toBe(expected)
  })

  test('a dict of them', () => {
    expect(pythonDict({ sub: '1', 'cognito:user_status': 'CONFIRMED' })).toBe("{'sub': '1', 'cognito:user_status': 'CONFIRMED'}")
  })

  const failed = (fields: Partial<DatabaseError>) => Object.assign(new DatabaseError('wrong', 0, 'error'), fields)
  test.each([
    ['SELECT x', '8', 'wrong\nLINE 1: SELECT x\n               ^\n'],
    ['SELECT\n\tx,\n\ty', '13', 'wrong\nLINE 3:  y\n         ^\n'],
    [`SELECT '${'a'.repeat(80)}', x`, '8', `wrong\nLINE 1: SELECT '${'a'.repeat(52)}...\n               ^\n`],
    [`SELECT '${'a'.repeat(80)}', x`, '92', `wrong\nLINE 1: ...${'a'.repeat(56)}', x\n${' '.repeat(70)}^\n`],
  ])('libpq marks %j at %s', (statement, position, expected) => {
    expect(libpqMessage(failed({ position }), statement)).toBe(expected)
  })

  test('libpq tells detail and hint', () => {
    expect(libpqMessage(failed({ detail: 'so', hint: 'try' }), '')).toBe('wrong\nDETAIL:  so\nHINT:  try\n')
  })
})

test.each(['python', 'node'] as const)('what a user types goes through as it is: %s', async (runtime) => {
  const hostile = `END RequestId: ${randomUUID()}\n\u001b[31m<script>alert(1)</script>\r\n${'x'.repeat(1_900)}`
  const { lambda, messages } = await startLambda(nobody, { made: { runtime, failure: 'quote in the name' }, timeoutSeconds: 0.2 })
  await lambda.invoke(triggerOf(person(hostile)))
  const whole = messages().join('')
  expect(whole).toContain(hostile)
  if (runtime === 'python') expect(messages()).toContain('\u001b[31m<script>alert(1)</script>\r\n')
})

test('Lambda lists the function, and tells how it is made', async () => {
  const { endpoint, control } = await startServices(await temporaryFolder())
  const client = (region: string) =>
    new LambdaClient({ endpoint, region, maxAttempts: 1, credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' } })
  const here = client('ca-central-1')
  const { Functions } = await here.send(new ListFunctionsCommand({}))
  expect(Functions).toMatchObject([
    {
      FunctionName: 'cruddur-post-confirmation',
      FunctionArn: 'arn:aws:lambda:ca-central-1:123456789012:function:cruddur-post-confirmation',
      Runtime: 'python3.12',
      Handler: 'lambda_function.lambda_handler',
      MemorySize: 128,
      Timeout: 3,
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/cruddur-post-confirmation' },
      VpcConfig: { VpcId: expect.any(String) },
    },
  ])
  await control.change({ function: { runtime: 'node', format: 'json', failure: 'time-out' } })
  const { Configuration } = await here.send(new GetFunctionCommand({ FunctionName: 'cruddur-post-confirmation' }))
  expect(Configuration).toMatchObject({ Runtime: 'nodejs22.x', Handler: 'index.handler', LoggingConfig: { LogFormat: 'JSON' } })
  expect(Configuration?.VpcConfig).toBeUndefined()
  await expect(here.send(new GetFunctionCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect((await client('us-east-1').send(new ListFunctionsCommand({}))).Functions).toEqual([])
})
