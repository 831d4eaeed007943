import type { Connection, Rds } from '../../preload/contract/environments.ts'

/** What an RDS host name says. A proxy has a name of the same form and is neither an instance nor a cluster. */
export interface RdsHost {
  readonly kind: 'instance' | 'cluster' | 'proxy'
  readonly identifier: string
  readonly region: string
}

const regionForm = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/

/**
 * Reads `NAME.HASH.REGION.rds.amazonaws.com`, in China `NAME.HASH.rds.REGION.amazonaws.com.cn` or the other order; a cluster's HASH begins
 * with `cluster-` (its readers' with `cluster-ro-`, its own endpoints' with `cluster-custom-`). Null for any other host.
 * After Amazon RDS and Aurora User Guides, "Connecting to a DB instance" and "Aurora endpoints".
 */
export function readRdsHost(host: string): RdsHost | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  const found = /^([a-z0-9-]+)\.([a-z0-9-]+)\.(?:([a-z0-9-]+)\.rds|rds\.([a-z0-9-]+))\.amazonaws\.com(?:\.cn)?$/.exec(name)
  if (found === null) return null
  const [, first = '', hash = '', before, after] = found
  const region = before ?? after ?? ''
  if (!regionForm.test(region)) return null
  if (hash.startsWith('proxy-') || first === 'proxy') return { kind: 'proxy', identifier: first, region }
  // The name of an own endpoint is not its cluster's.
  if (hash.startsWith('cluster-custom-')) return { kind: 'proxy', identifier: first, region }
  return { kind: hash.startsWith('cluster-') ? 'cluster' : 'instance', identifier: first, region }
}

/** The name that the server's certificate holds: behind a tunnel it is not the host connected to. */
export const certifiedName = ({ host, servername }: Connection): string => servername ?? host

/** Where the names of the connection say that the database stands; null where they say nothing of RDS. */
export function rdsOf(connection: Connection, profile: string): Rds | null {
  const said = readRdsHost(certifiedName(connection)) ?? readRdsHost(connection.host)
  if (said === null || said.kind === 'proxy') return null
  const { kind, identifier, region } = said
  return { profile, region, instance: identifier, ...(kind === 'cluster' ? { kind } : {}), signIn: 'password' }
}
