import { expect, onTestFinished, test } from 'vitest'
import { createAccessService } from '../../../main/access/service.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { Environments } from '../../../main/environments/environments.ts'
import { createDriver } from '../../../main/postgres/create-driver.ts'
import type { Environment, EnvironmentId } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import { queryAnswer } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { call, home, region, startStage, type World } from './stage.ts'

const onStart = { expiresAfterHours: 0, onStart: true, onChange: false }
const nothingByItself = { ...onStart, onStart: false }

/** An environment by the name of its instance alone: it connects elsewhere. */
const standing = (id: EnvironmentId, instance: string, guard: Environment['guard']): Environment => ({
  id,
  label: id,
  colour: 'red',
  guard,
  origin: 'settings',
  project: 'cruddur',
  connection: { host: `${id}.example.com`, port: 5432, database: 'cruddur', user: 'root', tls: 'off' },
  rds: { profile: 'default', region, instance, signIn: 'password' },
})

/** Instances of any name, all of them behind the one group. */
function shareTheGroup({ cloud, database }: World): void {
  cloud.front.answer('rds', 'DescribeDBInstances', ({ params }) =>
    queryAnswer(
      'DescribeDBInstances',
      `<DBInstances><DBInstance><DBInstanceIdentifier>${params.get('DBInstanceIdentifier')}</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus>
       <Endpoint><Address>127.0.0.1</Address><Port>${database.port}</Port></Endpoint><PubliclyAccessible>true</PubliclyAccessible>
       <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>${cloud.group}</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups>
       </DBInstance></DBInstances>`,
    ),
  )
}

/** A console with these environments, of which the guarded ones are locked until `unlocked` holds them. */
async function startNeighbours({ cloud, database, sources }: World, all: readonly Environment[], stateFolder: string) {
  const unlocked = new Set<EnvironmentId>()
  const get = (id: EnvironmentId): Environment => {
    const found = all.find((one) => one.id === id)
    if (found === undefined) throw new Failure('GONE', `There is no environment ${id}.`)
    return found
  }
  const isLocked = (id: EnvironmentId) => get(id).guard === 'guarded' && !unlocked.has(id)
  const environments: Environments = {
    get,
    all: () => all,
    target: (id) => ({ environment: id, host: '127.0.0.1', port: database.port, database: 'cruddur', user: 'root', tls: null }),
    identity: () => null,
    isLocked: (_, id) => isLocked(id),
    allowChange(_, id) {
      if (isLocked(id)) throw new Failure('LOCKED', `${id} is read-only.`)
    },
    recheck() {},
    async setProject() {},
  }
  const variables = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
  const aws = createAws({ endpoint: cloud.front.url, practice: null, variables })
  const driver = createDriver({ password: async () => null, events: { lost() {} } })
  const log: string[] = []
  const opened: string[] = []
  const end = async () => {}
  const access = createAccessService({
    aws,
    environments,
    recorder: {
      async open({ action }) {
        opened.push(action)
        return { id: String(opened.length), done: end, failed: end, cancelled: end }
      },
    },
    driver,
    stateFolder,
    log: (line) => void log.push(line),
    addressSources: () => sources.urls,
    allowUnlock: true,
    patience: { looks: [0, 20, 40, 60, 80], answer: 600, retries: [30, 60, 120] },
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await access.close()
    await driver.close()
    aws.close()
  }
  onTestFinished(close)
  return { access, service: access.service, unlocked, log, opened, close }
}

const sent = ({ cloud }: World) => cloud.front.requests.map(({ action }) => action).filter((action) => !action.startsWith('Describe'))

test('what somebody else let in to a group that a locked environment is behind too is not revoked', async () => {
  const { world } = await startStage({ rules: [{ description: 'the office' }] })
  shareTheGroup(world)
  const all = [standing('staging', 'staging-db', 'open'), standing('prod', 'prod-db', 'guarded')]
  const { service, unlocked, opened } = await startNeighbours(world, all, await temporaryFolder())
  const rule = world.cloud.inbound()[0]?.id ?? ''
  const revoke = () => service.revoke({ environment: 'staging', rule, confirm: rule }, call)

  await expect(revoke()).rejects.toMatchObject({
    code: 'LOCKED',
    message: `${world.cloud.group} decides who reaches prod too, which is read-only. Unlock prod first.`,
    data: { mend: 'unlock' },
  })
  expect(sent(world)).toEqual([])
  expect(opened).toEqual([])
  expect(world.cloud.inbound().map(({ id }) => id)).toEqual([rule])

  // A rule of one's own was let in by one's own hand.
  const own = await service.allow({ environment: 'staging' }, call)
  await service.revoke({ environment: 'staging', rule: own.rule, confirm: null }, call)
  unlocked.add('prod')
  await revoke()
  expect(world.cloud.inbound()).toEqual([])
})

test('what one environment chose is not done by itself where a guarded one on the same instance chose nothing', async () => {
  const { world } = await startStage()
  shareTheGroup(world)
  const stateFolder = await temporaryFolder()
  const staging = standing('staging', 'shared-db', 'open')
  const alone = await startNeighbours(world, [staging], stateFolder)
  await alone.service.options({ environment: 'staging', options: onStart }, call)
  await alone.close()

  const both = [staging, standing('prod', 'shared-db', 'guarded')]
  const beside = await startNeighbours(world, both, stateFolder)
  await beside.access.start()
  const refusal = 'access: Nothing was changed by itself for staging, because prod stands there too and is guarded.'
  // To let in on start, and to sweep.
  await expect.poll(() => beside.log).toEqual([refusal, refusal])
  expect(sent(world)).toEqual([])
  expect(beside.opened).toEqual([])
  beside.unlocked.add('prod')
  await beside.service.options({ environment: 'prod', options: nothingByItself }, call)
  await beside.close()

  const asked = await startNeighbours(world, both, stateFolder)
  await asked.access.start()
  await expect.poll(() => world.cloud.inbound().map(({ peer }) => peer.value)).toEqual([`${home}/32`])
})
