import { watchAttempts } from './attempts.ts'
import type { ServiceName } from './configuration.ts'
import type { AwsHttpHandler } from './http-handler.ts'
import type { Keys } from './profile-line.ts'

export interface ClientOptions {
  readonly region: string
  /** Null: Amazon's own for the service and region. */
  readonly endpoint: string | null
  readonly credentials: () => Promise<Keys>
  readonly requestHandler: AwsHttpHandler
}

function configOf({ region, endpoint, credentials, requestHandler }: ClientOptions) {
  return {
    region,
    credentials,
    requestHandler,
    maxAttempts: 3,
    retryMode: 'standard',
    userAgentAppId: 'basepair',
    // Where requests go is decided here: the SDK would take the default profile's endpoint for every profile.
    ignoreConfiguredEndpointUrls: true,
    // An endpoint of one's own cannot be combined with Amazon's variants, nor has it names like `stream-` before its own.
    ...(endpoint === null ? {} : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false, disableHostPrefix: true }),
  }
}

/** Each service's client, loaded when it is first needed: together they are several megabytes of code. */
const makers = {
  rds: async (options: ClientOptions) => new (await import('@aws-sdk/client-rds')).RDSClient(configOf(options)),
  ec2: async (options: ClientOptions) => new (await import('@aws-sdk/client-ec2')).EC2Client(configOf(options)),
  cloudWatch: async (options: ClientOptions) => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(configOf(options)),
  logs: async (options: ClientOptions) => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(configOf(options)),
  lambda: async (options: ClientOptions) => new (await import('@aws-sdk/client-lambda')).LambdaClient(configOf(options)),
  cognito: async (options: ClientOptions) =>
    new (await import('@aws-sdk/client-cognito-identity-provider')).CognitoIdentityProviderClient(configOf(options)),
  pricing: async (options: ClientOptions) => new (await import('@aws-sdk/client-pricing')).PricingClient(configOf(options)),
  sts: async (options: ClientOptions) => new (await import('@aws-sdk/client-sts')).STSClient(configOf(options)),
} satisfies Record<ServiceName, unknown>

export type ClientOf<Name extends ServiceName> = Awaited<ReturnType<(typeof makers)[Name]>>

/** Makes a client whose attempts are watched. */
export async function makeClient<Name extends ServiceName>(name: Name, options: ClientOptions): Promise<ClientOf<Name>> {
  const client = await makers[name](options)
  watchAttempts(client.middlewareStack)
  // The table gives each name its own client, which an index over it does not carry.
  return client as ClientOf<Name>
}
