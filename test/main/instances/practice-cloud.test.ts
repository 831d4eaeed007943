import { expect, test } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import { startPractice } from '../../../practice/index.ts'
import type { Draft } from '../../../preload/contract/environments.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { call, environment, openInstances, shows } from './console.ts'

/** The instances over the practice cloud, an AWS minute in a hundredth of a second. */
async function start() {
  const practice = await startPractice({ folder: await temporaryFolder(), speed: 6000 })
  const aws = createAws({ endpoint: null, practice: practice.endpoint, variables: {} })
  const saved: Draft[] = []
  const saveEnvironment = async (draft: Draft) => {
    saved.push(draft)
    return environment(draft.id)
  }
  const place = { profile: 'practice cloud', region: practice.endpoint.region }
  const opened = await openInstances({ aws, deps: { saveEnvironment } })
  await opened.service.choose({ environment: 'local', scope: { profiles: [place.profile], regions: [place.region] } }, call())
  const key = (identifier: string): InstanceKey => ({ ...place, kind: 'instance', identifier })
  const stop = async () => {
    await opened.close()
    aws.close()
    await practice.close()
  }
  return { practice, opened, saved, place, key, stop }
}

const inView = { environment: 'local' }

test('an instance is created with the safe choices, becomes an environment, is protected by a change of posture, and then not deleted', async () => {
  const { opened, saved, place, key, stop } = await start()
  try {
    const { service } = opened
    const { defaults, unseen } = await service.creationOptions({ ...inView, place }, call())
    expect(unseen).toEqual([])
    const creation = {
      ...defaults,
      identifier: 'second',
      database: 'shop',
      password: 'correct-horse-battery-staple',
      deletionProtection: false,
      makeEnvironment: { id: 'shop', label: 'Shop' },
    }
    const check = await service.checkCreation({ ...inView, creation }, call())
    expect(check.refusals).toEqual([])
    expect(check.perHour).toBeGreaterThan(0)
    await service.create({ ...inView, creation }, call())
    const shown = (wanted: string) =>
      shows(opened, ({ instances }) =>
        instances.some((one) => one.key.identifier === 'second' && one.status === wanted && one.change === null),
      )
    await shown('available')
    await expect.poll(() => saved).toHaveLength(1)
    expect(saved[0]).toMatchObject({
      id: 'shop',
      guard: 'open',
      connection: { host: '127.0.0.1', database: 'shop', user: defaults.masterUser, tls: 'verify-full' },
      rds: { ...place, instance: 'second', signIn: 'password' },
    })

    const before = await service.posture({ ...inView, key: key('second') }, call())
    expect(before.findings.find(({ rule }) => rule === 'deletion-protection')?.change?.change).toBe('protect_from_deletion')
    await service.mendPosture({ ...inView, key: key('second'), change: 'protect_from_deletion', confirm: 'second' }, call())
    await expect.poll(async () => (await service.details({ ...inView, key: key('second') }, call())).deletionProtection).toBe(true)
    const removal = { ...inView, key: key('second'), finalSnapshot: 'second-final', deleteBackups: true, confirm: 'second' }
    await expect(service.remove(removal, call())).rejects.toMatchObject({
      code: 'WRONG_STATE',
      data: { command: expect.stringContaining('--no-deletion-protection') },
    })
  } finally {
    await stop()
  }
}, 120_000)

test('the first instance of the practice cloud is that of the journals: bad in six rules or more', async () => {
  const { opened, key, stop } = await start()
  try {
    const { findings } = await opened.service.posture({ ...inView, key: key('cruddur-db-instance') }, call())
    expect(findings).toHaveLength(18)
    expect(findings.filter(({ verdict }) => verdict === 'bad').length).toBeGreaterThanOrEqual(6)
    const details = await opened.service.details({ ...inView, key: key('cruddur-db-instance') }, call())
    expect(details).toMatchObject({ masterUser: 'root', firstDatabase: 'cruddur', backups: { retentionDays: 0 }, unseen: [] })
    const metrics = await opened.service.metrics({ ...inView, key: key('cruddur-db-instance'), hours: 1 }, call())
    expect(metrics.cpu).toHaveLength(60)
    const final = { finalSnapshot: 'cruddur-final', deleteBackups: false, confirm: 'cruddur-db-instance' }
    await opened.service.remove({ ...inView, key: key('cruddur-db-instance'), ...final }, call())
    await shows(opened, ({ instances }) => instances.every((one) => one.key.identifier !== 'cruddur-db-instance'))
  } finally {
    await stop()
  }
}, 120_000)
