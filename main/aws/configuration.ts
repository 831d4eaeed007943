import { parseKnownFiles } from '@smithy/shared-ini-file-loader'
import { region as regionSchema } from '../../preload/contract/environments.ts'
import type { Profile } from '../../preload/contract/instances.ts'
import { type AwsOptions, defaultProfile, practiceProfile } from './aws.ts'

type Section = Readonly<Record<string, string | undefined>>
type Sections = Readonly<Record<string, Section | undefined>>

/** The services as the SDK's variables and files name them. */
export const serviceNames = {
  rds: 'rds',
  ec2: 'ec2',
  cloudWatch: 'cloudwatch',
  logs: 'cloudwatch_logs',
  lambda: 'lambda',
  cognito: 'cognito_identity_provider',
  pricing: 'pricing',
  sts: 'sts',
} as const
export type ServiceName = keyof typeof serviceNames
/** What stands before the permissions of a service. */
export const permissionPrefixes: Readonly<Record<ServiceName, string>> = {
  ...serviceNames,
  logs: 'logs',
  cognito: 'cognito-idp',
}

/** What the variables and the configuration files say of a profile. */
export interface ProfileFacts {
  /** The name to look for in the files; null where the variables hold the credentials themselves. */
  readonly name: string | null
  /** The profile as a sentence names it. */
  readonly spoken: string
  /** How it signs in, in words: `SSO`, `access keys`. */
  readonly kind: string
  readonly known: boolean
  readonly region: string | null
  /** What to run in a terminal to sign in; null where no command of AWS' does it. */
  readonly signIn: string | null
  /** What the configuration names instead of Amazon, per service. */
  endpoint(service: ServiceName): string | null
}

/** A name that the shell takes as it stands, otherwise in quotes. */
const quoted = (name: string) => (/^[\w.@+-]+$/.test(name) ? name : `'${name.replace(/'/g, `'\\''`)}'`)
const isRegion = (text: string | undefined): text is string => regionSchema.safeParse(text).success
const isSection = (name: string) => !/^(sso-session|services)\./.test(name)

function kindOf(section: Section): string {
  if (section['role_arn'] !== undefined && section['web_identity_token_file'] !== undefined) return 'web identity'
  if (section['role_arn'] !== undefined) return 'role'
  if (section['aws_access_key_id'] !== undefined) return 'access keys'
  if (section['credential_process'] !== undefined) return 'process'
  if (section['sso_session'] !== undefined || section['sso_start_url'] !== undefined) return 'SSO'
  if (section['login_session'] !== undefined) return 'login'
  return 'no credentials'
}

/** The command that renews a profile's credentials, following a role to the profile that it is assumed from. */
function signInOf(name: string, sections: Sections, followed: readonly string[] = []): string | null {
  const section = sections[name]
  const profile = name === 'default' ? '' : ` --profile ${quoted(name)}`
  if (section === undefined) return `aws configure${profile}`
  const source = section['source_profile']
  const kind = kindOf(section)
  if (kind === 'role' && source !== undefined && !followed.includes(source)) return signInOf(source, sections, [...followed, name])
  if (kind === 'SSO') return `aws sso login${profile}`
  if (kind === 'login') return `aws login${profile}`
  if (kind === 'process' || kind === 'web identity') return null
  return `aws configure${profile}`
}

/** Reads the AWS configuration: the process' variables, `~/.aws/config` and `~/.aws/credentials` or what stands for them. */
export function createConfiguration({ variables, practice }: Pick<AwsOptions, 'variables' | 'practice'>) {
  const files = {
    ...(variables['AWS_CONFIG_FILE'] ? { configFilepath: variables['AWS_CONFIG_FILE'] } : {}),
    ...(variables['AWS_SHARED_CREDENTIALS_FILE'] ? { filepath: variables['AWS_SHARED_CREDENTIALS_FILE'] } : {}),
  }
  const hasKeys = Boolean(variables['AWS_ACCESS_KEY_ID'] && variables['AWS_SECRET_ACCESS_KEY'])
  const variableRegion = [variables['AWS_REGION'], variables['AWS_DEFAULT_REGION']].find(isRegion) ?? null
  const ignoresEndpoints = variables['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'

  let latest: Sections = {}

  /** Reads the files anew; the SDK's own cache of them is renewed by it too. A file that is not there is empty. */
  async function read(): Promise<Sections> {
    latest = await parseKnownFiles({ ...files, ignoreCache: true })
    return latest
  }

  function endpointIn(section: Section | undefined, sections: Sections, service: ServiceName): string | null {
    if (ignoresEndpoints) return null
    const name = serviceNames[service]
    const services = section?.['services']
    const own = services === undefined ? undefined : sections[`services.${services}`]?.[`${name}.endpoint_url`]
    return variables[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] || own || section?.['endpoint_url'] || null
  }

  function factsIn(profile: string, sections: Sections): ProfileFacts {
    const isDefault = profile === defaultProfile
    const named = isDefault ? variables['AWS_PROFILE'] || 'default' : profile
    const section = sections[named]
    const fileRegion = isRegion(section?.['region']) ? section['region'] : null
    const endpoint = (service: ServiceName) => endpointIn(section, sections, service)
    if (isDefault && !variables['AWS_PROFILE'] && hasKeys) {
      return {
        name: null,
        spoken: 'the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
        kind: 'environment',
        known: true,
        region: variableRegion ?? fileRegion,
        signIn: null,
        endpoint,
      }
    }
    const borrowed = isDefault && section === undefined ? chained() : null
    return {
      name: named,
      spoken: `profile ${named}`,
      kind: borrowed ?? (section === undefined ? 'not configured' : kindOf(section)),
      known: section !== undefined || borrowed !== null,
      region: isDefault ? (variableRegion ?? fileRegion) : (fileRegion ?? variableRegion),
      signIn: borrowed === null ? signInOf(named, sections) : null,
      endpoint,
    }
  }

  /** What the SDK's chain finds besides the files. */
  function chained(): string | null {
    if (variables['AWS_WEB_IDENTITY_TOKEN_FILE'] && variables['AWS_ROLE_ARN']) return 'web identity'
    if (variables['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] || variables['AWS_CONTAINER_CREDENTIALS_FULL_URI']) return 'container'
    return null
  }

  return {
    /** What the SDK's providers are told of where the files are. */
    files,
    async facts(profile: string): Promise<ProfileFacts> {
      return factsIn(profile, await read())
    },
    /** Where requests of the profile go by what was last read of the files; null where to Amazon. */
    endpointNow: (profile: string, service: ServiceName): string | null => factsIn(profile, latest).endpoint(service),
    /** `default` first, then the files' own in order; the practice cloud last. */
    async profiles(): Promise<readonly Profile[]> {
      const sections = await read()
      const names = Object.keys(sections).filter((name) => isSection(name) && name !== defaultProfile && name.length <= 128)
      const real = [defaultProfile, ...names.sort()].map((name) => {
        const { kind, region } = factsIn(name, sections)
        return { name, kind, region }
      })
      return practice === null ? real : [...real, { name: practiceProfile, kind: 'practice', region: practice.region }]
    },
  }
}
export type Configuration = ReturnType<typeof createConfiguration>
