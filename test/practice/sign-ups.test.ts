import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { StopDBInstanceCommand } from '@aws-sdk/client-rds'
import { expect, test } from 'vitest'
import type { Practice } from '../../practice/index.ts'
import { temporaryFolder } from '../support/folders.ts'
import { clientOf, signIn, startCloud, until } from './cloud.ts'

/** Sign-ups in the whole cloud: from the pool by the function to the instance's table, and to the log as its clients read it. */

const cruddur = join(import.meta.dirname, '../../sql/cruddur/schema.sql')
const ada = { name: 'Ada Brown', email: 'ada@example.com', handle: 'ada', confirm: true }

async function linesOf(practice: Practice): Promise<string[]> {
  const client = clientOf(practice, CloudWatchLogsClient)
  const lines: string[] = []
  let nextToken: string | undefined
  do {
    const page = await client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/cruddur-post-confirmation', nextToken }))
    lines.push(...(page.events ?? []).map(({ message }) => message ?? ''))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return lines
}

test('a confirmed user has a row once the schema is there; without it the log alone knows why not; a stopped instance is silence', async () => {
  const folder = await temporaryFolder()
  const { practice, rds } = await startCloud(folder)
  const { control, instance } = practice
  // The journals' surprise: signed up, confirmed, told of no error, and not in the table.
  const early = await control.signUp({ ...ada, email: 'early@example.com', handle: 'early' })
  expect(early).toMatchObject({ status: 'CONFIRMED', error: null })
  await expect.poll(() => linesOf(practice).catch(() => []), { timeout: 20_000 }).toContain('relation "users" does not exist\n')

  const client = await signIn(instance)
  await client?.query(await readFile(cruddur, 'utf8'))
  const { sub } = await control.signUp(ada)
  const rows = async () => (await client?.query('SELECT display_name, handle, email, cognito_user_id FROM users ORDER BY created_at'))?.rows
  expect(await rows()).toEqual([{ display_name: 'Ada Brown', handle: 'ada', email: 'ada@example.com', cognito_user_id: sub }])
  // A reset of the password runs the function again, and the insert does nothing. For who was too early it mends what was missed.
  expect((await control.resetPassword(sub)).error).toBeNull()
  expect(await rows()).toHaveLength(1)
  await control.resetPassword(early.sub)
  expect(await rows()).toMatchObject([{ handle: 'ada' }, { handle: 'early' }])
  await expect
    .poll(async () => (await linesOf(practice)).filter((line) => line.includes('PostConfirmation_ConfirmForgotPassword')).length, {
      timeout: 20_000,
    })
    .toBe(2)
  // The function stands within the VPC: where this machine is counts for nothing.
  await control.change({ network: 'cafe' })
  expect((await control.signUp({ ...ada, email: 'cafe@example.com', handle: 'cafe' })).error).toBeNull()
  expect(control.state().signUps.users.map(({ email }) => email)).toEqual(['cafe@example.com', 'ada@example.com', 'early@example.com'])

  await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: instance.identifier }))
  await until(rds, instance.identifier, 'stopped')
  const late = await control.signUp({ ...ada, email: 'late@example.com', handle: 'late' })
  expect(late).toMatchObject({ status: 'CONFIRMED', error: expect.stringMatching(/Task timed out after 3\.00 seconds\.$/) })
  await expect
    .poll(async () => (await linesOf(practice)).filter((line) => /^REPORT .*\tStatus: timeout\t\n$/.test(line)).length, { timeout: 20_000 })
    .toBe(3)
})

test('a change of network is a change of where this machine stands, a sign-up is none', async () => {
  const { practice } = await startCloud(await temporaryFolder())
  let stood = 0
  let changed = 0
  practice.control.onStandingChange(() => {
    stood += 1
  })
  practice.control.onChange(() => {
    changed += 1
  })
  await practice.control.signUp({ ...ada, confirm: false })
  expect(stood).toBe(0)
  expect(changed).toBeGreaterThan(0)
  await practice.control.change({ network: 'cafe' })
  expect(stood).toBe(1)
})
