import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createActivityService } from './activity/service.ts'
import { startDefaults } from './default-environments.ts'
import { createMemorySecrets, type Secrets } from './environments/secrets.ts'
import { createEnvironmentsService } from './environments/service.ts'
import { openSettingsFile } from './environments/settings-file.ts'
import { type Variables, variableSources } from './environments/sources.ts'
import type { Log } from './incidents.ts'
import { createLifecycleService } from './lifecycle/service.ts'
import { createOverviewService } from './overview/service.ts'
import { createDriver } from './postgres/create-driver.ts'
import { createPageStore } from './postgres/pages.ts'
import { createQueryService } from './query/service.ts'
import { createRouter } from './router.ts'
import { createSessionsService } from './sessions/service.ts'
import { createSettingsService, type Notice } from './settings/service.ts'
import { openStateFile } from './settings/state-file.ts'
import { createTablesService } from './tables/service.ts'

export interface ComposeOptions {
  /** Settings, state and the embedded servers live here; its owner holds the lock. */
  readonly dataFolder: string
  readonly mode: 'desktop' | 'browser'
  readonly version: string
  readonly variables: Variables
  /** Guarded environments that are not practice may be unlocked. */
  readonly allowProdChanges: boolean
  /** Where the desktop keeps passwords; without it they stay in memory. */
  readonly secrets?: Secrets
  readonly log: Log
  /** A new one-time address of this console; null where there is none. */
  readonly link?: () => string | null
  /** The driver's worker, where it is not beside its source. */
  readonly workerUrl?: URL
}

/** The one composition root: opens everything, wires it, and gives back what the two shells need, with `close()` for all of it. */
export async function compose(options: ComposeOptions) {
  const { dataFolder, log } = options
  const stateFolder = join(dataFolder, 'state')
  await mkdir(stateFolder, { recursive: true, mode: 0o700 })
  // Closed in reverse; a start that fails half-way closes what it opened.
  await using opening = new AsyncDisposableStack()
  const variables = variableSources(options.variables)
  const [settingsFile, state, activity] = await Promise.all([
    openSettingsFile(join(dataFolder, 'settings.json')),
    openStateFile(join(stateFolder, 'state.json')),
    createActivityService({ path: join(stateFolder, 'activity.jsonl'), who: userInfo().username }),
  ])
  opening.defer(async () => void (await state.close()))
  opening.defer(() => activity.close())
  const taken = new Set([...variables.map((one) => one.environment.id), ...settingsFile.environments().map((one) => one.id)])
  const embedded = await startDefaults(dataFolder, taken, log)
  opening.defer(() => embedded.stop())

  const secrets = options.secrets ?? createMemorySecrets()
  const { recorder } = activity
  const envs = createEnvironmentsService({
    variables,
    embedded: embedded.sources,
    settings: settingsFile,
    secrets,
    projects: state.projects,
    allowUnlock: options.allowProdChanges || options.mode === 'desktop',
  })
  const { environments } = envs
  const driver = createDriver(
    {
      password: envs.passwordOf,
      events: {
        lost(environment, failure, inUse) {
          log(`connection lost: ${environment}${inUse ? ', in use' : ''}: ${failure.message}`)
          envs.connectionLost(environment, failure)
        },
      },
    },
    options.workerUrl,
  )
  opening.defer(() => driver.close())
  opening.defer(() => envs.close())
  const pages = createPageStore({ maxWaiting: 8 })
  const lifecycle = createLifecycleService({ driver, environments, recorder, stateFolder })
  opening.defer(() => lifecycle.close())
  await envs.start(driver)
  const notices: Notice[] = [
    ...embedded.notices.map((text, index) => ({ id: `server-${index}`, level: 'info', text }) as const),
    ...(await lifecycle.recoverRuns()).map((text, index) => ({ id: `run-${index}`, level: 'warning', text }) as const),
  ]

  const router = createRouter({
    environments: envs.service,
    overview: createOverviewService({ driver, environments, project: lifecycle.project }),
    sessions: createSessionsService({ driver, environments, recorder }),
    tables: createTablesService({ driver, environments, pages }),
    query: createQueryService({ driver, environments, pages, recorder, stateFolder }),
    lifecycle: lifecycle.service,
    activity: activity.service,
    settings: createSettingsService({
      version: options.version,
      mode: options.mode,
      dataFolder,
      settingsFile,
      secrets,
      state,
      notices,
      reload: envs.reload,
      link: options.link ?? (() => null),
    }),
  })

  const opened = opening.move()
  return {
    router,
    pages,
    state,
    /** After the machine slept or the network changed: looks at every connection anew. */
    async wake() {
      await Promise.all(environments.all().map(({ id }) => driver.end(id)))
      for (const { id } of environments.all()) environments.recheck(id)
    },
    /** Ends the runs, the connections, and every server that was started, the data intact. */
    close: () => opened.disposeAsync(),
  }
}
export type Console = Awaited<ReturnType<typeof compose>>
