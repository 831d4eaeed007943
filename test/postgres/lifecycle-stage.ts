import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createActivityService } from '../../main/activity/service.ts'
import type { Call } from '../../main/environments/caller.ts'
import { createMemorySecrets } from '../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../main/environments/service.ts'
import { openSettingsFile } from '../../main/environments/settings-file.ts'
import { createLifecycleService } from '../../main/lifecycle/service.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'

/** How to reach the server, as text: another process is started with it. */
export interface StageOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly project: string
  readonly guard?: 'open' | 'guarded'
  /** Kept over a restart; a new one by default. */
  readonly folder?: string
}

/** The lifecycle service with everything real around it. */
export async function openStage(options: StageOptions) {
  const { host, port, user, password, database, guard = 'open' } = options
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'basepair-lifecycle-')))
  const activity = await createActivityService({ path: join(folder, 'activity.jsonl'), who: 'tester' })
  const { recorder } = activity
  let project = options.project
  const envs = createEnvironmentsService({
    variables: [],
    embedded: [
      {
        environment: {
          id: 'local',
          label: 'local',
          colour: 'teal',
          guard,
          connection: { host, port, database, user, tls: 'off' },
          origin: 'embedded',
          project,
        },
        password,
        caPem: null,
      },
    ],
    settings: await openSettingsFile(join(folder, 'settings.json')),
    secrets: createMemorySecrets(),
    projects: {
      get: () => project,
      async set(_environment, chosen) {
        project = chosen
      },
    },
    allowUnlock: true,
  })
  const driver = createDriver({ password: envs.passwordOf, events: { lost: (id, failure) => envs.connectionLost(id, failure) } })
  const { environments } = envs
  const lifecycle = createLifecycleService({ driver, environments, recorder, stateFolder: folder })
  await envs.start(driver)
  const { service } = lifecycle
  const call = (signal = new AbortController().signal): Call => ({ window: 'test', signal })
  const environment = 'local'

  /** Follows the run under way to its end, or until `until` says so. */
  async function follow(until: (run: Run) => boolean = (run) => run.state !== 'running'): Promise<Run> {
    const watching = new AbortController()
    try {
      for await (const run of service.watch({ environment }, call(watching.signal))) if (run !== null && until(run)) return run
    } finally {
      watching.abort()
    }
    throw new Error('the watch ended')
  }

  return {
    folder,
    service,
    lifecycle,
    environments,
    driver,
    call,
    follow,
    unlock: () => envs.service.unlock({ environment }, call()),
    entries: async () => (await activity.service.list({ limit: 100 })).entries,
    state: () => service.state({ environment }, call()),
    plan: (action: Action) => service.plan({ environment, action }, call()),
    start: (action: Action, confirm: string | null = null) => service.start({ environment, action, confirm }, call()),
    /** Plans, types what the plan asks for, and runs to the end. */
    async run(action: Action): Promise<Run> {
      const { confirm } = await service.plan({ environment, action }, call())
      const { id } = await service.start({ environment, action, confirm }, call())
      return follow((run) => run.id === id && run.state !== 'running' && run.outcome !== null)
    },
    async close({ keep = false } = {}) {
      await lifecycle.close()
      envs.close()
      await driver.close()
      await activity.close()
      if (!keep) await rm(folder, { recursive: true, force: true })
    },
  }
}
export type Stage = Awaited<ReturnType<typeof openStage>>

/** A folder of the user's with these scripts. */
export async function makeProject(scripts: { schema?: string | Uint8Array; seed?: string | Uint8Array }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'basepair project '))
  await mkdir(join(folder, 'queries'))
  if (scripts.schema !== undefined) await writeFile(join(folder, 'schema.sql'), scripts.schema)
  if (scripts.seed !== undefined) await writeFile(join(folder, 'seed.sql'), scripts.seed)
  return folder
}
