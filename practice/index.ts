import { X509Certificate } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { makePrivateFolder } from '../main/data/durable-file.ts'
import { choosePort } from '../main/embedded/port.ts'
import { checkIp, checkIpPaths } from './check-ip.ts'
import { clockState, createClock, firstClockState } from './clock.ts'
import { createCloudWatch } from './cloudwatch/cloudwatch.ts'
import { keepSamples } from './cloudwatch/samples.ts'
import { createCognitoService } from './cognito/service.ts'
import { createSignUps } from './cognito/sign-ups.ts'
import { firstUserPoolState, userPoolState } from './cognito/state.ts'
import { createUserPool } from './cognito/user-pool.ts'
import { type Control, createControl } from './control.ts'
import { createEc2 } from './ec2/ec2.ts'
import { ec2State, firstEc2State } from './ec2/state.ts'
import { ConnectionDropped, createFaults, type Faults } from './faults.ts'
import { keptAuthority, startInstance, stopLeftBehind } from './instance.ts'
import { firstFunctionState, functionState } from './lambda/function.ts'
import { createInstanceReach } from './lambda/instance-reach.ts'
import { createLambda } from './lambda/lambda.ts'
import { createLambdaService } from './lambda/service.ts'
import { openLogs } from './logs/logs.ts'
import { createNetworks, firstNetworksState, networks, networksState } from './networks.ts'
import { pricing } from './pricing/pricing.ts'
import { firstInstance, isFirst, type PracticeInstance, signInOf } from './rds/first-instance.ts'
import { createFleet } from './rds/fleet.ts'
import { createRds } from './rds/service.ts'
import { type RdsState, rdsState } from './rds/state.ts'
import { openStore } from './store.ts'
import { sts } from './sts.ts'
import { openWire } from './wire/server.ts'

export interface PracticeOptions {
  /** The state of the practice cloud lives here, and survives a restart. */
  readonly folder: string
  /** Absent: the port of the last time where it is free, otherwise any. */
  readonly port?: number | undefined
  /** How many times faster than at AWS things go, from now on. Absent: as before. */
  readonly speed?: number | undefined
  /** By how many seconds, at AWS, what RDS tells may lag behind what is so. */
  readonly lagSeconds?: number | undefined
  /** Gets a sentence for the user when something happens to the cloud by itself. */
  readonly report?: ((text: string) => void) | undefined
}

/** The practice cloud. Who uses it talks to it over the network alone, as to Amazon's. */
export interface Practice {
  /** Where AWS clients reach it, and credentials to sign with; any others are as good. */
  readonly endpoint: {
    readonly endpoint: string
    readonly region: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
  readonly control: Control
  readonly faults: Faults
  /** Addresses that answer with this machine's simulated public address. */
  readonly addressSources: readonly string[]
  readonly instance: PracticeInstance
  /** What the user should know about this start. */
  readonly notices: readonly string[]
  /** Stops every server of it, the data intact. */
  close(): Promise<void>
}

const port = z.int().min(0).max(65_535)
const wireState = z.object({ port, instancePort: port })
const firstRdsState: RdsState = { begun: false, instances: [], snapshots: [], events: [] }

const takenOver = `The practice instance ${firstInstance.identifier} was still running after the last console ended abruptly. It was taken over.`

/** Starts the practice cloud, at the first time with one database instance, as the journals created it. Fails as the embedded server does. */
export async function startPractice({ folder, port, speed, lagSeconds = 20, report = () => {} }: PracticeOptions): Promise<Practice> {
  await using opening = new AsyncDisposableStack()
  const stateFolder = join(folder, 'state')
  await makePrivateFolder(stateFolder)
  const open = <T>(name: string, schema: z.ZodType<T>, first: T) => openStore(join(stateFolder, `${name}.json`), schema, first, report)
  const [authority, clockStore, rdsStore, ec2Store, networkStore, functionStore, userPoolStore, wireStore] = await Promise.all([
    keptAuthority(folder),
    open('clock', clockState, firstClockState),
    open('rds', rdsState, firstRdsState),
    open('ec2', ec2State, firstEc2State),
    open('networks', networksState, firstNetworksState),
    open('function', functionState, firstFunctionState(new Date())),
    open('user-pool', userPoolState, firstUserPoolState),
    open('wire', wireState, { port: 0, instancePort: 0 }),
  ])

  const clock = createClock(clockStore)
  opening.defer(() => clock.close())
  if (speed !== undefined) await clock.setSpeed(speed)
  const visitor = createNetworks(networkStore)
  const used = (region: string) =>
    rdsStore.value.instances.filter((one) => one.region === region).flatMap(({ securityGroups }) => securityGroups)
  const ec2 = createEc2({ store: ec2Store, clock, used })
  const { firewall } = ec2
  const fleet = createFleet({
    store: rdsStore,
    clock,
    firewall,
    visitor,
    authority,
    folder: join(folder, 'instances'),
    lagSeconds,
    report,
  })
  opening.defer(() => fleet.close())
  await fleet.open(firstInstance.identifier)
  if (!rdsStore.value.begun) {
    const group = await firewall.defaultGroup(firstInstance.region)
    const made = await fleet.add(firstInstance.made(group, clock.now(), wireStore.value.instancePort), null)
    await fleet.machine(made).up()
    await ec2.openOnce(made.region, made.port, networks[0].address)
    // From now on it is known when the function was made.
    await functionStore.update((state) => ({ ...state }))
    await rdsStore.update((state) => ({ ...state, begun: true }))
  }

  const samples = keepSamples(fleet, stateFolder, report)
  opening.defer(() => samples.close())
  const logs = openLogs({ folder: stateFolder, report })
  opening.defer(() => logs.close())
  const lambda = createLambda({
    store: functionStore,
    logs: logs.writer,
    find: createInstanceReach({
      instance: () => rdsStore.value.instances.find(isFirst),
      listening: (one) => fleet.machine(one).port(),
      folderOf: (one) => join(folder, 'instances', one.folder),
      caPem: authority.certificate,
    }),
  })
  const signUps = createSignUps({ pool: createUserPool({ store: userPoolStore, invoke: lambda.invoke }), lambda, report })
  opening.defer(() => signUps.close())
  // First: what waits for the function is told that it ended.
  opening.defer(() => lambda.close())
  const faults = createFaults()
  const rds = createRds({
    fleet,
    state: () => rdsStore.value,
    now: clock.now,
    firewall,
    authority: new X509Certificate(authority.certificate),
  })
  const wire = await openWire({
    port: port ?? (await choosePort([wireStore.value.port])),
    services: {
      rds: faults.before('rds', rds),
      ec2: faults.before('ec2', ec2.service),
      sts: faults.before('sts', sts),
      monitoring: faults.before('monitoring', createCloudWatch(samples)),
      pricing: faults.before('pricing', pricing),
      logs: faults.before('logs', logs.service),
      lambda: faults.before(
        'lambda',
        createLambdaService(() => functionStore.value),
      ),
      'cognito-idp': faults.before(
        'cognito-idp',
        createCognitoService(() => userPoolStore.value),
      ),
    },
    plain: (path) => checkIp(visitor, path),
    hangsUp: (error) => error instanceof ConnectionDropped,
    log: report,
  })
  opening.defer(() => wire.close())

  const address = `http://127.0.0.1:${wire.port}`
  const first = rdsStore.value.instances.find(isFirst)
  const instance = await signInOf(folder, authority, first, wireStore.value.instancePort)
  await wireStore.update(() => ({ port: wire.port, instancePort: instance.port }))
  const notices = first !== undefined && fleet.machine(first).adopted() ? [takenOver] : []
  const opened = opening.move()
  return {
    endpoint: { endpoint: address, region: firstInstance.region, accessKeyId: 'AKIAPRACTICECLOUD000', secretAccessKey: 'practice' },
    control: createControl({ endpoint: address, networks: visitor, faults, clock, fleet, signUps }),
    faults,
    addressSources: checkIpPaths.map((path) => address + path),
    instance,
    notices,
    close: () => opened.disposeAsync(),
  }
}

/** Starts the practice instance without a cloud around it, for consoles whose AWS calls go elsewhere. */
export async function startPracticeInstance({ folder, report = () => {} }: Pick<PracticeOptions, 'folder' | 'report'>) {
  await makePrivateFolder(join(folder, 'state'))
  const [authority, store] = await Promise.all([
    keptAuthority(folder),
    openStore(join(folder, 'state', 'rds.json'), rdsState, firstRdsState, report),
  ])
  const known = store.value.instances.find(isFirst) ?? firstInstance.made('', new Date(), 0)
  const { identifier, region, masterUser, database } = known
  const server = await startInstance(
    { folder: join(folder, 'instances', known.folder), authority, identifier, region, masterUser, database },
    report,
  )
  const instance = { ...(await signInOf(folder, authority, known, server.port)), port: server.port }
  return { instance, notices: server.adopted ? [takenOver] : [], close: () => server.stop() }
}

/** Removes all that the practice cloud keeps, after stopping what a killed one left running. It must not run. */
export async function forgetPractice(folder: string): Promise<void> {
  const instances = join(folder, 'instances')
  for (const name of await readdir(instances).catch(() => [])) await stopLeftBehind(join(instances, name))
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
