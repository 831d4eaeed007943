import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { refusalsOf, warningsOf } from '../../../main/instances/provision/check.ts'
import { createCommand } from '../../../main/instances/provision/command-line.ts'
import type { Creation } from '../../../preload/contract/provision.ts'
import { now, region } from './cloud-fixture.ts'

const sound: Creation = {
  profile: 'default',
  region,
  identifier: 'shop-db-instance',
  instanceClass: 'db.t4g.micro',
  engineVersion: '17.7',
  masterUser: 'shop_owner',
  password: 'correct-horse-battery-staple',
  managePassword: false,
  database: 'shop',
  port: 5432,
  storageGib: 20,
  storageType: 'gp3',
  encrypted: true,
  publiclyAccessible: false,
  multiAz: false,
  securityGroups: ['sg-0a1b'],
  backupRetentionDays: 7,
  deletionProtection: true,
  iamAuthentication: true,
  performanceInsights: true,
  makeEnvironment: null,
}
const around = { environments: ['local', 'prod'], now }
const refused = (change: Partial<Creation>) => refusalsOf({ ...sound, ...change }, around).map(({ field }) => field)
const warned = (change: Partial<Creation>) => warningsOf({ ...sound, ...change }, around).map(({ field }) => field)

test('a sound creation is not refused', () => {
  expect(refused({})).toEqual([])
  expect(
    refused({
      identifier: 'a'.repeat(63),
      masterUser: 'A'.repeat(16),
      database: '',
      port: 1150,
      storageGib: 65_536,
      backupRetentionDays: 35,
    }),
  ).toEqual([])
  expect(
    refused({ identifier: 'x', masterUser: 'x', password: '12345678', port: 65_535, backupRetentionDays: 0, securityGroups: [] }),
  ).toEqual([])
  expect(refused({ storageType: 'standard', storageGib: 5 })).toEqual([])
  expect(refused({ storageType: 'io2', storageGib: 100, iops: 3000 })).toEqual([])
  expect(refused({ managePassword: true, password: '' })).toEqual([])
  expect(refused({ availabilityZone: 'ca-central-1a' })).toEqual([])
})

const refusals: readonly (readonly [keyof Creation, Partial<Creation>])[] = [
  ...['', '1shop', '-shop', 'shop-', 'sh--op', 'sh_op', 'sh.op', 'shöp', 'a'.repeat(64)].map(
    (identifier) => ['identifier', { identifier }] as const,
  ),
  ...['', '1a', '_a', 'a-b', 'a b', 'a'.repeat(17), 'user', 'SELECT', 'admin', 'rdsadmin', 'pg_me'].map(
    (masterUser) => ['masterUser', { masterUser }] as const,
  ),
  ...['', '1234567', 'a'.repeat(129), 'pass/word1', 'pass"word1', 'pass@word1', 'pass word1', 'passwörd1', 'tab\there1'].map(
    (password) => ['password', { password }] as const,
  ),
  ['password', { managePassword: true }],
  ...['1shop', 'sh-op', 'table', 'postgres', 'a'.repeat(64)].map((database) => ['database', { database }] as const),
  ...[0, 1149, 65_536].map((port) => ['port', { port }] as const),
  ['backupRetentionDays', { backupRetentionDays: 36 }],
  ['storageGib', { storageGib: 19 }],
  ['storageGib', { storageGib: 65_537 }],
  ['storageGib', { storageType: 'io1', storageGib: 99, iops: 1000 }],
  ['storageGib', { storageType: 'standard', storageGib: 4 }],
  ['storageGib', { storageType: 'standard', storageGib: 3073 }],
  ['iops', { storageType: 'io1', storageGib: 100 }],
  ['iops', { storageType: 'io2', storageGib: 100, iops: 999 }],
  ['iops', { storageGib: 399, iops: 12_000 }],
  ['iops', { storageType: 'gp2', iops: 3000 }],
  ['availabilityZone', { availabilityZone: 'ca-central-1a', multiAz: true }],
  ['availabilityZone', { availabilityZone: 'eu-west-1a' }],
  ['instanceClass', { instanceClass: 't4g.micro' }],
  ['engineVersion', { engineVersion: 'newest' }],
  ['securityGroups', { securityGroups: ['default'] }],
  ['makeEnvironment', { makeEnvironment: { id: 'prod', label: 'again' } }],
]

test.each(refusals)('%s is refused: %o', (field, change) => {
  expect(refused(change)).toEqual([field])
})

test('what may be regretted is said, and refused by nobody', () => {
  const journals = {
    publiclyAccessible: true,
    encrypted: false,
    deletionProtection: false,
    backupRetentionDays: 0,
    masterUser: 'root',
    engineVersion: '14.6',
  }
  expect(warned(journals)).toEqual(
    expect.arrayContaining([
      'publiclyAccessible',
      'encrypted',
      'deletionProtection',
      'backupRetentionDays',
      'masterUser',
      'engineVersion',
      'multiAz',
    ]),
  )
  expect(refused(journals)).toEqual([])
  expect(warned({ engineVersion: '17.7' })).not.toContain('engineVersion')
})

/** Runs a command line in a shell in which `aws` says what it was given. */
async function runInShell(command: string, typed: string): Promise<{ readonly words: string[]; readonly input: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-shell-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const program = `#!${process.execPath}\nconst input = process.argv.includes('file:///dev/stdin') ? require('node:fs').readFileSync(0, 'utf8') : ''\nprocess.stdout.write(JSON.stringify({ words: process.argv.slice(2), input }))\n`
  await writeFile(join(folder, 'aws'), program)
  await chmod(join(folder, 'aws'), 0o700)
  return await new Promise((resolve, reject) => {
    const shell = execFile('sh', ['-c', command], { env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } }, (error, stdout) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(error),
    )
    shell.stdin?.end(`${typed}\n`)
  })
}

test('the command line asks for the password and hands it on unseen', async () => {
  const command = createCommand({ ...sound, profile: 'work' }, null)
  expect(command).not.toContain('correct-horse')
  const { words, input } = await runInShell(command, `it's "typed" $HOME \\ here`)
  expect(input).toBe(`it's "typed" $HOME \\ here`)
  expect(words.slice(0, 2)).toEqual(['rds', 'create-db-instance'])
  expect(words).toEqual(
    expect.arrayContaining(['--profile', 'work', '--db-instance-identifier', 'shop-db-instance', '--deletion-protection']),
  )
  expect(words).toContain('--no-publicly-accessible')
  expect(words[words.indexOf('--vpc-security-group-ids') + 1]).toBe('sg-0a1b')
})

test('whatever stands in a field, the shell hands it on as it is, and no password stands in the line', async () => {
  const hostile = fc.record({
    identifier: fc.string(),
    database: fc.string({ minLength: 1 }),
    masterUser: fc.string(),
    subnetGroup: fc.string(),
  })
  await fc.assert(
    fc.asyncProperty(hostile, async (fields) => {
      const safe = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.replaceAll('\0', '')])) as typeof fields
      const command = createCommand(
        { ...sound, ...safe, database: safe.database || 'x', password: 'S3cret-beyond-doubt' },
        'http://127.0.0.1:1/',
      )
      expect(command).not.toContain('S3cret-beyond-doubt')
      const { words } = await runInShell(command, 'typed')
      const after = (name: string) => words[words.indexOf(name) + 1]
      expect(after('--db-instance-identifier')).toBe(safe.identifier)
      expect(after('--master-username')).toBe(safe.masterUser)
      expect(after('--db-subnet-group-name')).toBe(safe.subnetGroup)
    }),
    { numRuns: 30 },
  )
})
