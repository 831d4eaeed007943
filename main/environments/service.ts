import { EventEmitter } from 'node:events'
import type {
  Connection,
  Draft,
  Environment,
  EnvironmentId,
  EnvironmentState,
  GuardState,
  Identity,
  Rds,
} from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Driver, Target } from '../postgres/driver.ts'
import type { Call, Caller } from './caller.ts'
import { parseConnectionUrl } from './connection-url.ts'
import type { Environments } from './environments.ts'
import { type Cloud, createExplainer } from './explain.ts'
import { createGuard } from './guard.ts'
import { iamToken, type SignInCloud } from './iam-token.ts'
import { namesInstance } from './instance-guard.ts'
import { createMonitor, identify, type Monitor } from './monitor.ts'
import { certifiedName, rdsOf } from './rds-host.ts'
import type { Secrets } from './secrets.ts'
import type { SettingsFile } from './settings-file.ts'
import { noHints, type RdsHints, resolveSources, type Source, variableFor } from './sources.ts'
import { trustOf } from './trust.ts'
import { watchLatest } from './watch.ts'

/** Keeps which project an environment uses where the settings file does not. */
export interface ProjectChoices {
  get(environment: string): string | undefined
  set(environment: string, project: string): Promise<void>
}

export interface EnvironmentsDeps {
  readonly variables: readonly Source[]
  readonly embedded: readonly Source[]
  /** What the variables say of RDS. */
  readonly hints?: RdsHints
  readonly settings: SettingsFile
  readonly secrets: Secrets
  readonly projects: ProjectChoices
  readonly allowUnlock: boolean
}

const awsPatienceMs = 10_000

/** What environments there are, who answers in each, and which window may change it. */
export function createEnvironmentsService(deps: EnvironmentsDeps) {
  const emitter = new EventEmitter().setMaxListeners(0)
  const changed = () => emitter.emit('changed')
  const guard = createGuard({ allowUnlock: deps.allowUnlock, now: Date.now, changed })
  const monitors = new Map<EnvironmentId, Monitor>()
  /** How to sign in with a draft that `test` tries, under a name that no environment can have. */
  const trials = new Map<string, () => Promise<string | null>>()
  let sources: readonly Source[] = []
  let driver: Driver | null = null
  let cloud: Cloud | null = null
  let explainer: ReturnType<typeof createExplainer> | null = null
  let trialCount = 0

  const source = (id: EnvironmentId): Source => {
    const found = sources.find((one) => one.environment.id === id)
    if (found === undefined) throw new Failure('GONE', `There is no environment ${id}. It may have been removed in the settings.`)
    return found
  }
  const connected = (): Driver => {
    if (driver === null) throw new Failure('INTERNAL', 'The console is still starting.')
    return driver
  }
  const requireCloud = (): SignInCloud => {
    if (cloud === null) throw new Failure('INTERNAL', 'The console is still starting.')
    const { databaseToken, instanceOf } = cloud
    const endpointOf: SignInCloud['endpointOf'] = async (one) =>
      (await instanceOf(one, AbortSignal.timeout(awsPatienceMs)))?.endpoint ?? null
    return { databaseToken, endpointOf }
  }
  const monitor = (id: EnvironmentId): Monitor => {
    const found = monitors.get(source(id).environment.id)
    if (found === undefined) throw new Failure('GONE', `There is no environment ${id}.`)
    return found
  }

  /** The reason behind a failure where AWS knows it; the failure itself where nobody does. */
  const explain = async (id: EnvironmentId, failure: Failure): Promise<Failure> =>
    explainer === null || !sources.some((one) => one.environment.id === id) ? failure : await explainer(id, failure)

  const watchConnection = (id: EnvironmentId) => {
    const started = createMonitor(
      connected(),
      (database) => environments.target(id, database),
      (failure) => explain(id, failure),
    )
    started.emitter.on('changed', changed)
    monitors.set(id, started)
    started.recheck()
  }

  /** Takes the sources together anew; environments that went or moved get a fresh monitor. */
  const resolve = async () => {
    const before = new Map(sources.map((one) => [one.environment.id, JSON.stringify(one.environment.connection)]))
    sources = resolveSources(deps.variables, deps.settings.environments(), deps.embedded, deps.hints)
    for (const [id, connection] of before) {
      const now = sources.find((one) => one.environment.id === id)
      if (now !== undefined && JSON.stringify(now.environment.connection) === connection) continue
      monitors.get(id)?.close()
      monitors.delete(id)
      await driver?.end(id)
    }
    if (driver !== null) for (const one of sources) if (!monitors.has(one.environment.id)) watchConnection(one.environment.id)
    changed()
  }

  const view = ({ environment }: Source): Environment => ({
    ...environment,
    project: deps.projects.get(environment.id) ?? environment.project,
  })

  const environments: Environments = {
    get: (id) => view(source(id)),
    all: () => sources.map(view),
    target(id, database) {
      const { environment, caPem } = source(id)
      return targetOf(environment.id, database === undefined ? environment.connection : { ...environment.connection, database }, caPem)
    },
    identity(id): Identity | null {
      const state = monitor(id).state()
      return state.state === 'connected' ? state.identity : null
    },
    isLocked: (caller, id) => guard.isLocked(caller, source(id).environment),
    allowChange(caller, id) {
      const { environment } = source(id)
      if (!guard.isLocked(caller, environment)) return
      throw new Failure('LOCKED', `${environment.label} is read-only. Unlock it to make changes for fifteen minutes.`, { mend: 'unlock' })
    },
    recheck: (id) => monitor(id).recheck(),
    async setProject(id, project) {
      const kept = deps.settings.environments().find((one) => one.id === id)
      if (kept !== undefined && source(id).environment.origin === 'settings') await deps.settings.save({ ...kept, project })
      await deps.projects.set(id, project)
      changed()
    },
  }

  const states = (caller: Caller): EnvironmentState[] =>
    sources.map((one) => ({
      environment: view(one),
      connection: monitors.get(one.environment.id)?.state() ?? { state: 'connecting' },
      guard: guard.state(caller, one.environment),
    }))

  /** An environment that is taken off its instance guards it no longer. Where it cannot be unlocked here at all, Amazon is not changed either. */
  const requireKeptInstance = (call: Call, known: Environment, connection: Connection | null, rds: Rds | null) => {
    if (known.origin !== 'settings' || known.rds === undefined || !deps.allowUnlock || !guard.isLocked(call, known)) return
    const { host, port } = known.connection
    const { instance: identifier, region } = known.rds
    const same = rds !== null && namesInstance({ rds }, { identifier, region })
    if (same && connection?.host === host && connection.port === port) return
    throw new Failure('LOCKED', `${known.label} guards ${known.rds.instance}. Unlock it before it is taken off that instance.`, {
      mend: 'unlock',
    })
  }

  const connectionOf = (draft: Draft): { connection: Connection; password: string | null } => {
    if (draft.url !== undefined && draft.url !== '') {
      const parsed = parseConnectionUrl(draft.url, 'The URL', draft.guard === 'guarded')
      return { connection: parsed.connection, password: draft.password ?? parsed.password }
    }
    if (draft.connection === undefined) throw new Failure('INVALID', 'Give a URL, or host, port, database and user.')
    return { connection: draft.connection, password: draft.password ?? null }
  }

  const service = {
    watch: (_input: unknown, call: Call) => watchLatest(emitter, () => states(call), call.signal),

    async test(draft: Draft, call: Call): Promise<Identity> {
      const { connection, password } = connectionOf(draft)
      const name = `trial-${++trialCount}`
      const before = sources.find((one) => one.environment.id === draft.id)
      // A kept password was given for one server: another one must not get it.
      const same = before !== undefined && isSameServer(before.environment.connection, connection)
      const rds = draft.rds ?? rdsOf(connection, (deps.hints ?? noHints).profile)
      trials.set(name, async () => {
        if (rds?.signIn === 'iam') return iamToken(requireCloud(), { ...draft, connection, rds })
        return password ?? (same ? await passwordOf(draft.id) : null)
      })
      try {
        return await identify(connected(), targetOf(name, connection, same ? before.caPem : null), call.signal)
      } finally {
        trials.delete(name)
        await connected().end(name)
      }
    },

    async save(draft: Draft, call: Call): Promise<Environment> {
      const variable = variableFor(draft.id)
      if (variable !== undefined && deps.variables.some((one) => one.environment.id === draft.id)) {
        throw new Failure(
          'INVALID',
          `${draft.id} comes from the variable ${variable}, which wins over the settings. Unset it to edit the environment here.`,
        )
      }
      const { connection, password } = connectionOf(draft)
      const { id, label, colour, guard: level, project, rds } = draft
      const known = sources.find((one) => one.environment.id === id)?.environment
      // Otherwise the settings screen would be a way around the guard.
      if (known !== undefined && level === 'open' && guard.isLocked(call, known)) {
        throw new Failure('LOCKED', `${known.label} is guarded. Unlock it before its guard is taken away.`, { mend: 'unlock' })
      }
      if (known !== undefined) requireKeptInstance(call, known, connection, rds ?? rdsOf(connection, (deps.hints ?? noHints).profile))
      await deps.settings.save({ id, label, colour, guard: level, project, connection, ...(rds && { rds }) })
      if (password !== null) await deps.secrets.set(id, password)
      else if (known !== undefined && !isSameServer(known.connection, connection)) await deps.secrets.remove(id)
      await deps.projects.set(id, project)
      await resolve()
      return environments.get(id)
    },

    async remove({ environment }: { environment: EnvironmentId }, call: Call): Promise<void> {
      const { environment: found } = source(environment)
      if (found.origin !== 'settings') {
        throw new Failure('INVALID', `${found.label} is not in the settings file, so it cannot be removed from it.`)
      }
      requireKeptInstance(call, found, null, null)
      await deps.settings.remove(environment)
      await deps.secrets.remove(environment)
      await resolve()
    },

    async setPassword({ environment, password }: { environment: EnvironmentId; password: string }): Promise<void> {
      const found = source(environment).environment
      await deps.secrets.set(found.id, password)
      await connected().end(found.id)
      monitor(found.id).recheck()
    },

    async reconnect({ environment }: { environment: EnvironmentId }): Promise<void> {
      await connected().end(environment)
      monitor(environment).recheck()
    },

    unlock: async ({ environment }: { environment: EnvironmentId }, call: Call): Promise<GuardState> =>
      guard.unlock(call, environments.get(environment)),
    lock: async ({ environment }: { environment: EnvironmentId }, call: Call): Promise<GuardState> =>
      guard.lock(call, environments.get(environment)),
  }

  const passwordOf = async (name: string): Promise<string | null> => {
    const trial = trials.get(name)
    if (trial !== undefined) return await trial()
    const { environment } = source(name)
    if (environment.rds?.signIn === 'iam') return await iamToken(requireCloud(), { ...environment, rds: environment.rds })
    return (await deps.secrets.get(name)) ?? source(name).password
  }

  return {
    service,
    environments,
    /** For the driver: asked for each new physical connection. */
    passwordOf,
    /** Why a server was not reached, for those who met it. */
    explain,
    /** For the driver: a connection ended by itself. */
    connectionLost: (id: string, failure: Error) => monitors.get(id)?.lost(failure),
    /** Begins to look at every connection; without AWS none can sign in by IAM. */
    async start(with_: Driver, through: Cloud | null = null): Promise<void> {
      driver = with_
      cloud = through
      explainer = through === null ? null : createExplainer(through, environments.get)
      await resolve()
    },
    /** Reads the settings file anew. */
    async reload(): Promise<void> {
      await deps.settings.load()
      await resolve()
    },
    close() {
      for (const one of monitors.values()) one.close()
      guard.close()
    },
  }
}

const isSameServer = (one: Connection, other: Connection): boolean =>
  one.host === other.host && one.port === other.port && one.user === other.user

function targetOf(name: string, connection: Connection, caPem: string | null): Target {
  const { host, port, database, user, tls } = connection
  const trusted =
    tls === 'off' ? null : { ...trustOf(connection, caPem), verify: tls === 'verify-full', servername: certifiedName(connection) }
  return { environment: name, host, port, database, user, tls: trusted }
}
