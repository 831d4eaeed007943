import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient, StopDBInstanceCommand } from '@aws-sdk/client-rds'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { describe, until } from './cloud.ts'

const script = join(import.meta.dirname, '..', '..', 'scripts', 'practice.ts')

interface Run {
  readonly child: ChildProcess
  /** All that it said so far. */
  out(): string
  err(): string
}

function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGTERM'))
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (part) => {
    said.out += part
  })
  child.stderr.setEncoding('utf8').on('data', (part) => {
    said.err += part
  })
  return { child, out: () => said.out, err: () => said.err }
}

async function ended({ child }: Run): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** Waits for its one line and gives back a client of the address in it. */
async function client(cloud: Run): Promise<{ readonly rds: RDSClient; readonly address: string }> {
  await expect.poll(cloud.out, { timeout: 40_000 }).toMatch(/^Practice cloud: http:\/\/127\.0\.0\.1:\d+\n$/)
  const address = cloud.out().slice('Practice cloud: '.length).trim()
  const credentials = { accessKeyId: 'AKIAANYBODY', secretAccessKey: 'anything' }
  const rds = new RDSClient({ endpoint: address, region: 'ca-central-1', credentials, maxAttempts: 1 })
  onTestFinished(() => rds.destroy())
  return { rds, address }
}

test('the cloud runs alone, says its address in one line, and is whole after it was killed', async () => {
  const data = await temporaryFolder()
  const first = run('--port', '0', '--data', data, '--speed', '500')
  const { rds, address } = await client(first)
  const name = 'cruddur-db-instance'
  await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, DeletionProtection: true }))
  const port = (await describe(rds, name)).Endpoint?.Port
  await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: name }))
  first.child.kill('SIGKILL')
  await ended(first)

  const second = run('--data', data)
  const again = await client(second)
  // Stopping goes on where it was.
  await until(again.rds, name, 'stopped')
  expect(await describe(again.rds, name)).toMatchObject({ DeletionProtection: true, Endpoint: { Port: port } })
  expect(again.address).toBe(address)
  expect(first.out() + second.out()).toBe(`Practice cloud: ${address}\n`.repeat(2))

  const other = run('--data', data)
  expect(await ended(other)).toBe(1)
  expect(other.err()).toContain('uses the data folder')
  const refused = run('reset', '--data', data)
  expect(await ended(refused)).toBe(1)

  second.child.kill('SIGTERM')
  expect(await ended(second)).toBe(0)
  expect(second.err()).toBe('')
  const reset = run('reset', '--data', data)
  expect(await ended(reset)).toBe(0)
  expect(existsSync(join(data, 'servers', 'practice'))).toBe(false)
})

test('a reset stops what a killed cloud left running, and the next start begins anew', async () => {
  const data = await temporaryFolder()
  const first = run('--port', '0', '--data', data)
  const { rds } = await client(first)
  const before = (await describe(rds, 'cruddur-db-instance')).DbiResourceId
  first.child.kill('SIGKILL')
  await ended(first)
  const reset = run('reset', '--data', data)
  expect(await ended(reset)).toBe(0)
  const second = await client(run('--port', '0', '--data', data))
  const { DBInstances } = await second.rds.send(new DescribeDBInstancesCommand({}))
  expect(DBInstances).toHaveLength(1)
  expect(DBInstances?.[0]?.DbiResourceId).not.toBe(before)
})

test.each([
  [['--port', 'many'], /A number from 0 to 65535/],
  [['--speed', '0'], /A number from 1 to 10000/],
  [['--unknown'], /unknown option/],
])('%j is refused', async (args, words) => {
  const refused = run(...args)
  expect(await ended(refused)).toBe(1)
  expect(refused.err()).toMatch(words)
  expect(refused.out()).toBe('')
})

test('made-up users sign up there at the pace that was asked for, and the log tells of them', async () => {
  const cloud = run('--port', '0', '--data', await temporaryFolder(), '--pace', '120')
  const { address } = await client(cloud)
  const logs = new CloudWatchLogsClient({
    endpoint: address,
    region: 'ca-central-1',
    credentials: { accessKeyId: 'AKIAANYBODY', secretAccessKey: 'anything' },
    maxAttempts: 1,
  })
  onTestFinished(() => logs.destroy())
  const reports = async () => {
    const command = new FilterLogEventsCommand({
      logGroupName: '/aws/lambda/cruddur-post-confirmation',
      filterPattern: '"REPORT RequestId"',
    })
    return (await logs.send(command)).events?.length ?? 0
  }
  // The group is there with the first line.
  await expect.poll(() => reports().catch(() => 0), { timeout: 20_000 }).toBeGreaterThan(1)
  cloud.child.kill('SIGTERM')
  expect(await ended(cloud)).toBe(0)
  expect(cloud.err()).toBe('')
})
