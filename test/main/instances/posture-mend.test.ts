import { expect, test } from 'vitest'
import { createPosture } from '../../../main/instances/posture/posture.ts'
import type { PostureChange } from '../../../preload/contract/posture.ts'
import { queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { type CloudParts, call, createChanging, key, now, startCloud, xml } from './cloud-fixture.ts'

const poor: CloudParts = {
  instance: {
    PubliclyAccessible: true,
    DeletionProtection: false,
    BackupRetentionPeriod: 0,
    MultiAZ: false,
    IAMDatabaseAuthenticationEnabled: false,
    CACertificateIdentifier: 'rds-ca-2019',
  },
  versions: ['15.15', '16.11', '16.13', '17.9'],
}

async function start(parts: CloudParts = poor) {
  const { aws, endpoint } = await startCloud(parts)
  const { changing, followed, lines } = createChanging()
  endpoint.answer('rds', 'ModifyDBInstance', queryAnswer('ModifyDBInstance', xml({ DBInstance: { DBInstanceStatus: 'modifying' } })))
  const authorities = [
    { CertificateIdentifier: 'rds-ca-2019', ValidTill: '2024-08-22T17:08:50Z' },
    { CertificateIdentifier: 'rds-ca-rsa4096-g1', ValidTill: '2121-05-25T00:00:00Z' },
    { CertificateIdentifier: 'rds-ca-rsa2048-g1', ValidTill: '2061-05-25T00:00:00Z' },
  ]
  endpoint.answer(
    'rds',
    'DescribeCertificates',
    queryAnswer(
      'DescribeCertificates',
      xml({ DefaultCertificateForNewLaunches: 'rds-ca-rsa2048-g1', Certificates: { Certificate: authorities } }),
    ),
  )
  const { mendPosture } = createPosture({ aws, changing, now: () => now })
  const mend = (change: PostureChange, confirm: string | null = null) => mendPosture({ environment: 'prod', key, change, confirm }, call())
  return { endpoint, mend, followed, lines }
}

const typed = 'orders'
test.each<[PostureChange, string | null, Record<string, string>, string, string]>([
  ['close_public_access', typed, { PubliclyAccessible: 'false' }, 'PubliclyAccessible: true', 'PubliclyAccessible: false'],
  ['protect_from_deletion', null, { DeletionProtection: 'true' }, 'DeletionProtection: false', 'DeletionProtection: true'],
  ['keep_backups', typed, { BackupRetentionPeriod: '7' }, 'BackupRetentionPeriod: 0', 'BackupRetentionPeriod: 7'],
  ['make_multi_az', null, { MultiAZ: 'true' }, 'MultiAZ: false', 'MultiAZ: true'],
  [
    'allow_iam',
    null,
    { EnableIAMDatabaseAuthentication: 'true' },
    'EnableIAMDatabaseAuthentication: false',
    'EnableIAMDatabaseAuthentication: true',
  ],
  [
    'rotate_certificate',
    typed,
    { CACertificateIdentifier: 'rds-ca-rsa2048-g1' },
    'CACertificateIdentifier: rds-ca-2019',
    'CACertificateIdentifier: rds-ca-rsa2048-g1',
  ],
  ['upgrade_minor', typed, { EngineVersion: '16.13' }, 'EngineVersion: 16.11', 'EngineVersion: 16.13'],
])('%s is asked for at once, and written down before and after', async (change, confirm, params, before, after) => {
  const { endpoint, mend, followed, lines } = await start()
  await mend(change, confirm)
  const sent = Object.fromEntries(endpoint.asked('ModifyDBInstance')[0]?.params ?? [])
  const { Action: _, Version: __, ...settings } = sent
  expect(settings).toEqual({ DBInstanceIdentifier: 'orders', ApplyImmediately: 'true', ...params })
  expect(followed).toEqual(['modify orders'])
  expect(lines).toEqual([`prod: Modify instance, orders, before ${before}`, `done: ${after}`])
})

test.each<PostureChange>(['close_public_access', 'keep_backups', 'rotate_certificate', 'upgrade_minor'])(
  '%s interrupts, so that nothing is asked of AWS without the typed name',
  async (change) => {
    const { endpoint, mend } = await start()
    await expect(mend(change)).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    await expect(mend(change, 'order')).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    expect(endpoint.requests).toEqual([])
  },
)

test.each([
  ['a stopped instance', { ...poor, instance: { ...poor.instance, DBInstanceStatus: 'stopped' } }, 'make_multi_az'],
  ['what is so already', {}, 'protect_from_deletion'],
  ['a version that is the newest', { ...poor, versions: ['16.11', '17.9'] }, 'upgrade_minor'],
] as const)('%s is not changed', async (_, parts, change) => {
  const { endpoint, mend, lines } = await start(parts)
  await expect(mend(change, typed)).rejects.toMatchObject({ code: 'WRONG_STATE' })
  expect(endpoint.asked('ModifyDBInstance')).toEqual([])
  expect(lines).toEqual([])
})

test('a refusal of AWS is written down, and told', async () => {
  const { endpoint, mend, lines } = await start()
  endpoint.answer('rds', 'ModifyDBInstance', queryFault('InvalidDBInstanceState', 'Database instance is not in available state.'))
  await expect(mend('make_multi_az')).rejects.toMatchObject({ code: 'WRONG_STATE' })
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^failed: /)
})
