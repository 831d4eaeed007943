import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { EC2Client } from '@aws-sdk/client-ec2'
import { PricingClient } from '@aws-sdk/client-pricing'
import { STSClient } from '@aws-sdk/client-sts'
import { onTestFinished } from 'vitest'
import { AwsFault } from '../../practice/api.ts'
import { checkIp } from '../../practice/check-ip.ts'
import { clockState, createClock } from '../../practice/clock.ts'
import type { Fleet } from '../../practice/cloud.ts'
import { createCloudWatch } from '../../practice/cloudwatch/cloudwatch.ts'
import { keepSamples } from '../../practice/cloudwatch/samples.ts'
import { createCognitoService } from '../../practice/cognito/service.ts'
import { createSignUps } from '../../practice/cognito/sign-ups.ts'
import { firstUserPoolState, userPoolState } from '../../practice/cognito/state.ts'
import { createUserPool } from '../../practice/cognito/user-pool.ts'
import { createControl } from '../../practice/control.ts'
import { createEc2 } from '../../practice/ec2/ec2.ts'
import { ec2State, firstEc2State } from '../../practice/ec2/state.ts'
import { ConnectionDropped, createFaults } from '../../practice/faults.ts'
import { NameNotFound } from '../../practice/lambda/database.ts'
import { firstFunctionState, functionState } from '../../practice/lambda/function.ts'
import { createLambda } from '../../practice/lambda/lambda.ts'
import { createLambdaService } from '../../practice/lambda/service.ts'
import { openLogs } from '../../practice/logs/logs.ts'
import { createNetworks, firstNetworksState, networksState } from '../../practice/networks.ts'
import { pricing } from '../../practice/pricing/pricing.ts'
import { openStore } from '../../practice/store.ts'
import { sts } from '../../practice/sts.ts'
import { openWire } from '../../practice/wire/server.ts'

/** One instance that can be stopped, in the place of the servers that RDS runs. */
export function oneInstance(region: string, identifier: string) {
  const changes = new EventEmitter()
  const instance = {
    connections: 0,
    state: 'available',
    get status() {
      return this.state
    },
    set status(status: string) {
      this.state = status
      changes.emit('changed')
    },
  }
  const fleet: Fleet = {
    instances: () => [{ region, identifier, status: instance.status, allocatedStorage: 20 }],
    onChange(listener) {
      changes.on('changed', listener)
      return () => void changes.off('changed', listener)
    },
    measure: async (where, name) =>
      where === region && name === identifier
        ? { status: instance.status, connections: instance.connections, createdAt: new Date(0) }
        : null,
    async forceStart(name) {
      if (name !== identifier) throw new AwsFault('DBInstanceNotFound', `DBInstance ${name} not found.`, 404)
      if (instance.status !== 'stopped') throw new AwsFault('InvalidDBInstanceState', `${name} is not stopped.`)
      instance.status = 'starting'
    },
  }
  return { instance, fleet }
}

/** The services of the practice cloud beside RDS, behind the real wire. They end with the test. */
export async function startServices(folder: string, { used = [] }: { used?: readonly string[] } = {}) {
  const log: string[] = []
  const report = (text: string) => void log.push(text)
  const clock = createClock(await openStore(join(folder, 'clock.json'), clockState, { speed: 100 }, report))
  const networks = createNetworks(await openStore(join(folder, 'networks.json'), networksState, firstNetworksState, report))
  const ec2 = createEc2({ store: await openStore(join(folder, 'ec2.json'), ec2State, firstEc2State, report), clock, used: () => used })
  const faults = createFaults()
  const { instance, fleet } = oneInstance('ca-central-1', 'cruddur-db-instance')
  const samples = keepSamples(fleet, folder, report)
  const logs = openLogs({ folder, report })
  const lambda = createLambda({
    store: await openStore(join(folder, 'function.json'), functionState, firstFunctionState(new Date()), report),
    logs: logs.writer,
    find: async () => {
      throw new NameNotFound('cruddur-db-instance')
    },
  })
  const poolStore = await openStore(join(folder, 'user-pool.json'), userPoolState, firstUserPoolState, report)
  const pool = createUserPool({ store: poolStore, invoke: lambda.invoke })
  const services = {
    ec2: ec2.service,
    sts,
    pricing,
    monitoring: createCloudWatch(samples),
    lambda: createLambdaService(lambda.state),
    logs: logs.service,
    cognito: createCognitoService(() => poolStore.value),
    rds: { call: async () => undefined },
  }
  const wire = await openWire({
    port: 0,
    services: {
      ec2: faults.before('ec2', services.ec2),
      sts: faults.before('sts', services.sts),
      pricing: faults.before('pricing', services.pricing),
      monitoring: faults.before('monitoring', services.monitoring),
      lambda: faults.before('lambda', services.lambda),
      logs: faults.before('logs', services.logs),
      'cognito-idp': faults.before('cognito-idp', services.cognito),
      rds: services.rds,
    },
    plain: (path) => checkIp(networks, path),
    hangsUp: (error) => error instanceof ConnectionDropped,
    log: report,
  })
  const endpoint = `http://127.0.0.1:${wire.port}`
  const signUps = createSignUps({ pool, lambda, report })
  const control = createControl({ endpoint, networks, faults, clock, fleet, signUps })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await lambda.close()
    await signUps.close()
    samples.close()
    clock.close()
    await wire.close()
    logs.close()
  }
  onTestFinished(close)
  return { endpoint, clock, networks, ec2, faults, samples, logs, control, pool, instance, log, close }
}

/** The SDK's clients, pointed there. One attempt each, so that a test sees what was answered. */
export function clients(endpoint: string, region = 'ca-central-1') {
  const options = { endpoint, region, maxAttempts: 1, credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' } }
  return {
    ec2: new EC2Client(options),
    sts: new STSClient(options),
    pricing: new PricingClient(options),
    cloudWatch: new CloudWatchClient(options),
  }
}
