import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type PracticeEndpoint, practiceProfile } from './aws/aws.ts'
import { ensureFirstDatabase } from './embedded/database.ts'
import { keepRunning } from './embedded/keep-running.ts'
import { startEmbeddedServer } from './embedded/server.ts'
import type { Source } from './environments/sources.ts'
import type { Log } from './incidents.ts'
import type { PracticeControl } from './practice/service.ts'

/** The practice cloud as the features are told of it. */
export interface PracticeCloud {
  readonly endpoint: PracticeEndpoint
  readonly control: PracticeControl
  addressSources(profile: string): readonly string[]
}

/** The default environments: servers of Basepair's own, for each id that nothing else describes. */
export async function startDefaults(dataFolder: string, taken: ReadonlySet<string>, log: Log, withCloud: boolean) {
  const folder = join(dataFolder, 'servers')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sources: Source[] = []
  const closers: (() => Promise<void>)[] = []
  const notices: string[] = []
  let cloud = null as PracticeCloud | null

  const local = async () => {
    const server = await startEmbeddedServer({ folder: join(folder, 'local'), name: 'local', superuser: 'postgres' })
    closers.push(() => server.stop())
    keepRunning(server, 'local', log)
    if (server.adopted) notices.push('The local server was still running after the last console ended abruptly. It was taken over.')
    await ensureFirstDatabase(server, 'cruddur')
    const connection = { host: server.host, port: server.port, database: 'cruddur', user: server.user, tls: 'off' } as const
    const environment = {
      id: 'local',
      label: 'local',
      colour: 'teal',
      guard: 'open',
      connection,
      origin: 'embedded',
      project: 'cruddur',
    } as const
    sources.push({ environment, password: server.password, caPem: null })
  }

  const practice = async () => {
    const { startPractice, startPracticeInstance } = await import('../practice/index.ts')
    const options = { folder: join(folder, 'practice'), report: log }
    const started = withCloud ? await startPractice(options) : await startPracticeInstance(options)
    closers.push(() => started.close())
    notices.push(...started.notices)
    const { identifier, region, host, port, database, user, servername, caPem, password } = started.instance
    if ('control' in started) {
      const { endpoint, control, addressSources } = started
      cloud = { endpoint, control, addressSources: (profile) => (profile === practiceProfile ? addressSources : []) }
    }
    const connection = { host, port, database, user, tls: 'verify-full', servername } as const
    const rds = { profile: practiceProfile, region, instance: identifier, signIn: 'password' } as const
    const environment = {
      id: 'prod',
      label: 'prod',
      colour: 'red',
      guard: 'guarded',
      connection,
      origin: 'practice',
      project: 'cruddur',
      ...(withCloud ? { rds } : {}),
    } as const
    sources.push({ environment, password, caPem })
  }

  const stop = () => Promise.all(closers.splice(0).map((close) => close())).then(() => {})
  const started = await Promise.allSettled([...(taken.has('local') ? [] : [local()]), ...(taken.has('prod') ? [] : [practice()])])
  const failed = started.find((one) => one.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  return { sources, notices, cloud, stop }
}
