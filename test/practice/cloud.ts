import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type DBInstance, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { type Practice, type PracticeOptions, startPractice } from '../../practice/index.ts'
import { preparePractice } from '../support/clusters.ts'

/** So fast that minutes at AWS are fractions of a second. */
const fast = 500

export interface Cloud {
  readonly practice: Practice
  readonly rds: RDSClient
}

/** Starts a practice cloud, whose RDS tells changes at once, and a client of it; both end with the test. A new one begins with an empty cluster. */
export async function startCloud(folder: string, options: Partial<PracticeOptions> = {}): Promise<Cloud> {
  if (!existsSync(join(folder, 'instances'))) await preparePractice(folder)
  const practice = await startPractice({ folder, speed: fast, lagSeconds: 0, ...options })
  onTestFinished(() => practice.close())
  return { practice, rds: clientOf(practice, RDSClient) }
}

/** A client of the SDK as it is, with any credentials. */
export function clientOf<T extends { destroy(): void }>(
  { endpoint }: Practice,
  Kind: new (options: {
    endpoint: string
    region: string
    credentials: { accessKeyId: string; secretAccessKey: string }
    maxAttempts: number
  }) => T,
  region: string = endpoint.region,
): T {
  const client = new Kind({
    endpoint: endpoint.endpoint,
    region,
    credentials: { accessKeyId: 'AKIAANYBODY', secretAccessKey: 'anything' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

export async function describe(rds: RDSClient, identifier: string): Promise<DBInstance> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))
  const [found] = DBInstances ?? []
  if (found === undefined) throw new Error(`${identifier} is not listed`)
  return found
}

/** Looks until the status is told; gives back every status that was told on the way. */
export async function until(rds: RDSClient, identifier: string, status: string): Promise<readonly string[]> {
  const seen: string[] = []
  const end = Date.now() + 30_000
  for (;;) {
    const now = (await describe(rds, identifier)).DBInstanceStatus ?? ''
    if (seen.at(-1) !== now) seen.push(now)
    if (now === status) return seen
    if (Date.now() > end) throw new Error(`${identifier} did not become ${status}: ${seen.join(', ')}`)
    await pause(5)
  }
}

export interface SignIn {
  readonly port: number
  readonly user: string
  readonly password: string | null
  readonly database: string
  readonly caPem: string
}

/** Opens a connection through the gate; null where nobody answers. */
export async function signIn(at: SignIn, patience = 20_000): Promise<Client | null> {
  const { port, user, password, database, caPem } = at
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password: password ?? '',
    database,
    ssl: { ca: caPem },
    connectionTimeoutMillis: patience,
  })
  client.on('error', () => {})
  onTestFinished(() => void client.end().catch(() => {}))
  try {
    await client.connect()
    return client
  } catch (error) {
    if (error instanceof Error && error.message.includes('timeout expired')) return null
    throw error
  }
}

/** How long nobody answers before it counts as silence. */
export const silence = 2_500
