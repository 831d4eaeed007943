import { expect, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import type { Creation } from '../../../preload/contract/provision.ts'
import { queryAnswer } from '../../support/aws-endpoint.ts'
import { key, place, startCloud, xml } from './cloud-fixture.ts'
import { call, environment, openInstances, prodOn } from './console.ts'

/** What changes an instance is refused where its environment is locked, whatever the page shows. */

const creation: Creation = {
  ...place,
  identifier: 'second',
  instanceClass: 'db.t4g.micro',
  engineVersion: '16.11',
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
  securityGroups: [],
  backupRetentionDays: 7,
  deletionProtection: true,
  iamAuthentication: true,
  performanceInsights: true,
  makeEnvironment: null,
}
const changing = ['CreateDBInstance', 'ModifyDBInstance', 'DeleteDBInstance']

async function start(options: { readonly amazon?: boolean } = {}) {
  const { aws, endpoint } = await startCloud({ instance: { DeletionProtection: false, MultiAZ: false } })
  for (const action of changing) endpoint.answer('rds', action, queryAnswer(action, xml({ DBInstance: { DBInstanceStatus: 'modifying' } })))
  const seenAs: Aws = { ...aws, isAmazon: () => options.amazon === true }
  const opened = await openInstances({
    aws: seenAs,
    environments: [environment('local'), prodOn('orders')],
    deps: { allowUnlock: options.amazon !== true },
  })
  const sent = () => changing.flatMap((action) => endpoint.asked(action).map((one) => one.action))
  return { opened, sent }
}

const mend = { key, change: 'make_multi_az', confirm: 'orders' } as const
const removal = { key, finalSnapshot: 'orders-final', deleteBackups: false, confirm: 'orders' }

test('an instance of a locked environment is neither changed nor deleted, from whatever environment it is asked', async () => {
  const { opened, sent } = await start()
  for (const inView of ['local', 'prod']) {
    await expect(opened.service.mendPosture({ environment: inView, ...mend }, call())).rejects.toMatchObject({ code: 'LOCKED' })
    await expect(opened.service.remove({ environment: inView, ...removal }, call())).rejects.toMatchObject({ code: 'LOCKED' })
  }
  await expect(opened.service.create({ environment: 'prod', creation }, call())).rejects.toMatchObject({ code: 'LOCKED' })
  expect(sent()).toEqual([])
  expect(opened.activity).toEqual([])
  opened.unlocked.add('prod')
  await opened.service.mendPosture({ environment: 'local', ...mend }, call())
  expect(opened.activity).toEqual(['prod: Modify instance, orders, before MultiAZ: false', 'done: MultiAZ: true'])
  expect(sent()).toEqual(['ModifyDBInstance'])
})

test('in browser mode nothing is made on Amazon without the flag, from an open environment too', async () => {
  const { opened, sent } = await start({ amazon: true })
  await expect(opened.service.create({ environment: 'local', creation }, call())).rejects.toMatchObject({
    code: 'LOCKED',
    message: expect.stringContaining('--allow-prod-changes'),
  })
  const other = { ...key, identifier: 'elsewhere' }
  await expect(opened.service.remove({ environment: 'local', ...removal, key: other, confirm: 'elsewhere' }, call())).rejects.toMatchObject(
    {
      code: 'LOCKED',
    },
  )
  expect(sent()).toEqual([])
})

test('an instance that belongs to no environment is changed by its typed name only', async () => {
  const { opened, sent } = await start()
  const other = { ...key, identifier: 'elsewhere' }
  await expect(
    opened.service.mendPosture({ environment: 'local', key: other, change: 'make_multi_az', confirm: null }, call()),
  ).rejects.toMatchObject({ code: 'UNCONFIRMED' })
  expect(sent()).toEqual([])
})
