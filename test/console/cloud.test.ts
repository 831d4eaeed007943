import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import { type AwsAnswer, type AwsRequest, ec2Answer, queryAnswer, queryFault, startAwsEndpoint } from '../support/aws-endpoint.ts'
import { makeDataFolder, type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** What a console sends to AWS, writes down before it, and never lets out, asked past the page on its real line. */

const secrets = {
  key: 'wJalrXUtnFEMIcanaryKEYcanary',
  token: 'FwoGZXIvYXdzcanaryTOKENcanary',
  url: 'canaryURLpassword',
  created: 'canaryCREATEDpassword84',
  adopted: 'canaryADOPTEDpassword',
}
const region = 'ca-central-1'
const key: InstanceKey = { profile: 'default', region, kind: 'instance', identifier: 'prod-db' }
const host = `prod-db.abc.${region}.rds.amazonaws.com`
const isRead = ({ action }: AwsRequest) => /^(Describe|Get|List|\/)/.test(action)

const described = `<DBInstance><DBInstanceIdentifier>prod-db</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus>
  <DBInstanceArn>arn:aws:rds:${region}:123456789012:db:prod-db</DBInstanceArn><Engine>postgres</Engine><EngineVersion>16.11</EngineVersion>
  <DBInstanceClass>db.t4g.micro</DBInstanceClass><MultiAZ>false</MultiAZ><DeletionProtection>false</DeletionProtection>
  <MasterUsername>root</MasterUsername><Endpoint><Address>${host}</Address><Port>5432</Port></Endpoint>
  <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership></VpcSecurityGroups></DBInstance>`
const rule = `<item><securityGroupRuleId>sgr-1</securityGroupRuleId><groupId>sg-1</groupId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol>
  <fromPort>5432</fromPort><toPort>5432</toPort><cidrIpv4>198.51.100.9/32</cidrIpv4></item>`

/** An account with one instance; what changes it goes through `change`. */
async function startCloud(change: (request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>, instances = described) {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('*', '*', (request) => (isRead(request) ? queryAnswer(request.action, '') : change(request)))
  const rds = (action: string, list: string) => endpoint.answer('rds', action, queryAnswer(action, list))
  rds('DescribeDBInstances', `<DBInstances>${instances}</DBInstances>`)
  rds('DescribeDBClusters', '<DBClusters></DBClusters>')
  endpoint.answer(
    'ec2',
    'DescribeSecurityGroups',
    ec2Answer(
      'DescribeSecurityGroups',
      '<securityGroupInfo><item><groupId>sg-1</groupId><groupName>default</groupName></item></securityGroupInfo>',
    ),
  )
  endpoint.answer(
    'ec2',
    'DescribeSecurityGroupRules',
    ec2Answer('DescribeSecurityGroupRules', `<securityGroupRuleSet>${rule}</securityGroupRuleSet>`),
  )
  endpoint.answer(
    'sts',
    'GetCallerIdentity',
    queryAnswer('GetCallerIdentity', '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/mia</Arn>'),
  )
  for (const path of ['/check-ip/1', '/check-ip/2']) endpoint.answer('*', path, { body: '203.0.113.7\n' })
  return { endpoint, changes: () => endpoint.requests.filter((one) => !isRead(one)) }
}

async function start(endpoint: string, args: readonly string[], dataFolder?: string) {
  const running = await startConsole({
    ...(dataFolder !== undefined && { dataFolder }),
    args: ['--aws-endpoint', endpoint, ...args],
    variables: {
      CONNECTION_URL: 'postgresql://postgres@127.0.0.1:9/near',
      PROD_CONNECTION_URL: `postgresql://root:${secrets.url}@${host}:5432/cruddur`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: secrets.key,
      AWS_SESSION_TOKEN: secrets.token,
      AWS_REGION: region,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    },
  })
  onTestFinished(() => running[Symbol.asyncDispose]())
  const line = await openLine(running)
  return { running, line }
}

const written = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  // A file is written under a name that begins with a dot, and renamed.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}
const activity = (running: RunningConsole) => readFile(join(running.dataFolder, 'state', 'activity.jsonl'), 'utf8').catch(() => '')

const creation = {
  profile: 'default',
  region,
  identifier: 'second',
  instanceClass: 'db.t4g.micro',
  engineVersion: '16.11',
  masterUser: 'shop_owner',
  password: secrets.created,
  managePassword: false,
  database: 'shop',
  port: 5432,
  storageGib: 20,
  storageType: 'gp3' as const,
  encrypted: true,
  publiclyAccessible: false,
  multiAz: false,
  securityGroups: [] as string[],
  backupRetentionDays: 7,
  deletionProtection: false,
  iamAuthentication: true,
  performanceInsights: false,
  makeEnvironment: null,
}
const options = { expiresAfterHours: 8, onStart: true, onChange: true }
const schedule = { zone: 'UTC', days: [1], startAt: null, stopAt: '03:00' }

/** Every operation that changes AWS, now or later, and what of it reaches AWS at once. */
const operations = (client: Line['client'], environment: string, to: InstanceKey, confirm = to.identifier) => ({
  stop: () => client.instances.stop({ environment, key: to, snapshot: null, confirm }),
  keepStopped: () => client.instances.keepStopped({ environment, key: to, on: true }),
  schedule: () => client.instances.schedule({ environment, key: to, schedule }),
  mendPosture: () => client.instances.mendPosture({ environment, key: to, change: 'make_multi_az', confirm }),
  remove: () => client.instances.remove({ environment, key: to, finalSnapshot: null, deleteBackups: true, confirm }),
  allow: () => client.access.allow({ environment, key: to }),
  revoke: () => client.access.revoke({ environment, key: to, rule: 'sgr-1', confirm: 'sgr-1' }),
  sweep: () => client.access.sweep({ environment, key: to }),
})

test('nothing of a locked prod is changed, from whatever environment and by whatever name', async () => {
  const { endpoint, changes } = await startCloud(() => queryFault('Unexpected', 'The test expected no change.'))
  const { running, line } = await start(endpoint.url, ['--allow-prod-changes'])
  const { client } = line
  // An open environment that names the same instance changes nothing about the locked one.
  const connection = { host: '127.0.0.1', port: 9, database: 'x', user: 'x', tls: 'off' as const }
  const shadow = { id: 'shadow', label: 'Shadow', colour: 'blue' as const, guard: 'open' as const, project: 'cruddur', connection }
  await client.environments.save({ ...shadow, rds: { profile: 'other', region, instance: 'PROD-DB', signIn: 'password' } })
  const before = await activity(running)
  const answers: Record<string, string> = {}
  for (const environment of ['local', 'shadow', 'prod'])
    for (const identifier of ['prod-db', 'PROD-DB', `arn:aws:rds:${region}:123456789012:db:prod-db`])
      for (const [name, ask] of Object.entries(operations(client, environment, { ...key, identifier }))) {
        const code = await Promise.resolve(ask()).then(
          () => 'done',
          (error: { code: string }) => error.code,
        )
        answers[`${name} of ${identifier} from ${environment}`] = code
      }
  for (const environment of ['shadow', 'prod'])
    answers[`options of ${environment}`] = await client.access.options({ environment, options }).then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  expect(Object.entries(answers).filter(([name, code]) => code !== 'LOCKED' && !(name.includes('arn:') && code === 'GONE'))).toEqual([])
  expect(changes()).toEqual([])
  expect(await activity(running)).toBe(before)
}, 120_000)

test('every change stands in the activity log on disk before AWS hears of it, and no secret gets out', async () => {
  const dataFolder = await makeDataFolder()
  const ahead: string[] = []
  // AWS' own words repeat all that a request held, in its headers too.
  const { endpoint, changes } = await startCloud(async (request) => {
    const last = (await readFile(join(dataFolder, 'state', 'activity.jsonl'), 'utf8')).trimEnd().split('\n').at(-1) ?? ''
    ahead.push(`${request.action}: ${last}`)
    const said = `${decodeURIComponent(request.body)} ${JSON.stringify(request.headers)}`
    return queryFault('InvalidParameterValue', said.slice(-400) + said.slice(0, 2000))
  })
  const { running, line } = await start(endpoint.url, ['--allow-prod-changes'], dataFolder)
  const { client } = line
  const heard: string[] = []
  const hear = async (work: PromiseLike<unknown>) => {
    try {
      heard.push(JSON.stringify(await work) ?? '')
    } catch (error) {
      const { message, code, data, stack } = error as Error & { code?: string; data?: unknown }
      heard.push(JSON.stringify({ message, code, data, stack }))
    }
  }
  await client.environments.unlock({ environment: 'prod' })
  for (const [, ask] of Object.entries(operations(client, 'prod', key))) await hear(ask())
  await hear(client.instances.create({ environment: 'prod', creation }))
  await hear(client.instances.checkCreation({ environment: 'prod', creation }))
  await hear(client.instances.adopt({ environment: 'prod', key, id: 'shop', label: 'Shop', password: secrets.adopted }))
  await hear(client.instances.details({ environment: 'prod', key }))
  await hear(client.instances.posture({ environment: 'prod', key }))
  await hear(client.instances.profiles({ environment: 'prod' }))
  await hear(client.access.options({ environment: 'prod', options }))
  await hear(client.activity.list({ environment: 'prod', limit: 100 }))
  for await (const fleet of await client.instances.watch({ environment: 'prod' })) {
    heard.push(JSON.stringify(fleet))
    break
  }
  expect([...new Set(changes().map(({ action }) => action))].sort()).toEqual([
    'AuthorizeSecurityGroupIngress',
    'CreateDBInstance',
    'DeleteDBInstance',
    'ModifyDBInstance',
    'RevokeSecurityGroupIngress',
    'StopDBInstance',
  ])
  for (const one of ahead) expect(one).toMatch(/^(\w+): \{"record":"intent",/)
  const lines = (await activity(running)).trimEnd().split('\n')
  const records = lines.map((one) => JSON.parse(one) as { record: string; id?: string; outcome?: { result: string } })
  expect(records.filter(({ record }) => record === 'outcome')).toHaveLength(records.filter(({ record }) => record === 'intent').length)
  const places: Record<string, string> = {
    stdout: running.stdout(),
    stderr: running.stderr(),
    line: heard.join('\n'),
    files: await written(dataFolder),
  }
  for (const entry of await readdir('/proc')) {
    const status = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    if (Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]) !== running.process.pid) continue
    places[`child ${entry}`] =
      (await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '')) +
      (await readFile(`/proc/${entry}/cmdline`, 'latin1').catch(() => ''))
  }
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      text.includes(secret) || text.includes(Buffer.from(secret).toString('base64'))
        ? [`${name} in ${place}: ${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 60)}`]
        : [],
    ),
  )
  // The scan sees what it looks at.
  for (const place of ['line', 'files']) expect(places[place]).toContain('prod-db')
  expect(found).toEqual([])
}, 120_000)

/** Texts and figures that AWS never gives, for every field of an instance and of a rule. */
const odd = (name: string, more: string) => `<DBInstance><DBInstanceIdentifier>${name}</DBInstanceIdentifier>${more}</DBInstance>`
const markup = '&lt;img src=x onerror=alert(1)&gt;&#x202e;&#x9b;31m'
const big = 'y'.repeat(1_000_000)
const tags = `<TagList>${'<Tag><Key>k</Key><Value>v</Value></Tag>'.repeat(10_000)}</TagList>`
const hostile: Readonly<Record<string, string>> = {
  'nothing but a name': odd('a', ''),
  'no name': '<DBInstance></DBInstance>',
  'a name of markup': odd(markup, `<DBInstanceStatus>${markup}</DBInstanceStatus><Engine>${markup}</Engine>`),
  'a name too long': odd('n'.repeat(5000), '<DBInstanceStatus>available</DBInstanceStatus>'),
  'a megabyte of status': odd('b', `<DBInstanceStatus>${big}</DBInstanceStatus><EngineVersion>${big}</EngineVersion>`),
  'ten thousand tags': odd('c', `<DBInstanceStatus>available</DBInstanceStatus>${tags}`),
  'absurd dates': odd(
    'd',
    '<DBInstanceStatus>stopped</DBInstanceStatus><AutomaticRestartTime>9999-99-99T99:99:99Z</AutomaticRestartTime><InstanceCreateTime>0000-00-00</InstanceCreateTime>',
  ),
  'a date far away': odd(
    'd2',
    '<DBInstanceStatus>stopped</DBInstanceStatus><AutomaticRestartTime>+275760-09-13T00:00:00Z</AutomaticRestartTime>',
  ),
  'a date before Christ': odd(
    'd3',
    '<DBInstanceStatus>stopped</DBInstanceStatus><AutomaticRestartTime>-000001-01-01T00:00:00Z</AutomaticRestartTime><InstanceCreateTime>-000001-01-01T00:00:00Z</InstanceCreateTime>',
  ),
  'negative numbers': odd(
    'e',
    '<DBInstanceStatus>available</DBInstanceStatus><AllocatedStorage>-5</AllocatedStorage><Endpoint><Address>h</Address><Port>-1</Port></Endpoint><BackupRetentionPeriod>-1</BackupRetentionPeriod>',
  ),
  'numbers of words': odd('f', '<AllocatedStorage>many</AllocatedStorage><Endpoint><Address>h</Address><Port>1.5</Port></Endpoint>'),
  'a number too large': odd(
    'f2',
    '<AllocatedStorage>99999999999999999999</AllocatedStorage><Endpoint><Address>h</Address><Port>99999999999999999999</Port></Endpoint>',
  ),
  'a name twice': odd('g', '<DBInstanceStatus>stopped</DBInstanceStatus>') + odd('G', '<DBInstanceStatus>available</DBInstanceStatus>'),
  'words of the language':
    odd('__proto__', '<DBInstanceStatus>constructor</DBInstanceStatus><Engine>toString</Engine>') + odd('constructor', ''),
  'truths of words': odd('h', '<MultiAZ>perhaps</MultiAZ><DeletionProtection>2</DeletionProtection>'),
}

test.each(Object.keys(hostile))(
  'an account with %s is borne',
  async (name) => {
    const { endpoint } = await startCloud(() => queryFault('Unexpected', markup), `${hostile[name]}${described}`)
    const rules =
      `${rule}<item><securityGroupRuleId>${name === 'no name' ? '' : markup}</securityGroupRuleId><groupId>sg-1</groupId><fromPort>-7</fromPort><toPort>99999999</toPort><cidrIpv4>999.1.1.1/77</cidrIpv4><description>${name === 'a megabyte of status' ? big : markup}</description>
    <tagSet><item><key>basepair:expires</key><value>+999999-01-01</value></item></tagSet></item>`.repeat(2)
    endpoint.answer(
      'ec2',
      'DescribeSecurityGroupRules',
      ec2Answer('DescribeSecurityGroupRules', `<securityGroupRuleSet>${rules}</securityGroupRuleSet>`),
    )
    const { running, line } = await start(endpoint.url, ['--allow-prod-changes'])
    const { client } = line
    for await (const { instances, places } of await client.instances.watch({ environment: 'prod' })) {
      const [place] = places.filter(({ state }) => state !== 'loading')
      if (place === undefined) continue
      if (/date/.test(name)) {
        expect(place.problem).toMatchObject({ code: 'AWS', message: expect.stringContaining('could not be understood (TypeError)') })
        break
      }
      expect(place.problem).toBeNull()
      expect(instances.map((one) => one.key.identifier)).toContain('prod-db')
      break
    }
    for await (const { rules: shown, problem } of await client.access.watch({ environment: 'prod', key })) {
      if (shown.length === 0 && problem === null) continue
      if (/date/.test(name)) expect(problem).toMatchObject({ code: 'AWS', message: expect.stringContaining('could not be understood') })
      else expect(problem).toBeNull()
      expect(shown.length > 0).toBe(problem === null)
      break
    }
    const identifier = /<DBInstanceIdentifier>([^&<]{1,63})</.exec(hostile[name] ?? '')?.[1] ?? 'prod-db'
    const to = { environment: 'prod', key: { ...key, identifier } }
    const codes = await Promise.all(
      [
        client.instances.details(to),
        client.instances.posture(to),
        client.instances.metrics({ ...to, hours: 1 }),
        client.access.refresh(to),
        client.instances.start(to),
      ].map((work) =>
        Promise.resolve(work).then(
          () => 'done',
          (error: { code: string; message: string }) => (error.code === 'INTERNAL' ? `INTERNAL ${error.message}` : error.code),
        ),
      ),
    )
    expect(codes.filter((code) => code.startsWith('INTERNAL'))).toEqual([])
    expect(running.process.exitCode).toBeNull()
    expect(await readFile(join(running.dataFolder, 'basepair.log'), 'utf8').catch(() => '')).not.toMatch(/incident|uncaught|unhandled/)
  },
  60_000,
)
