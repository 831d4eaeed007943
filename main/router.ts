import { implement } from '@orpc/server'
import { contract } from '../preload/contract/index.ts'
import type { AccessService } from './access/service.ts'
import type { createActivityService } from './activity/service.ts'
import type { Call, Caller } from './environments/caller.ts'
import type { createEnvironmentsService } from './environments/service.ts'
import type { InstancesService } from './instances/service.ts'
import type { LifecycleService } from './lifecycle/service.ts'
import type { LogsService } from './logs/service.ts'
import type { createOverviewService } from './overview/service.ts'
import type { PracticeService } from './practice/service.ts'
import type { createQueryService } from './query/service.ts'
import type { createSessionsService } from './sessions/service.ts'
import type { createSettingsService } from './settings/service.ts'
import type { createTablesService } from './tables/service.ts'

export interface Services {
  readonly environments: ReturnType<typeof createEnvironmentsService>['service']
  readonly overview: ReturnType<typeof createOverviewService>
  readonly sessions: ReturnType<typeof createSessionsService>
  readonly tables: ReturnType<typeof createTablesService>
  readonly query: ReturnType<typeof createQueryService>
  readonly lifecycle: LifecycleService
  readonly instances: InstancesService
  readonly access: AccessService
  readonly logs: LogsService
  readonly practice: PracticeService
  readonly activity: Awaited<ReturnType<typeof createActivityService>>['service']
  readonly settings: ReturnType<typeof createSettingsService>
}

interface Arrival<Input> {
  readonly input: Input
  readonly context: Caller
  readonly signal?: AbortSignal | undefined
}

const never = new AbortController().signal

/** Hands an operation to its service: the input as parsed, and who calls with the signal that ends the call. */
const to =
  <Input, Output>(serve: (input: Input, call: Call) => Output) =>
  ({ input, context, signal }: Arrival<Input>): Output =>
    serve(input, { window: context.window, signal: signal ?? never })

/** The contract, implemented. Which window calls is the line's word, given as context. */
export function createRouter(services: Services) {
  const os = implement(contract).$context<Caller>()
  const { environments, overview, sessions, tables, query, lifecycle, instances, access, logs, practice, activity, settings } = services
  return os.router({
    environments: {
      watch: os.environments.watch.handler(to(environments.watch)),
      test: os.environments.test.handler(to(environments.test)),
      save: os.environments.save.handler(to(environments.save)),
      remove: os.environments.remove.handler(to(environments.remove)),
      setPassword: os.environments.setPassword.handler(to(environments.setPassword)),
      reconnect: os.environments.reconnect.handler(to(environments.reconnect)),
      unlock: os.environments.unlock.handler(to(environments.unlock)),
      lock: os.environments.lock.handler(to(environments.lock)),
    },
    overview: { path: os.overview.path.handler(to(overview.path)) },
    sessions: {
      list: os.sessions.list.handler(to(sessions.list)),
      cancel: os.sessions.cancel.handler(to(sessions.cancel)),
      terminate: os.sessions.terminate.handler(to(sessions.terminate)),
      holding: os.sessions.holding.handler(to(sessions.holding)),
      free: os.sessions.free.handler(to(sessions.free)),
    },
    tables: {
      list: os.tables.list.handler(to(tables.list)),
      structure: os.tables.structure.handler(to(tables.structure)),
      rows: os.tables.rows.handler(to(tables.rows)),
      count: os.tables.count.handler(to(tables.count)),
      cell: os.tables.cell.handler(to(tables.cell)),
    },
    query: {
      run: os.query.run.handler(to(query.run)),
      history: os.query.history.handler(to(query.history)),
      clearHistory: os.query.clearHistory.handler(to(query.clearHistory)),
      files: os.query.files.handler(to(query.files)),
      catalogue: os.query.catalogue.handler(to(query.catalogue)),
    },
    lifecycle: {
      state: os.lifecycle.state.handler(to(lifecycle.state)),
      plan: os.lifecycle.plan.handler(to(lifecycle.plan)),
      start: os.lifecycle.start.handler(to(lifecycle.start)),
      watch: os.lifecycle.watch.handler(to(lifecycle.watch)),
      cancel: os.lifecycle.cancel.handler(to(lifecycle.cancel)),
      protect: os.lifecycle.protect.handler(to(lifecycle.protect)),
      choose: os.lifecycle.choose.handler(to(lifecycle.choose)),
    },
    instances: {
      watch: os.instances.watch.handler(to(instances.watch)),
      refresh: os.instances.refresh.handler(to(instances.refresh)),
      profiles: os.instances.profiles.handler(to(instances.profiles)),
      choose: os.instances.choose.handler(to(instances.choose)),
      stop: os.instances.stop.handler(to(instances.stop)),
      start: os.instances.start.handler(to(instances.start)),
      startNeeded: os.instances.startNeeded.handler(to(instances.startNeeded)),
      keepStopped: os.instances.keepStopped.handler(to(instances.keepStopped)),
      schedule: os.instances.schedule.handler(to(instances.schedule)),
      details: os.instances.details.handler(to(instances.details)),
      metrics: os.instances.metrics.handler(to(instances.metrics)),
      posture: os.instances.posture.handler(to(instances.posture)),
      mendPosture: os.instances.mendPosture.handler(to(instances.mendPosture)),
      creationOptions: os.instances.creationOptions.handler(to(instances.creationOptions)),
      checkCreation: os.instances.checkCreation.handler(to(instances.checkCreation)),
      create: os.instances.create.handler(to(instances.create)),
      adopt: os.instances.adopt.handler(to(instances.adopt)),
      remove: os.instances.remove.handler(to(instances.remove)),
    },
    access: {
      watch: os.access.watch.handler(to(access.watch)),
      refresh: os.access.refresh.handler(to(access.refresh)),
      allow: os.access.allow.handler(to(access.allow)),
      revoke: os.access.revoke.handler(to(access.revoke)),
      sweep: os.access.sweep.handler(to(access.sweep)),
      options: os.access.options.handler(to(access.options)),
    },
    logs: {
      groups: os.logs.groups.handler(to(logs.groups)),
      tail: os.logs.tail.handler(to(logs.tail)),
      history: os.logs.history.handler(to(logs.history)),
      around: os.logs.around.handler(to(logs.around)),
      signUps: os.logs.signUps.handler(to(logs.signUps)),
      repair: os.logs.repair.handler(to(logs.repair)),
    },
    practice: {
      watch: os.practice.watch.handler(to(practice.watch)),
      change: os.practice.change.handler(to(practice.change)),
      forceStart: os.practice.forceStart.handler(to(practice.forceStart)),
      signUp: os.practice.signUp.handler(to(practice.signUp)),
      confirm: os.practice.confirm.handler(to(practice.confirm)),
      resetPassword: os.practice.resetPassword.handler(to(practice.resetPassword)),
      removeUser: os.practice.removeUser.handler(to(practice.removeUser)),
    },
    activity: {
      list: os.activity.list.handler(to(activity.list)),
      watch: os.activity.watch.handler(to(activity.watch)),
    },
    settings: {
      read: os.settings.read.handler(to(settings.read)),
      remember: os.settings.remember.handler(to(settings.remember)),
      reload: os.settings.reload.handler(to(settings.reload)),
      link: os.settings.link.handler(to(settings.link)),
      dismiss: os.settings.dismiss.handler(to(settings.dismiss)),
    },
  })
}
