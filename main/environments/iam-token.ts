import type { Connection, Environment, Rds } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Aws } from '../aws/aws.ts'
import { readRdsHost } from './rds-host.ts'

/** What signing in with IAM needs of AWS. */
export interface SignInCloud {
  readonly databaseToken: Aws['databaseToken']
  /** Host and port as AWS says them; null where it says nothing. */
  endpointOf(environment: Environment): Promise<{ readonly host: string; readonly port: number } | null>
}

type OnRds = Pick<Environment, 'id' | 'label' | 'colour' | 'guard' | 'project'> & { readonly connection: Connection; readonly rds: Rds }

/**
 * A token for one new connection, good for fifteen minutes and checked by RDS at sign-in only. It is signed for the endpoint as AWS
 * knows it, whichever tunnel leads there. Fails with TLS where the server would not be verified: a token is as good as a password.
 */
export async function iamToken(cloud: SignInCloud, environment: OnRds): Promise<string> {
  const { connection, rds } = environment
  if (connection.tls !== 'verify-full') {
    throw new Failure(
      'TLS',
      `An IAM token is sent to a verified server only, and ${environment.label} asks for TLS ${connection.tls}. Choose verify-full in the settings.`,
      { mend: 'open_settings' },
    )
  }
  const { host, port } = await endpointOf(cloud, environment)
  return await cloud.databaseToken({ profile: rds.profile, region: rds.region }, { host, port, user: connection.user })
}

/** A host of RDS is the endpoint itself; anything else is asked of AWS, and where that fails the certificate's name has to do. */
async function endpointOf(cloud: SignInCloud, environment: OnRds): Promise<{ readonly host: string; readonly port: number }> {
  const { host, port, servername } = environment.connection
  if (readRdsHost(host) !== null) return { host, port }
  try {
    const said = await cloud.endpointOf({ ...environment, origin: 'settings' })
    if (said !== null) return said
  } catch (error) {
    if (!(error instanceof Failure) || servername === undefined) throw error
  }
  return { host: servername ?? host, port }
}
