import { execFile, spawn, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { startServices } from './services.ts'

const run = promisify(execFile)

/** Debian's AWS CLI, and another where the path has one: old ones speak other protocols than new ones. */
const programs = [...new Set(['/usr/bin/aws', 'aws'])].filter((program) => spawnSync(program, ['--version']).status === 0)

/** Version 1 has no `logs tail`. */
const knowsTail = (program: string): boolean => !spawnSync(program, ['--version']).stdout.toString().startsWith('aws-cli/1.')

/** Whatever the user has set for the real AWS stays out of it. */
const env = {
  PATH: process.env['PATH'],
  AWS_ACCESS_KEY_ID: 'practice',
  AWS_SECRET_ACCESS_KEY: 'practice',
  AWS_DEFAULT_REGION: 'ca-central-1',
  AWS_PAGER: '',
  AWS_MAX_ATTEMPTS: '1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

/** What the command prints, read as JSON; null for nothing. */
function withProgram(program: string, endpoint: string) {
  return async (...args: readonly string[]): Promise<unknown> => {
    const { stdout } = await run(program, ['--endpoint-url', endpoint, '--output', 'json', ...args], { env })
    return stdout === '' ? null : JSON.parse(stdout)
  }
}

describe.skipIf(programs.length === 0)('the AWS command line', () => {
  test.each(programs)('%s asks and changes as at AWS', { timeout: 180_000 }, async (program) => {
    const cloud = await startServices(await temporaryFolder())
    await cloud.ec2.openOnce('ca-central-1', 5432, '203.0.113.24')
    await cloud.samples.measure()
    const aws = withProgram(program, cloud.endpoint)
    const refused = (...args: readonly string[]) =>
      aws(...args).then(
        () => 'not refused',
        (error: { readonly stderr: string }) => error.stderr,
      )

    expect(await aws('sts', 'get-caller-identity', '--query', 'Arn')).toBe('arn:aws:iam::123456789012:user/practice')

    const group = await cloud.ec2.firewall.defaultGroup('ca-central-1')
    const rule = 'IpProtocol=tcp,FromPort=5432,ToPort=5432,IpRanges=[{CidrIp=198.51.100.77/32,Description=mine}]'
    const made = await aws('ec2', 'authorize-security-group-ingress', '--group-id', group, '--ip-permissions', rule)
    expect(made).toMatchObject({ SecurityGroupRules: [{ CidrIpv4: '198.51.100.77/32', Description: 'mine' }] })
    const again = ['ec2', 'authorize-security-group-ingress', '--group-id', group, '--protocol', 'tcp', '--port', '5432']
    expect(await refused(...again, '--cidr', '198.51.100.77/32')).toContain('(InvalidPermission.Duplicate)')
    expect(await refused(...again, '--cidr', '192.0.2.1/32', '--dry-run')).toContain('(DryRunOperation)')
    const filter = `Name=group-id,Values=${group}`
    const listed = await aws('ec2', 'describe-security-group-rules', '--filters', filter, '--query', 'SecurityGroupRules[].CidrIpv4')
    expect(listed).toEqual(['0.0.0.0/0', '203.0.113.24/32', '198.51.100.77/32'])

    const hour = ['productFamily=Database Instance', 'regionCode=ca-central-1', 'instanceType=db.t3.micro', 'deploymentOption=Single-AZ']
    const filters = hour.map((one) => `Type=TERM_MATCH,Field=${one.replace('=', ',Value=')}`)
    const prices = await aws('pricing', 'get-products', '--service-code', 'AmazonRDS', '--filters', ...filters, '--query', 'PriceList')
    expect(prices).toEqual([expect.stringContaining('"USD":"0.0194000000"')])

    const dimension = 'Name=DBInstanceIdentifier,Value=cruddur-db-instance'
    const times = [
      '--start-time',
      new Date(Date.now() - 3_600_000).toISOString(),
      '--end-time',
      new Date(Date.now() + 60_000).toISOString(),
    ]
    const metric = ['--namespace', 'AWS/RDS', '--metric-name', 'DatabaseConnections', '--dimensions', dimension]
    const points = ['cloudwatch', 'get-metric-statistics', ...metric, ...times, '--period', '60', '--statistics', 'Average']
    expect(await aws(...points, '--query', 'Datapoints[0].[Average, Unit]')).toEqual([0, 'Count'])

    await cloud.control.change({ credentialsExpired: true })
    expect(await refused('sts', 'get-caller-identity')).toContain('(ExpiredToken)')
    expect(await refused('ec2', 'describe-vpcs')).toContain('(RequestExpired)')
  })

  test.each(programs)('%s reads the logs and follows them', { timeout: 300_000 }, async (program) => {
    const cloud = await startServices(await temporaryFolder())
    const aws = withProgram(program, cloud.endpoint)
    const group = '/aws/lambda/by-hand'
    const stream = '2026/11/21/[$LATEST]1'
    const inGroup = ['--log-group-name', group]
    await aws('logs', 'create-log-group', ...inGroup)
    await aws('logs', 'create-log-stream', ...inGroup, '--log-stream-name', stream)
    const now = Date.now()
    const batch = JSON.stringify([
      { timestamp: now - 2, message: 'START é "quoted"' },
      { timestamp: now - 1, message: '[ERROR] relation "users" does not exist' },
    ])
    const put = ['logs', 'put-log-events', ...inGroup, '--log-stream-name', stream, '--log-events']
    expect(await aws(...put, batch)).toMatchObject({ nextSequenceToken: expect.any(String) })
    expect(await aws('logs', 'describe-log-groups', '--query', 'logGroups[].[logGroupName,arn]')).toEqual([
      [group, `arn:aws:logs:ca-central-1:123456789012:log-group:${group}:*`],
    ])
    expect(await aws('logs', 'describe-log-streams', ...inGroup, '--query', 'logStreams[].logStreamName')).toEqual([stream])
    const filter = ['logs', 'filter-log-events', ...inGroup, '--query', 'events[].message']
    expect(await aws(...filter)).toEqual(['START é "quoted"', '[ERROR] relation "users" does not exist'])
    expect(await aws(...filter, '--filter-pattern', '"does not exist"')).toEqual(['[ERROR] relation "users" does not exist'])
    const get = ['logs', 'get-log-events', ...inGroup, '--log-stream-name', stream, '--limit', '1']
    expect(await aws(...get)).toMatchObject({
      events: [{ message: '[ERROR] relation "users" does not exist' }],
      nextForwardToken: expect.stringMatching(/^f\//),
    })
    await expect(aws('logs', 'filter-log-events', '--log-group-name', '/none')).rejects.toMatchObject({
      stderr: expect.stringContaining('(ResourceNotFoundException)'),
    })
    expect(await aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName')).toEqual(['cruddur-post-confirmation'])
    const named = ['lambda', 'get-function-configuration', '--function-name', 'cruddur-post-confirmation', '--query', 'MemorySize']
    expect(await aws(...named)).toEqual(expect.any(Number))
    const pools = ['cognito-idp', 'list-user-pools', '--max-results', '60', '--query', 'UserPools[].[Id,Name]']
    expect(await aws(...pools)).toEqual([['ca-central-1_Practice1', 'cruddur-user-pool']])

    if (!knowsTail(program)) return
    const { stdout } = await run(program, ['--endpoint-url', cloud.endpoint, 'logs', 'tail', group, '--format', 'short'], { env })
    expect(stdout.split('\n').map((line) => line.slice(20))).toEqual(['START é "quoted"', '[ERROR] relation "users" does not exist', ''])

    const following = spawn(program, ['--endpoint-url', cloud.endpoint, 'logs', 'tail', group, '--follow', '--since', '1m'], {
      // It does not flush what it prints into a pipe.
      env: { ...env, PYTHONUNBUFFERED: '1' },
    })
    const ended = new Promise((resolve) => following.once('exit', resolve))
    onTestFinished(async () => {
      following.kill('SIGKILL')
      await ended
    })
    let followed = ''
    following.stdout.on('data', (part: Buffer) => {
      followed += String(part)
    })
    await vi.waitFor(() => expect(followed).toContain('does not exist'), { timeout: 60_000 })
    cloud.logs.writer.write('ca-central-1', group, 'a new stream', [{ at: Date.now(), message: 'written meanwhile', lateMs: 0 }])
    await vi.waitFor(() => expect(followed).toContain('a new stream written meanwhile'), { timeout: 60_000 })
  })
})
