import { join } from 'node:path'
import { makePrivateFolder, writeDurably } from '../main/data/durable-file.ts'
import { readText } from '../main/data/text-file.ts'
import { findBinaries } from '../main/embedded/binaries.ts'
import { keptPassword, placesIn } from '../main/embedded/cluster.ts'
import { ensureFirstDatabase } from '../main/embedded/database.ts'
import { keepRunning } from '../main/embedded/keep-running.ts'
import { findPostmaster, stopPostmaster } from '../main/embedded/postmaster.ts'
import { wrapForUser } from '../main/embedded/run-as.ts'
import { type EmbeddedServer, type ServerTls, startEmbeddedServer } from '../main/embedded/server.ts'
import { type SignIn, withClient } from '../main/embedded/sign-in.ts'
import { isGood, type KeyPair, makeAuthority, makeServerCertificate } from './certificates.ts'

/** What an instance's server is made of. */
export interface InstanceOptions {
  /** Its server and its passwords live here. */
  readonly folder: string
  readonly authority: KeyPair
  readonly identifier: string
  readonly region: string
  readonly masterUser: string
  /** Made at the first start; null for none. */
  readonly database: string | null
}

/** RDS keeps the superuser to itself; the master user is a member of a role that may nearly as much. */
const superuser = 'rdsadmin'
/** A certificate is made anew when it holds for fewer days. */
const renewWithinDays = 180

/** The name that the instance's certificate holds beside its address. */
export const servernameOf = (identifier: string, region: string): string => `${identifier}.practice.${region}.rds.localhost`

/** The master user's password, made by chance unless it is there. */
export const masterPassword = (folder: string): Promise<string> => keptPassword(join(folder, 'master-password'))

/** Starts the instance's server, with TLS as the only way in, and its master user. One that runs already is taken over. */
export async function startInstance(options: InstanceOptions, report: (text: string) => void): Promise<EmbeddedServer> {
  const { folder, identifier, masterUser, database } = options
  await makePrivateFolder(folder)
  const tls = await keptCertificate(options)
  const server = await startEmbeddedServer({ folder, name: identifier, superuser, tls })
  keepRunning(server, identifier, report)
  try {
    await ensureMasterUser(server, masterUser, await masterPassword(folder))
    if (database !== null) await ensureFirstDatabase(server, database, masterUser)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Stops the server of an instance's folder where one that was killed left it running. */
export async function stopLeftBehind(folder: string): Promise<void> {
  const places = placesIn(folder)
  if ((await readText(join(places.data, 'postmaster.pid'))) === null) return
  const [binaries, wrap] = await Promise.all([findBinaries(), wrapForUser()])
  const cluster = { places, binaries, wrap, superuser, password: '' }
  const found = await findPostmaster(cluster)
  if (found !== null) await stopPostmaster(cluster, found)
}

/** Gives the master user another password. */
export async function setMasterPassword(server: SignIn, masterUser: string, password: string): Promise<void> {
  await withClient(server, 'postgres', async (client) => {
    await client.query(`ALTER ROLE ${client.escapeIdentifier(masterUser)} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
  })
}

/** The authority that signs every instance's certificate. */
export function keptAuthority(folder: string): Promise<KeyPair> {
  return keptPair(
    join(folder, 'authority.pem'),
    ({ certificate }) => isGood(certificate, certificate, [], renewWithinDays),
    () => makeAuthority('Basepair practice authority'),
  )
}

/** The instance's certificate, made anew before it ends. */
export async function keptCertificate({ folder, authority, identifier, region }: InstanceOptions): Promise<ServerTls> {
  const names = [servernameOf(identifier, region), 'localhost']
  const pair = await keptPair(
    join(folder, 'certificate.pem'),
    ({ certificate }) => isGood(certificate, authority.certificate, names, renewWithinDays),
    () => makeServerCertificate(authority, names, ['127.0.0.1']),
  )
  return { ...pair, ca: authority.certificate, servername: names[0] ?? '' }
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
