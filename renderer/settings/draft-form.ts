import type { Connection, Draft, Environment, Rds } from '../../preload/contract/environments.ts'

/** The fields of the form as they are typed. */
export interface DraftFields {
  readonly id: string
  readonly label: string
  readonly colour: Draft['colour']
  readonly guard: Draft['guard']
  readonly project: string
  readonly by: 'url' | 'fields'
  readonly url: string
  readonly host: string
  readonly port: number | string
  readonly database: string
  readonly user: string
  readonly tls: Connection['tls']
  readonly servername: string
  readonly caFile: string
  readonly password: string
  /** Whether its place on Amazon RDS is left to the host's name. */
  readonly rdsBy: 'host' | 'named'
  readonly profile: string
  readonly region: string
  readonly instance: string
  readonly kind: 'instance' | 'cluster'
  readonly securityGroup: string
  readonly securityGroupRule: string
  readonly signIn: Rds['signIn']
}

const empty: DraftFields = {
  id: '',
  label: '',
  colour: 'blue',
  guard: 'guarded',
  project: 'cruddur',
  by: 'url',
  url: '',
  host: '',
  port: 5432,
  database: '',
  user: '',
  tls: 'verify-full',
  servername: '',
  caFile: '',
  password: '',
  rdsBy: 'host',
  profile: 'default',
  region: '',
  instance: '',
  kind: 'instance',
  securityGroup: '',
  securityGroupRule: '',
  signIn: 'password',
}

/** The form for a new environment, or filled with one that is there. */
export function fieldsOf(environment: Environment | null): DraftFields {
  if (environment === null) return empty
  const { connection, id, label, colour, guard, project, rds } = environment
  return {
    ...empty,
    id,
    label,
    colour,
    guard,
    project,
    by: 'fields',
    ...connection,
    servername: connection.servername ?? '',
    caFile: connection.caFile ?? '',
    ...(rds && placeOf(rds)),
  }
}

function placeOf({ kind, securityGroup = '', securityGroupRule = '', ...rest }: Rds): Partial<DraftFields> {
  return { ...rest, kind: kind ?? 'instance', securityGroup, securityGroupRule, rdsBy: 'named' }
}

function rdsOf({ rdsBy, profile, region, instance, kind, securityGroup, securityGroupRule, signIn }: DraftFields): Rds | undefined {
  if (rdsBy === 'host') return undefined
  return {
    profile: profile || 'default',
    region,
    instance,
    ...(kind === 'cluster' ? { kind } : {}),
    ...(securityGroup ? { securityGroup } : {}),
    ...(securityGroupRule ? { securityGroupRule } : {}),
    signIn,
  }
}

/** What is sent to main, which parses and checks it. */
export function draftOf(fields: DraftFields): Draft {
  const { id, label, colour, guard, project, by, url, host, port, database, user, tls, servername, caFile, password } = fields
  const place: Pick<Draft, 'url' | 'connection'> =
    by === 'url'
      ? { url }
      : {
          connection: {
            host,
            port: Number(port),
            database,
            user,
            tls,
            ...(servername ? { servername } : {}),
            ...(caFile ? { caFile } : {}),
          },
        }
  const rds = rdsOf(fields)
  return { id, label: label || id, colour, guard, project, ...place, ...(rds ? { rds } : {}), ...(password ? { password } : {}) }
}
