import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AwsOptions, practiceProfile } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { type AwsEndpoint, queryAnswer, queryFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { failureOf, limits, list, region, well } from './stage.ts'

/** A machine of its own: nothing of the real one's variables and files is seen. The SDK reads the process' variables by itself. */
let home: string
beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  home = await temporaryFolder()
  vi.stubEnv('HOME', home)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  await mkdir(join(home, '.aws', 'sso', 'cache'), { recursive: true })
  onTestFinished(() => void vi.unstubAllEnvs())
})

const config = (text: string) => writeFile(join(home, '.aws', 'config'), text)
const credentials = (text: string) => writeFile(join(home, '.aws', 'credentials'), text)

/** What `aws sso login` leaves. */
function signInto(session: string, minutes: number, accessToken = 'sso-access-token-of-the-session') {
  const file = join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(session).digest('hex')}.json`)
  const expiresAt = new Date(Date.now() + minutes * 60_000).toISOString()
  return writeFile(file, JSON.stringify({ accessToken, expiresAt, startUrl: 'https://x.awsapps.com/start', region }))
}

function open(endpoint: AwsEndpoint | null, more: Partial<AwsOptions> = {}) {
  const aws = createAws({ endpoint: endpoint?.url ?? null, practice: null, variables: process.env, ...more }, limits)
  onTestFinished(() => aws.close())
  return aws
}

async function instances() {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('rds', 'DescribeDBInstances', well)
  return endpoint
}

const roleKeys = (accessKeyId: string) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    roleCredentials: {
      accessKeyId,
      secretAccessKey: 'role-secret-0000',
      sessionToken: 'role-session-0000',
      expiration: Date.now() + 3_600_000,
    },
  }),
})

const sso = `
[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-central-1

[sso-session corp]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
`

describe('the profiles of this machine', () => {
  test('come from both files, each with its kind and region', async () => {
    await config(`
[default]
region = us-west-2
${sso}
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = work

[profile tool]
credential_process = /bin/true

[profile pod]
role_arn = arn:aws:iam::123456789012:role/pod
web_identity_token_file = /token

[services local]
rds =
  endpoint_url = http://127.0.0.1:1
`)
    await credentials(
      '[default]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n[old]\naws_access_key_id = AKIAX\naws_secret_access_key = s\n',
    )
    expect(await open(null).profiles()).toEqual([
      { name: 'default', kind: 'access keys', region: 'us-west-2' },
      { name: 'deploy', kind: 'role', region: null },
      { name: 'old', kind: 'access keys', region: null },
      { name: 'pod', kind: 'web identity', region: null },
      { name: 'tool', kind: 'process', region: null },
      { name: 'work', kind: 'SSO', region: 'eu-central-1' },
    ])
  })

  test('a profile that is added later is there', async () => {
    const aws = open(null)
    const names = async () => (await aws.profiles()).map(({ name }) => name)
    expect(await names()).toEqual(['default'])
    await config('[profile later]\nregion = us-west-2\n')
    expect(await names()).toEqual(['default', 'later'])
  })

  test('the practice cloud is one of them; variables decide over the default', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAVARIABLES0000000')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of-the-variables')
    vi.stubEnv('AWS_REGION', 'eu-north-1')
    await config('[default]\nregion = us-west-2\n[profile other]\nregion = us-west-2\n')
    const aws = open(null, { practice: { endpoint: 'http://127.0.0.1:1', region, accessKeyId: 'a', secretAccessKey: 's' } })
    expect(await aws.profiles()).toEqual([
      { name: 'default', kind: 'environment', region: 'eu-north-1' },
      { name: 'other', kind: 'no credentials', region: 'us-west-2' },
      { name: practiceProfile, kind: 'practice', region },
    ])
    expect([await aws.regionOf('default'), await aws.regionOf('other'), await aws.regionOf(practiceProfile)]).toEqual([
      'eu-north-1',
      'us-west-2',
      region,
    ])
  })

  test('AWS_PROFILE is what default means', async () => {
    vi.stubEnv('AWS_PROFILE', 'other')
    await config('[default]\nregion = us-west-2\n[profile other]\nregion = eu-west-3\n')
    await credentials('[other]\naws_access_key_id = AKIAOTHER00000000000\naws_secret_access_key = s\n')
    const endpoint = await instances()
    const aws = open(endpoint)
    expect(await aws.regionOf('default')).toBe('eu-west-3')
    await list(aws)
    expect(endpoint.requests[0]?.accessKeyId).toBe('AKIAOTHER00000000000')
  })

  test('where files or folders are missing there is the default alone', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(home, 'nowhere', 'config'))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'nowhere', 'credentials'))
    expect(await open(null).profiles()).toEqual([{ name: 'default', kind: 'not configured', region: null }])
  })
})

describe('credentials', () => {
  test('SSO: signed out, signed in from a terminal, expired and signed in again, without a restart', async () => {
    await config(sso)
    const endpoint = await instances()
    endpoint.answer('*', '/federation/credentials', roleKeys('ASIAFIRST00000000000'))
    const aws = open(endpoint)
    const asked = () => list(aws, { place: { profile: 'work', region } })
    const signedOut = await failureOf(asked())
    expect(signedOut.code).toBe('CREDENTIALS')
    expect(signedOut.message).toBe(
      'The sign-in of profile work has ended, so Basepair could not list the instances. Run aws sso login --profile work in a terminal, then look again.',
    )
    expect(signedOut.data).toMatchObject({ profile: 'work', command: 'aws sso login --profile work' })

    await signInto('corp', -5)
    expect((await failureOf(asked())).code).toBe('CREDENTIALS')

    await signInto('corp', 60)
    expect((await asked()).DBInstances).toHaveLength(1)
    expect(endpoint.requests.at(-1)?.accessKeyId).toBe('ASIAFIRST00000000000')

    endpoint.answer('*', '/federation/credentials', roleKeys('ASIASECOND0000000000'))
    endpoint.answer('rds', 'DescribeDBInstances', ({ accessKeyId }) =>
      accessKeyId === 'ASIASECOND0000000000'
        ? well
        : queryFault('ExpiredToken', 'The security token included in the request is expired', 403),
    )
    const expired = await failureOf(asked())
    expect(expired.message).toMatch(/^The credentials of profile work have expired.*aws sso login --profile work/)
    expect((await asked()).DBInstances).toHaveLength(1)
  })

  test('access keys: what the file holds after a refusal is used next', async () => {
    await credentials('[old]\naws_access_key_id = AKIAWRONG00000000000\naws_secret_access_key = s\n')
    const endpoint = await startAwsEndpoint()
    endpoint.answer('rds', 'DescribeDBInstances', ({ accessKeyId }) =>
      accessKeyId === 'AKIARIGHT00000000000' ? well : queryFault('InvalidClientTokenId', 'The security token is invalid', 403),
    )
    const aws = open(endpoint)
    const asked = () => list(aws, { place: { profile: 'old', region } })
    const refused = await failureOf(asked())
    expect(refused).toMatchObject({ code: 'CREDENTIALS', data: { profile: 'old', command: 'aws configure --profile old' } })
    await credentials('[old]\naws_access_key_id = AKIARIGHT00000000000\naws_secret_access_key = s\n')
    expect((await asked()).DBInstances).toHaveLength(1)
  })

  test('a role is assumed from the profile that it names, and sign-in is its', async () => {
    await config(`${sso}\n[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = work\nregion = ${region}\n`)
    const endpoint = await instances()
    const aws = open(endpoint)
    const asked = () => list(aws, { place: { profile: 'deploy', region } })
    expect((await failureOf(asked())).data?.command).toBe('aws sso login --profile work')

    await signInto('corp', 60)
    endpoint.answer('*', '/federation/credentials', roleKeys('ASIASOURCE0000000000'))
    const said = 'User: arn:aws:sts::123456789012:assumed-role/Developer is not authorized to perform: sts:AssumeRole on resource: deploy'
    endpoint.answer('sts', 'AssumeRole', queryFault('AccessDenied', said, 403))
    const denied = await failureOf(asked())
    expect(denied.code).toBe('FORBIDDEN')
    expect(denied.message).toContain('it lacks the permission sts:AssumeRole')

    const expiration = new Date(Date.now() + 3_600_000).toISOString()
    const keys = `<AccessKeyId>ASIAROLE000000000000</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken>`
    endpoint.answer(
      'sts',
      'AssumeRole',
      queryAnswer('AssumeRole', `<Credentials>${keys}<Expiration>${expiration}</Expiration></Credentials>`),
    )
    await asked()
    expect(endpoint.asked('AssumeRole').at(-1)?.accessKeyId).toBe('ASIASOURCE0000000000')
    expect(endpoint.requests.at(-1)?.accessKeyId).toBe('ASIAROLE000000000000')
  })

  test('a process gives them; one that fails or hangs is said without its words', async () => {
    const keys = { Version: 1, AccessKeyId: 'AKIAPROCESS000000000', SecretAccessKey: 'from-the-process' }
    await writeFile(join(home, 'keys.json'), JSON.stringify(keys))
    await config(
      `[profile tool]\ncredential_process = cat ${join(home, 'keys.json')}\n[profile broken]\ncredential_process = sh -c "echo hunter2-secret >&2; exit 3"\n[profile slow]\ncredential_process = sleep 5\n`,
    )
    const endpoint = await instances()
    const aws = open(endpoint)
    await list(aws, { place: { profile: 'tool', region } })
    expect(endpoint.requests[0]?.accessKeyId).toBe('AKIAPROCESS000000000')
    const broken = await failureOf(list(aws, { place: { profile: 'broken', region } }))
    expect(broken).toMatchObject({
      code: 'CREDENTIALS',
      message: expect.stringMatching(/^Profile broken has no credentials.*credential_process/),
    })
    expect(JSON.stringify(broken)).not.toContain('hunter2')
    const slow = await failureOf(list(aws, { place: { profile: 'slow', region } }))
    expect(slow).toMatchObject({ code: 'TIMEOUT', message: expect.stringMatching(/^Profile slow gave no credentials within/) })
  })

  test('none at all, and a profile that is not there', async () => {
    const endpoint = await instances()
    const aws = open(endpoint)
    const none = await failureOf(list(aws))
    expect(none).toMatchObject({ code: 'CREDENTIALS', data: { profile: 'default', command: 'aws configure' } })
    expect(none.message).toMatch(
      /^There are no AWS credentials on this machine, so Basepair could not list the instances\. Run aws configure in/,
    )
    const typo = await failureOf(list(aws, { place: { profile: 'no such; rm -rf', region } }))
    expect(typo.data?.command).toBe("aws configure --profile 'no such; rm -rf'")
    expect(typo.message).toMatch(/^There is no profile no such; rm -rf in the AWS configuration/)
    const gone = await failureOf(list(aws, { place: { profile: practiceProfile, region } }))
    expect(gone.code).toBe('GONE')
    expect(endpoint.requests).toEqual([])
  })

  test("trouble on the way to the sign-in's own server is told as that", async () => {
    await config(sso)
    await signInto('corp', 60)
    const endpoint = await startAwsEndpoint()
    endpoint.answer('*', '/federation/credentials', { headers: { 'content-type': 'text/html' }, body: '<html>Hotel</html>' })
    const aws = open(endpoint)
    const portal = await failureOf(list(aws, { place: { profile: 'work', region } }))
    expect(portal).toMatchObject({ code: 'NOT_AWS', message: expect.stringContaining('a web page') })
    await endpoint.close()
    const closed = await failureOf(list(aws, { place: { profile: 'work', region } }))
    expect(closed.code).toBe('UNREACHABLE')
  })

  test('keys that cannot be renewed are used to their end', async () => {
    const expiration = new Date(Date.now() + 60_000).toISOString()
    const keys = { Version: 1, AccessKeyId: 'ASIASHORT00000000000', SecretAccessKey: 's', SessionToken: 't', Expiration: expiration }
    await writeFile(join(home, 'keys.json'), JSON.stringify(keys))
    await config(`[profile tool]\ncredential_process = cat ${join(home, 'keys.json')}\n`)
    const endpoint = await instances()
    const aws = open(endpoint)
    await list(aws, { place: { profile: 'tool', region } })
    await rm(join(home, 'keys.json'))
    await list(aws, { place: { profile: 'tool', region } })
    expect(endpoint.requests.map(({ accessKeyId }) => accessKeyId)).toEqual(['ASIASHORT00000000000', 'ASIASHORT00000000000'])
  })

  test('a region that the account has not enabled is no reason to sign in', async () => {
    await credentials('[old]\naws_access_key_id = AKIARIGHT00000000000\naws_secret_access_key = s\n')
    const endpoint = await startAwsEndpoint()
    endpoint.answer('rds', 'DescribeDBInstances', (request) =>
      request.region === region ? well : queryFault('InvalidClientTokenId', 'The security token included in the request is invalid', 403),
    )
    const aws = open(endpoint)
    await list(aws, { place: { profile: 'old', region } })
    const elsewhere = await failureOf(list(aws, { place: { profile: 'old', region: 'ap-east-1' } }))
    expect(elsewhere).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('not in ap-east-1') })
  })
})

describe('where requests go', () => {
  test('a profile’s own endpoint is its alone; the practice cloud never goes elsewhere', async () => {
    const [mine, practiceCloud] = [await instances(), await instances()]
    await config(
      `[default]\nendpoint_url = http://127.0.0.1:9\n[profile lab]\nendpoint_url = ${mine.url}\n[profile real]\nregion = ${region}\n`,
    )
    await credentials('[lab]\naws_access_key_id = AKIALAB0000000000000\naws_secret_access_key = s\n')
    const practice = { endpoint: practiceCloud.url, region, accessKeyId: 'AKIAPRACTICE00000000', secretAccessKey: 's' }
    const aws = open(null, { practice })
    await list(aws, { place: { profile: 'lab', region } })
    await list(aws, { place: { profile: practiceProfile, region } })
    expect(mine.requests.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIALAB0000000000000'])
    expect(practiceCloud.requests.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIAPRACTICE00000000'])
    expect([aws.isAmazon('lab'), aws.isAmazon('real'), aws.isAmazon(practiceProfile)]).toEqual([false, true, false])
    expect([aws.endpointOf('lab'), aws.endpointOf('real'), aws.endpointOf(practiceProfile)]).toEqual([mine.url, null, practiceCloud.url])
  })

  test("a profile without an endpoint does not go to the default's", async () => {
    const other = await instances()
    await config(`[default]\nendpoint_url = ${other.url}\n`)
    await credentials('[real]\naws_access_key_id = AKIAREAL000000000000\naws_secret_access_key = s\n')
    // There is no such region: its name leads nowhere.
    await failureOf(list(open(null), { place: { profile: 'real', region: 'zz-nowhere-1' } }))
    expect(other.requests).toEqual([])
  })

  test('the practice cloud keeps to itself where the variables name an endpoint for a service', async () => {
    const [elsewhere, practiceCloud] = [await instances(), await instances()]
    vi.stubEnv('AWS_ENDPOINT_URL_RDS', elsewhere.url)
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    const practice = { endpoint: practiceCloud.url, region, accessKeyId: 'AKIAPRACTICE00000000', secretAccessKey: 's' }
    await list(open(null, { practice }), { place: { profile: practiceProfile, region } })
    expect([elsewhere.requests.length, practiceCloud.requests.length]).toEqual([0, 1])
  })

  test("variables of the SDK's do not change how often it is asked", async () => {
    vi.stubEnv('AWS_MAX_ATTEMPTS', '9')
    vi.stubEnv('AWS_RETRY_MODE', 'adaptive')
    await credentials('[old]\naws_access_key_id = AKIAOLD0000000000000\naws_secret_access_key = s\n')
    const endpoint = await startAwsEndpoint()
    endpoint.answer('rds', 'DescribeDBInstances', queryFault('InternalFailure', 'x', 500))
    expect((await failureOf(list(open(endpoint), { place: { profile: 'old', region } }))).code).toBe('AWS')
    expect(endpoint.requests.length).toBe(3)
  })

  test.each([
    'https://rds-fips.ca-central-1.amazonaws.com',
    'https://vpce-1.rds.ca-central-1.vpce.amazonaws.com./',
    'https://rds.cn-north-1.amazonaws.com.cn',
    'https://rds.ca-central-1.api.aws',
  ])('%s is Amazon too', async (endpoint) => {
    await config(`[profile lab]\nendpoint_url = ${endpoint}\n`)
    const aws = open(null)
    await aws.profiles()
    expect(aws.isAmazon('lab')).toBe(true)
    expect(createAws({ endpoint, practice: null, variables: {} }).isAmazon('default')).toBe(true)
  })

  test('a profile of which only the instances are elsewhere goes to Amazon with its security groups', async () => {
    await config('[profile lab]\nservices = near\n[services near]\nrds =\n  endpoint_url = http://127.0.0.1:9\n')
    const aws = open(null)
    await aws.profiles()
    expect([aws.endpointOf('lab'), aws.isAmazon('lab')]).toEqual(['http://127.0.0.1:9', true])
  })

  test('the endpoint that was asked for stands above all', async () => {
    const [asked, configured] = [await instances(), await instances()]
    await config(`[profile lab]\nendpoint_url = ${configured.url}\n`)
    await credentials('[lab]\naws_access_key_id = AKIALAB0000000000000\naws_secret_access_key = s\n')
    const aws = open(asked)
    await list(aws, { place: { profile: 'lab', region } })
    expect([asked.requests.length, configured.requests.length]).toEqual([1, 0])
    expect(aws.isAmazon('lab')).toBe(false)
  })
})
