import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createAddressSources } from './access/address-sources.ts'
import { createAccessService } from './access/service.ts'
import { createActivityService } from './activity/service.ts'
import { createAws } from './aws/create-aws.ts'
import { startDefaults } from './default-environments.ts'
import type { Cloud } from './environments/explain.ts'
import { explainingDriver } from './environments/explaining-driver.ts'
import { createMemorySecrets, type Secrets } from './environments/secrets.ts'
import { createEnvironmentsService } from './environments/service.ts'
import { openSettingsFile } from './environments/settings-file.ts'
import { rdsHints, type Variables, variableSources } from './environments/sources.ts'
import type { Log } from './incidents.ts'
import { createLag } from './instances/lag.ts'
import { createInstancesService } from './instances/service.ts'
import { createLifecycleService } from './lifecycle/service.ts'
import { createLogsService } from './logs/service.ts'
import { createOverviewService } from './overview/service.ts'
import { createDriver } from './postgres/create-driver.ts'
import { createPageStore } from './postgres/pages.ts'
import { createPracticeService } from './practice/service.ts'
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
  /** Every AWS call goes there; null where the SDK's own endpoints are meant. */
  readonly awsEndpoint: string | null
  /** The process' variables, for the AWS SDK. */
  readonly awsVariables: Variables
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
  const embedded = await startDefaults(dataFolder, taken, log, options.awsEndpoint === null)
  opening.defer(() => embedded.stop())
  const aws = createAws({ endpoint: options.awsEndpoint, practice: embedded.cloud?.endpoint ?? null, variables: options.awsVariables })
  opening.defer(() => aws.close())

  const secrets = options.secrets ?? createMemorySecrets()
  const { recorder } = activity
  const allowUnlock = options.allowProdChanges || options.mode === 'desktop'
  const envs = createEnvironmentsService({
    variables,
    embedded: embedded.sources,
    hints: rdsHints(options.variables),
    settings: settingsFile,
    secrets,
    projects: state.projects,
    allowUnlock,
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
  const explaining = explainingDriver(driver, envs.explain)
  const lifecycle = createLifecycleService({ driver: explaining, environments, recorder, stateFolder })
  opening.defer(() => lifecycle.close())
  const instances = createInstancesService({
    lagMs: createLag(aws, () => embedded.cloud?.control.state().speed ?? 1),
    aws,
    environments,
    recorder,
    stateFolder,
    log,
    saveEnvironment: envs.service.save,
    allowUnlock,
  })
  opening.defer(() => instances.close())
  const addressSources = createAddressSources({
    named: options.awsVariables['BASEPAIR_ADDRESS_SOURCES'],
    aws,
    practice: embedded.cloud,
  })
  const access = createAccessService({ aws, environments, recorder, driver, stateFolder, log, addressSources, allowUnlock })
  opening.defer(() => access.close())
  const logs = createLogsService({
    aws,
    environments,
    recorder,
    driver: explaining,
    namedGroup: options.awsVariables['LAMBDA_LOG_GROUP'] || null,
    log,
  })
  opening.defer(() => logs.close())
  // A move to another practice network is what a change of the machine's own network is elsewhere.
  embedded.cloud?.control.onStandingChange(() => access.wake())
  const cloud: Cloud = {
    databaseToken: (place, server) => aws.databaseToken(place, server),
    instanceOf: instances.instanceOf,
    reachOf: access.reachOf,
  }
  await envs.start(driver, cloud)
  await instances.start()
  await access.start()
  const notices: Notice[] = [
    ...embedded.notices.map((text, index) => ({ id: `server-${index}`, level: 'info', text }) as const),
    ...(await lifecycle.recoverRuns()).map((text, index) => ({ id: `run-${index}`, level: 'warning', text }) as const),
  ]

  const router = createRouter({
    environments: envs.service,
    overview: createOverviewService({ driver, environments, project: lifecycle.project, cloud, signUpsOf: logs.signUpsOf }),
    sessions: createSessionsService({ driver: explaining, environments, recorder }),
    tables: createTablesService({ driver: explaining, environments, pages }),
    query: createQueryService({ driver: explaining, environments, pages, recorder, stateFolder }),
    lifecycle: lifecycle.service,
    instances: instances.service,
    access: access.service,
    logs: logs.service,
    practice: createPracticeService(embedded.cloud?.control ?? null),
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
      aws.wake()
      instances.wake()
      access.wake()
      logs.wake()
    },
    /** Ends the runs, the connections, and every server that was started, the data intact. */
    close: () => opened.disposeAsync(),
  }
}
export type Console = Awaited<ReturnType<typeof compose>>
