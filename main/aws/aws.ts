import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import type { EC2Client } from '@aws-sdk/client-ec2'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { PricingClient } from '@aws-sdk/client-pricing'
import type { RDSClient } from '@aws-sdk/client-rds'
import type { STSClient } from '@aws-sdk/client-sts'
import type { Place, Profile } from '../../preload/contract/instances.ts'

/** One request to AWS: who is asked, and in whose name. */
export interface AwsCall {
  readonly place: Place
  /** What is being done, for the sentence of an error: `list the instances`, `stop cruddur-db-instance`. */
  readonly what: string
  /** Ends the waiting; a request already sent may still be carried out by AWS. */
  readonly signal?: AbortSignal | undefined
  /** What the request holds that no error may repeat. */
  readonly secrets?: readonly string[] | undefined
  /** Polling, which gives way to what the user asked for while the account's budget is short. */
  readonly background?: boolean | undefined
}

/** Sends one command. `options` go to `client.send` as they are: they hold the time limit and the signal. */
export type Send<Client, Output> = (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Output>

/** Who AWS says we are. */
export interface AwsIdentity {
  readonly account: string
  readonly arn: string
}

/**
 * The one way to AWS. Each function sends one command and waits 10 s at most, with its turn and its retries; every failure is a `Failure` of
 * the contract. A question is asked three times at most; a change only again where AWS says that it was not carried out.
 * `aws.rds({ place, what: 'list the instances' }, (client, options) => client.send(new DescribeDBInstancesCommand({}), options))`
 */
export interface Aws {
  rds<Output>(call: AwsCall, send: Send<RDSClient, Output>): Promise<Output>
  ec2<Output>(call: AwsCall, send: Send<EC2Client, Output>): Promise<Output>
  cloudWatch<Output>(call: AwsCall, send: Send<CloudWatchClient, Output>): Promise<Output>
  logs<Output>(call: AwsCall, send: Send<CloudWatchLogsClient, Output>): Promise<Output>
  lambda<Output>(call: AwsCall, send: Send<LambdaClient, Output>): Promise<Output>
  cognito<Output>(call: AwsCall, send: Send<CognitoIdentityProviderClient, Output>): Promise<Output>
  /** Prices stand in few regions; the place's region only says what is priced. */
  pricing<Output>(call: AwsCall, send: Send<PricingClient, Output>): Promise<Output>
  sts<Output>(call: AwsCall, send: Send<STSClient, Output>): Promise<Output>
  /** Who the profile's credentials belong to; asked once, and again after they changed. */
  identity(place: Place, signal?: AbortSignal): Promise<AwsIdentity>
  /** The profiles of this machine, `default` first; `practice cloud` where it runs. Reads the configuration files, calls nothing. */
  profiles(): Promise<readonly Profile[]>
  /** The region that a profile or the variables name; null where none does. */
  regionOf(profile: string): Promise<string | null>
  /** A token for IAM database authentication, good for fifteen minutes. Signs it here, calls nothing but what the credentials need. */
  databaseToken(place: Place, server: { readonly host: string; readonly port: number; readonly user: string }): Promise<string>
  /** How far this machine's clock is ahead of AWS', in milliseconds, by the dates of the last answers; rather too far than too little, 0 before one. */
  clockAheadMs(): number
  /** True while AWS asks this profile's account to call less often. */
  isThrottled(place: Place): boolean
  /** Whether requests of this profile that change something go to Amazon itself, by whatever address, not to the practice cloud or to an endpoint of the user's. */
  isAmazon(profile: string): boolean
  /** Where the requests of this profile go instead of Amazon; null where they go to Amazon. */
  endpointOf(profile: string): string | null
  /** After the machine slept or the network changed: the next calls go out on connections of their own. */
  wake(): void
  close(): void
}

/** The practice cloud as AWS is told of it. */
export interface PracticeEndpoint {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The profile that stands for the practice cloud. */
export const practiceProfile = 'practice cloud'
/** The profile that stands for the SDK's own chain: variables, AWS_PROFILE, the configuration's default. */
export const defaultProfile = 'default'

export interface AwsOptions {
  /** Every call goes there, whatever the profile: `--aws-endpoint`, AWS_ENDPOINT_URL. */
  readonly endpoint: string | null
  readonly practice: PracticeEndpoint | null
  /** The process' variables that the SDK reads. */
  readonly variables: Readonly<Record<string, string | undefined>>
}
