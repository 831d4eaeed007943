import { describe, expect, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { draftOf } from '../../../main/instances/provision/adopt.ts'
import { queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { key, place, region, startCloud, xml } from './cloud-fixture.ts'
import { call, environment, openInstances, prodOn } from './console.ts'

/** Ways to an instance of a locked environment by another name than the environment's own. */

const changing = ['StopDBInstance', 'StopDBCluster', 'ModifyDBInstance', 'DeleteDBInstance', 'CreateDBInstance']
const other = { ...key, identifier: 'ORDERS' }
const mend = { change: 'make_multi_az', confirm: 'ORDERS' } as const
const removal = { finalSnapshot: null, deleteBackups: true, confirm: 'ORDERS' }

async function start(instance: Parameters<typeof startCloud>[0] = {}) {
  const cloud = await startCloud({ instance: { DeletionProtection: false, MultiAZ: false, ...instance.instance } })
  for (const action of changing) cloud.endpoint.answer('rds', action, queryAnswer(action, ''))
  return { ...cloud, sent: () => changing.flatMap((action) => cloud.endpoint.asked(action)) }
}

test.each([
  ['the name that its host has', { host: `Orders.ABC.${region}.rds.amazonaws.com.`, port: 5433 }],
  ['a tunnel to it', { host: '127.0.0.1', port: 15433, servername: `orders.abc.${region}.rds.amazonaws.com` }],
])('an instance that nobody has looked at yet belongs to who connects by %s', async (_name, to) => {
  const { aws, sent } = await start()
  const prod = environment('prod', { guard: 'guarded', connection: { database: 'shop', user: 'shop', tls: 'verify-full', ...to } })
  const opened = await openInstances({ aws, environments: [environment('local'), prod] })
  const refused = { code: 'LOCKED', message: 'prod is read-only.' }
  const inView = { environment: 'local', key: other }
  await expect(opened.service.remove({ ...inView, ...removal }, call())).rejects.toMatchObject(refused)
  await expect(opened.service.mendPosture({ ...inView, ...mend }, call())).rejects.toMatchObject(refused)
  await expect(opened.service.stop({ ...inView, snapshot: null, confirm: 'ORDERS' }, call())).rejects.toMatchObject(refused)
  expect(sent()).toEqual([])
  expect(opened.activity).toEqual([])
})

test.each([
  ['member', 'cluster', { instance: 'orders', profile: 'another' }],
  ['cluster', 'member', { instance: 'Sales', kind: 'cluster' as const, profile: 'another' }],
])('an environment that names the %s guards the %s too', async (_named, asked, named) => {
  const { aws, endpoint, sent } = await start({ instance: { DBClusterIdentifier: 'sales', Engine: 'aurora-postgresql' } })
  const cluster = {
    DBClusterIdentifier: 'sales',
    Status: 'available',
    Engine: 'aurora-postgresql',
    DBClusterMembers: { DBClusterMember: { DBInstanceIdentifier: 'orders', IsClusterWriter: true } },
  }
  endpoint.answer('rds', 'DescribeDBClusters', queryAnswer('DescribeDBClusters', xml({ DBClusters: { DBCluster: cluster } })))
  const prod = environment('prod', { guard: 'guarded', rds: { region, signIn: 'password', ...named } })
  const opened = await openInstances({ aws, environments: [environment('local'), prod] })
  const refused = { code: 'LOCKED', message: 'prod is read-only.' }
  const to = { environment: 'local', key: asked === 'cluster' ? { ...key, kind: 'cluster' as const, identifier: 'sales' } : key }
  const { identifier } = to.key
  await expect(opened.service.stop({ ...to, snapshot: null, confirm: identifier }, call())).rejects.toMatchObject(refused)
  await expect(opened.service.keepStopped({ ...to, on: true }, call())).rejects.toMatchObject(refused)
  await expect(opened.service.mendPosture({ ...to, ...mend, confirm: identifier }, call())).rejects.toMatchObject(
    asked === 'cluster' ? { code: 'LOCKED' } : refused,
  )
  expect(sent()).toEqual([])
})

describe('on Amazon without the flag', () => {
  const amazon = async (environments: Parameters<typeof openInstances>[0]['environments']) => {
    const { aws, sent } = await start()
    const seenAs: Aws = { ...aws, isAmazon: () => true }
    return { sent, opened: await openInstances({ aws: seenAs, environments: environments ?? [], deps: { allowUnlock: false } }) }
  }
  const refused = { code: 'LOCKED', message: expect.stringContaining('--allow-prod-changes') }

  test('an environment that is open in the settings is no leave to change its instance', async () => {
    const { opened, sent } = await amazon([environment('dev', { rds: { ...place, instance: 'orders', signIn: 'password' } })])
    const to = { environment: 'dev', key }
    await expect(opened.service.stop({ ...to, snapshot: null, confirm: 'orders' }, call())).rejects.toMatchObject(refused)
    await expect(opened.service.keepStopped({ ...to, on: true }, call())).rejects.toMatchObject(refused)
    await expect(opened.service.remove({ ...to, ...removal, confirm: 'orders' }, call())).rejects.toMatchObject(refused)
    expect(sent()).toEqual([])
  })

  test('an unlocked practice environment in view is none either', async () => {
    const { opened, sent } = await amazon([prodOn('practised', { origin: 'practice' })])
    opened.unlocked.add('prod')
    const to = { environment: 'prod', key }
    await expect(opened.service.stop({ ...to, snapshot: null, confirm: 'orders' }, call())).rejects.toMatchObject(refused)
    await expect(opened.service.remove({ ...to, ...removal, confirm: 'orders' }, call())).rejects.toMatchObject(refused)
    expect(sent()).toEqual([])
  })
})

test('a second environment of a guarded practice instance is guarded too', () => {
  const practised = { ...key, profile: 'practice cloud' }
  const described = { DBInstanceIdentifier: 'orders', Engine: 'postgres', Endpoint: { Address: '127.0.0.1', Port: 6000 } }
  const naming = { id: 'second', label: 'Second' }
  const guardOf = (environments: readonly ReturnType<typeof environment>[]) =>
    draftOf(described, practised, naming, { project: 'cruddur', environments }).guard
  expect(guardOf([environment('local')])).toBe('open')
  expect(guardOf([environment('local'), prodOn('orders')])).toBe('guarded')
})

test('what AWS refuses a creation with never repeats the password', async () => {
  const { aws, endpoint } = await start()
  const opened = await openInstances({ aws })
  const { defaults } = await opened.service.creationOptions({ environment: 'local', place }, call())
  const asked = {
    ...defaults,
    identifier: 'second',
    instanceClass: 'db.t4g.micro',
    engineVersion: '16.11',
    password: 'Kanarienvogel84!x',
    managePassword: false,
  }
  endpoint.answer('rds', 'CreateDBInstance', (request) =>
    queryFault(
      'InvalidParameterValue',
      `No ${asked.password} ${request.params.get('MasterUserPassword')} ${encodeURIComponent(asked.password)}`,
    ),
  )
  const [{ reason: error }] = (await Promise.allSettled([opened.service.create({ environment: 'local', creation: asked }, call())])) as [
    PromiseRejectedResult,
  ]
  expect(error).toMatchObject({ code: 'INVALID', message: expect.stringContaining('AWS says: No') })
  expect(
    `${JSON.stringify(error)} ${String(error)} ${String(error instanceof Error && error.stack)} ${opened.activity.join('\n')} ${opened.lines.join('\n')}`,
  ).not.toContain('Kanarienvogel84')
})
