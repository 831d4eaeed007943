import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { CreateTagsCommand, EC2Client, ModifySecurityGroupRulesCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2'
import { onTestFinished } from 'vitest'
import { createAccessService } from '../../../main/access/service.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { Intent } from '../../../main/environments/changes.ts'
import type { Environments } from '../../../main/environments/environments.ts'
import { createDriver } from '../../../main/postgres/create-driver.ts'
import { AwsFault, type Service } from '../../../practice/api.ts'
import { createEc2 } from '../../../practice/ec2/ec2.ts'
import { type Ec2State, firstEc2State, givenId, newId, type Rule, stateOf } from '../../../practice/ec2/state.ts'
import { openWire } from '../../../practice/wire/server.ts'
import type { Environment, Rds } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import { type AwsAnswer, type AwsRequest, queryAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'

export const region = 'ca-central-1'
export const call = { window: 'one', signal: new AbortController().signal }
export const instanceName = 'cruddur-db-instance'
export const home = '203.0.113.24'

async function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Two address services whose answers the test gives. */
export async function startSources() {
  let say: (response: ServerResponse, which: number) => void = (response) => void response.end(`${home}\n`)
  const server = createHttpServer((request, response) => {
    response.on('error', () => {})
    say(response, Number(request.url?.slice(1)))
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    urls: [1, 2].map((which) => `http://127.0.0.1:${port}/${which}`),
    /** The same from both, or one each. */
    say(...bodies: readonly string[]) {
      say = (response, which) => void response.end(bodies[which - 1] ?? bodies[0])
    },
    answer(next: typeof say) {
      say = next
    },
  }
}

/** A port that says while it is open that it has no TLS, as a database without it would. */
async function startDatabase() {
  let speaks = true
  const server = createServer((socket) => void socket.on('error', () => {}).on('data', () => speaks && socket.write('N')))
  const port = await listen(server)
  onTestFinished(() => void server.close())
  return {
    port,
    /** Takes connections as before, and says nothing more. */
    hush() {
      speaks = false
    },
    async shut() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One that somebody else made. */
const otherRule = { egress: false, protocol: 'tcp', peer: { kind: 'ipv4', value: '198.51.100.9/32' }, tags: {} } as const

const refusing: Service = {
  async call({ action }) {
    throw new AwsFault('InvalidAction', `The action ${action} is not valid for this web service.`)
  },
}

/** EC2 as the practice cloud has it, seen through an endpoint that records each request and may spoil its answer. */
async function startCloud(port: number, rules: readonly Partial<Rule>[]) {
  const group = givenId('sg', region)
  let state: Ec2State = firstEc2State
  if (rules.length > 0) {
    const { vpcs, groups } = stateOf(state, region)
    const there = rules.map((rule) => ({ ...otherRule, id: newId('sgr'), fromPort: port, toPort: port, ...rule }))
    const filled = groups.map((one) => (one.id === group ? { ...one, rules: [...one.rules, ...there] } : one))
    state = { opened: true, regions: { [region]: { vpcs, groups: filled } } }
  }
  const status = { is: 'available', network: 'IPV4', lag: 0 }
  const waiting = new Set<NodeJS.Timeout>()
  const store = {
    get value() {
      return state
    },
    async update(change: (value: Ec2State) => Ec2State) {
      state = change(state)
    },
  }
  const clock = {
    now: () => new Date(),
    speed: () => 1,
    after(_: number, work: () => void) {
      const timer = setTimeout(work, status.lag)
      waiting.add(timer)
      return () => clearTimeout(timer)
    },
  }
  const ec2 = createEc2({ store, clock, used: () => [] })
  const troubles: string[] = []
  const services = { ec2: ec2.service, rds: refusing, sts: refusing, monitoring: refusing, pricing: refusing }
  const wire = await openWire({ port: 0, services, plain: () => null, hangsUp: () => false, log: (text) => void troubles.push(text) })
  const front = await startAwsEndpoint()
  onTestFinished(async () => {
    for (const timer of waiting) clearTimeout(timer)
    await wire.close()
  })

  const forward = async ({ path, body, headers }: AwsRequest): Promise<AwsAnswer> => {
    const kept = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && /^(authorization|content-type|x-amz-)/.test(name) ? [[name, value] as const] : [],
    )
    const answer = await fetch(`http://127.0.0.1:${wire.port}${path}`, { method: 'POST', body, headers: Object.fromEntries(kept) })
    return { status: answer.status, headers: { 'content-type': answer.headers.get('content-type') ?? '' }, body: await answer.text() }
  }
  const behind = async (command: CreateTagsCommand | ModifySecurityGroupRulesCommand | RevokeSecurityGroupIngressCommand) => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
    const client = new EC2Client({ region, endpoint: `http://127.0.0.1:${wire.port}`, credentials })
    if (command instanceof CreateTagsCommand) await client.send(command)
    else if (command instanceof ModifySecurityGroupRulesCommand) await client.send(command)
    else await client.send(command)
    client.destroy()
    await new Promise((resolve) => setTimeout(resolve, status.lag + 5))
  }
  front.answer('ec2', '*', forward)
  front.answer('rds', 'DescribeDBInstances', () =>
    queryAnswer(
      'DescribeDBInstances',
      `<DBInstances><DBInstance><DBInstanceIdentifier>${instanceName}</DBInstanceIdentifier><DBInstanceStatus>${status.is}</DBInstanceStatus>
       <Endpoint><Address>127.0.0.1</Address><Port>${port}</Port></Endpoint><PubliclyAccessible>true</PubliclyAccessible><NetworkType>${status.network}</NetworkType>
       <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>${group}</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership></VpcSecurityGroups>
       </DBInstance></DBInstances>`,
    ),
  )
  return {
    front,
    forward,
    group,
    status,
    /** What the practice cloud itself could not do. */
    troubles,
    /** Sets a tag of a rule behind everybody's back. */
    tag: (id: string, key: string, value: string) => behind(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: value }] })),
    /** Gives a rule another address behind everybody's back. */
    change: (id: string, CidrIpv4: string) =>
      behind(
        new ModifySecurityGroupRulesCommand({
          GroupId: group,
          SecurityGroupRules: [
            { SecurityGroupRuleId: id, SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4 } },
          ],
        }),
      ),
    /** Takes a rule away behind everybody's back. */
    revoke: (id: string) => behind(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [id] })),
    /** The inbound rules as they really are. */
    inbound: (): readonly Rule[] =>
      stateOf(state, region)
        .groups.find(({ id }) => id === group)
        ?.rules.filter(({ egress, peer }) => !egress && peer.kind !== 'group') ?? [],
  }
}

const patience = { looks: [0, 20, 40, 60, 80], answer: 600, retries: [30, 60, 120] }

export interface World {
  readonly sources: Awaited<ReturnType<typeof startSources>>
  readonly database: Awaited<ReturnType<typeof startDatabase>>
  readonly cloud: Awaited<ReturnType<typeof startCloud>>
}

async function startWorld(rules: readonly Partial<Rule>[]): Promise<World> {
  const [sources, database] = await Promise.all([startSources(), startDatabase()])
  return { sources, database, cloud: await startCloud(database.port, rules) }
}

export interface StageOptions {
  readonly rds?: Partial<Rds>
  /** The rules that are there from the start; the rest of each is of somebody else, for the database's port. */
  readonly rules?: readonly Partial<Rule>[]
  readonly stateFolder?: string
  /** The world that another console saw; absent, a new one. */
  readonly world?: World
  readonly guard?: 'open' | 'guarded'
}

/** The access service on real HTTP: two address services, EC2 of the practice cloud behind a recording endpoint, and a port to reach. */
export async function startStage(options: StageOptions = {}) {
  const world = options.world ?? (await startWorld(options.rules ?? []))
  const { sources, database, cloud } = world
  const stateFolder = options.stateFolder ?? (await temporaryFolder())
  const environment: Environment = {
    id: 'prod',
    label: 'prod',
    colour: 'red',
    guard: options.guard ?? 'open',
    origin: 'settings',
    project: 'cruddur',
    connection: { host: '127.0.0.1', port: database.port, database: 'cruddur', user: 'root', tls: 'off' },
    rds: { profile: 'default', region, instance: instanceName, signIn: 'password', ...options.rds },
  }
  const unlocked = { is: options.guard !== 'guarded' }
  const environments: Environments = {
    get: () => environment,
    all: () => [environment],
    target: (id) => ({ environment: id, host: '127.0.0.1', port: database.port, database: 'cruddur', user: 'root', tls: null }),
    identity: () => null,
    isLocked: () => !unlocked.is,
    allowChange() {
      if (!unlocked.is) throw new Failure('LOCKED', 'prod is read-only.')
    },
    recheck() {},
    async setProject() {},
  }
  const records: (Intent & { outcome?: string; text?: string | undefined })[] = []
  const recorder = {
    async open(intent: Intent) {
      const record: (typeof records)[number] = { ...intent }
      records.push(record)
      const end = (outcome: string) => async (text?: string) => void Object.assign(record, { outcome, text })
      return { id: String(records.length), done: end('done'), failed: end('failed'), cancelled: end('cancelled') }
    },
  }
  const variables = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
  const aws = createAws({ endpoint: cloud.front.url, practice: null, variables })
  const driver = createDriver({ password: async () => null, events: { lost() {} } })
  const log: string[] = []
  const access = createAccessService({
    aws,
    environments,
    recorder,
    driver,
    stateFolder,
    log: (line) => void log.push(line),
    addressSources: () => sources.urls,
    allowUnlock: true,
    patience,
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
  return { access, service: access.service, world, cloud, sources, database, environment, records, log, unlocked, stateFolder, close }
}
export type Stage = Awaited<ReturnType<typeof startStage>>

/** The ranges of every rule that was written, whatever became of it. */
export const written = ({ cloud }: Stage): string[] =>
  cloud.front.requests
    .filter(({ action }) => /^(Authorize|Modify)/.test(action))
    .flatMap(({ params }) => [...params].flatMap(([name, value]) => (/Cidr/.test(name) ? [value] : [])))
