import { join } from 'node:path'
import { makePrivateFolder, writeDurably } from '../main/data/durable-file.ts'
import { readText } from '../main/data/text-file.ts'
import { keptPassword } from '../main/embedded/cluster.ts'
import { ensureFirstDatabase } from '../main/embedded/database.ts'
import { keepRunning } from '../main/embedded/keep-running.ts'
import { type EmbeddedServer, type ServerTls, startEmbeddedServer } from '../main/embedded/server.ts'
import { type SignIn, withClient } from '../main/embedded/sign-in.ts'
import { isGood, type KeyPair, makeAuthority, makeServerCertificate } from './certificates.ts'

/** What an instance is made of, as it would be asked of RDS. */
export interface InstanceOptions {
  /** Its server and its passwords live here. */
  readonly folder: string
  readonly authority: KeyPair
  readonly identifier: string
  readonly region: string
  readonly masterUser: string
  readonly database: string
}

/** A running practice instance, and how its master user signs in. */
export interface Instance {
  readonly identifier: string
  readonly host: string
  readonly port: number
  /** The name that its certificate holds; the host is an address, as behind a tunnel. */
  readonly servername: string
  readonly caPem: string
  readonly user: string
  readonly password: string
  readonly database: string
}

/** RDS keeps the superuser to itself; the master user is a member of a role that may nearly as much. */
const superuser = 'rdsadmin'
/** A certificate is made anew when it holds for fewer days. */
const renewWithinDays = 180

/** Starts the instance's server, with TLS as the only way in, and its master user. */
export async function startInstance(
  options: InstanceOptions,
  report: (text: string) => void,
): Promise<{ readonly instance: Instance; readonly server: EmbeddedServer }> {
  const { folder, authority, identifier, region, masterUser, database } = options
  await makePrivateFolder(folder)
  const servername = `${identifier}.practice.${region}.rds.localhost`
  const tls = await keptCertificate(folder, authority, servername)
  const server = await startEmbeddedServer({
    folder,
    name: identifier,
    superuser,
    tls,
  })
  keepRunning(server, identifier, report)
  try {
    const password = await keptPassword(join(folder, 'master-password'))
    await ensureMasterUser(server, masterUser, password)
    await ensureFirstDatabase(server, database, masterUser)
    const instance: Instance = {
      identifier,
      host: server.host,
      get port() {
        return server.port
      },
      servername,
      caPem: authority.certificate,
      user: masterUser,
      password,
      database,
    }
    return { instance, server }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The authority that signs every instance's certificate. */
export function keptAuthority(folder: string): Promise<KeyPair> {
  return keptPair(
    join(folder, 'authority.pem'),
    ({ certificate }) => isGood(certificate, certificate, [], renewWithinDays),
    () => makeAuthority('Basepair practice authority'),
  )
}

async function keptCertificate(folder: string, authority: KeyPair, servername: string): Promise<ServerTls> {
  const pair = await keptPair(
    join(folder, 'certificate.pem'),
    ({ certificate }) => isGood(certificate, authority.certificate, [servername], renewWithinDays),
    () => makeServerCertificate(authority, [servername], ['127.0.0.1']),
  )
  return { ...pair, ca: authority.certificate, servername }
}

async function ensureMasterUser(server: SignIn, masterUser: string, password: string): Promise<void> {
  await withClient(server, 'postgres', async (client) => {
    const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles')
    const roles = new Set(rows.map(({ rolname }) => rolname))
    const master = client.escapeIdentifier(masterUser)
    await client.query('BEGIN')
    if (!roles.has('rds_superuser')) {
      await client.query('CREATE ROLE rds_superuser NOLOGIN')
      await client.query(
        'GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_use_reserved_connections TO rds_superuser WITH ADMIN OPTION',
      )
    }
    if (!roles.has(masterUser)) await client.query(`CREATE ROLE ${master} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser`)
    await client.query(`ALTER ROLE ${master} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
    await client.query('COMMIT')
  })
}

/** One file holds both, so that they never come from two different times. */
async function keptPair(file: string, isUsable: (pair: KeyPair) => boolean, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const kept = splitPem((await readText(file)) ?? '')
  if (kept !== null && isUsable(kept)) return kept
  const made = await make()
  await writeDurably(file, made.certificate + made.key)
  return made
}

function splitPem(text: string): KeyPair | null {
  const part = (label: string): string | undefined => new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\\n`).exec(text)?.[0]
  const certificate = part('CERTIFICATE')
  const key = part('PRIVATE KEY')
  return certificate === undefined || key === undefined ? null : { certificate, key }
}
