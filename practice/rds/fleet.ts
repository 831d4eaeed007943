import { randomInt } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder } from '../../main/data/durable-file.ts'
import type { KeyPair } from '../certificates.ts'
import type { Clock, Firewall, Fleet, Store, Visitor } from '../cloud.ts'
import { type Gate, openGate } from '../gate.ts'
import { stopLeftBehind } from '../instance.ts'
import { notFound, wrongState } from './faults.ts'
import { createMachine, type Machine } from './machine.ts'
import { entering, leaving, phases, told } from './phases.ts'
import { createSights } from './sights.ts'
import { answers, type DbInstance, type DbSnapshot, type PendingValues, type RdsState } from './state.ts'
import { type EventId, eventOf } from './wording.ts'

export interface FleetOptions {
  readonly store: Store<RdsState>
  readonly clock: Clock
  readonly firewall: Firewall
  readonly visitor: Visitor
  readonly authority: KeyPair
  /** The instances' folders are in it. */
  readonly folder: string
  /** What is told late of a change, at most, in seconds at AWS. */
  readonly lagSeconds: number
  readonly report: (text: string) => void
}

export interface RdsFleet extends Fleet {
  /** As it is told now: a change shows a little later. */
  shown(region: string): readonly DbInstance[]
  /** As it is. Fails with DBInstanceNotFound. */
  find(region: string, identifier: string): DbInstance
  machine(instance: DbInstance): Machine
  /** Changes an instance, tells events of it, and goes on with what its state then asks for. On disk when it returns. */
  change(instance: DbInstance, changes: Partial<DbInstance>, ...told: readonly EventId[]): Promise<DbInstance>
  /** Adds an instance that is being created, behind a gate on one of the ports where one is free. */
  add(instance: DbInstance, password: string | null): Promise<DbInstance>
  addSnapshot(snapshot: DbSnapshot): Promise<void>
  removeSnapshot(snapshot: DbSnapshot): Promise<void>
  /** Brings up what should run; waits for the instance of this name only. */
  open(first: string): Promise<void>
  close(): Promise<void>
}

const limits = { events: 2_000, eventsMs: 14 * 86_400_000, overdueMs: 5_000 } as const
const keyOf = ({ region, identifier }: { readonly region: string; readonly identifier: string }) => `${region}/${identifier}`

/** The instances with their servers and gates, and what happens to them by and by. */
export function createFleet(options: FleetOptions): RdsFleet {
  const { store, clock, firewall, visitor, report } = options
  const machines = new Map<string, Machine>()
  const gates = new Map<string, Gate>()
  const driven = new Set<string>()
  const sights = createSights(() => randomInt(0, options.lagSeconds * 1_000 + 1) / clock.speed())
  let closed = false

  const current = (key: string) => store.value.instances.find((one) => keyOf(one) === key)

  const machineOf = (instance: DbInstance): Machine => {
    const key = keyOf(instance)
    const known = machines.get(key)
    if (known !== undefined) return known
    const { identifier, region, masterUser, database } = instance
    const folder = join(options.folder, instance.folder)
    const made = createMachine({ folder, authority: options.authority, identifier, region, masterUser, database }, report)
    machines.set(key, made)
    return made
  }

  /** Removes what a cloud that was killed in the middle of making an instance left. */
  const sweep = async (): Promise<void> => {
    await makePrivateFolder(options.folder)
    const known = new Set(store.value.instances.map(({ folder }) => folder))
    for (const name of await readdir(options.folder)) {
      if (known.has(name) || !isResourceId(name)) continue
      await stopLeftBehind(join(options.folder, name))
      await rm(join(options.folder, name), { recursive: true, force: true, maxRetries: 5 })
    }
  }

  /** The port of the server behind, for who may pass. */
  const opening = (key: string): number | null => {
    const instance = current(key)
    if (instance === undefined || !answers(instance) || !instance.publiclyAccessible) return null
    const { region, securityGroups, port } = instance
    return firewall.lets(region, securityGroups, visitor.address(), port) ? (machines.get(key)?.port() ?? null) : null
  }

  const openGateOf = async (instance: DbInstance, ports: readonly number[]): Promise<number> => {
    const key = keyOf(instance)
    await gates.get(key)?.close()
    const gate = await openGate({ ports, opening: () => opening(key) })
    gates.set(key, gate)
    return gate.port
  }

  const withEvents = (state: RdsState, instance: DbInstance, told: readonly EventId[], snapshot?: string): RdsState => {
    if (told.length === 0) return state
    const now = clock.now()
    const kept = state.events.filter(({ at }) => now.getTime() - Date.parse(at) < limits.eventsMs)
    return { ...state, events: [...kept, ...told.map((id) => eventOf(id, instance, now, snapshot))].slice(-limits.events) }
  }

  const change = async (before: DbInstance, changes: Partial<DbInstance>, ...told: readonly EventId[]): Promise<DbInstance> => {
    const key = keyOf(before)
    const next = { ...(current(key) ?? before), ...changes }
    await store.update((state) =>
      withEvents({ ...state, instances: state.instances.map((one) => (keyOf(one) === key ? next : one)) }, next, told),
    )
    sights.change(key, next)
    drive(key)
    return next
  }

  const remove = async (instance: DbInstance): Promise<void> => {
    const key = keyOf(instance)
    await gates.get(key)?.close()
    gates.delete(key)
    machines.delete(key)
    await store.update((state) =>
      withEvents(
        {
          ...state,
          instances: state.instances.filter((one) => keyOf(one) !== key),
          snapshots: state.snapshots.filter(({ kind, of }) => kind === 'manual' || keyOf(of) !== key),
        },
        instance,
        ['RDS-EVENT-0003'],
      ),
    )
    sights.change(key, null)
  }

  const addSnapshot = (snapshot: DbSnapshot): Promise<void> =>
    store.update((state) => ({ ...state, snapshots: [...state.snapshots, snapshot] }))

  const finishSnapshot = async (instance: DbInstance, identifier: string): Promise<void> => {
    await store.update((state) => {
      const isIt = (one: DbSnapshot) => one.identifier === identifier && one.region === instance.region
      const snapshots = state.snapshots.map((one) => (isIt(one) ? { ...one, status: 'available' as const } : one))
      const done = state.snapshots.find(isIt)
      return withEvents({ ...state, snapshots }, instance, done?.kind === 'automated' ? [] : ['RDS-EVENT-0042'], identifier)
    })
  }

  /** What happens to the server while the state passes. */
  const work = async (instance: DbInstance): Promise<Partial<DbInstance>> => {
    const machine = machineOf(instance)
    const gate = gates.get(keyOf(instance))
    switch (instance.status) {
      case 'creating':
      case 'starting':
        await machine.up()
        return {}
      case 'stopping':
        await machine.down()
        gate?.cut()
        return {}
      case 'deleting':
        await machine.remove()
        gate?.cut()
        return {}
      case 'rebooting':
        await machine.restart()
        gate?.cut()
        return {}
      case 'resetting-master-credentials':
        await machine.applyPassword()
        return { pending: withoutPassword(instance.pending) }
      case 'modifying': {
        const { port, masterUserPassword, ...values } = instance.pending
        // Another class is another machine at AWS: its connections end.
        if (values.instanceClass === undefined) await machine.up()
        else await machine.restart()
        if (masterUserPassword !== undefined) await machine.applyPassword()
        if (port === undefined || port === instance.port) return { ...values, pending: {} }
        return { ...values, port: await openGateOf(instance, [port]), pending: {} }
      }
      default:
        // In every other state that an instance stays or passes in, its server runs.
        await machine.up()
        return {}
    }
  }

  /** Lets an instance pass from state to state until it is in one that stays. */
  const driveOn = async (key: string): Promise<void> => {
    for (;;) {
      const instance = current(key)
      const phase = instance === undefined ? undefined : phases[instance.status]
      if (instance === undefined || phase === undefined || closed) return
      const lasted = new Promise<void>((resolve) => clock.after(randomInt(phase.lasts[0], phase.lasts[1] + 1) * 1_000, resolve))
      let changes: Partial<DbInstance>
      try {
        changes = await work(instance)
      } catch (error) {
        if (closed) return
        report(
          `The practice instance ${instance.identifier} failed while ${instance.status}: ${error instanceof Error ? error.message : String(error)}`,
        )
        await settle(instance, { status: instance.status === 'starting' ? 'stopped' : 'failed' }, ['RDS-EVENT-0031'])
        return
      }
      await lasted
      if (closed) return
      const next = phase.next(instance)
      if (next === 'gone') {
        if (instance.snapshot !== null) await finishSnapshot(instance, instance.snapshot)
        await remove(instance)
        return
      }
      if (instance.snapshot !== null) {
        await finishSnapshot(instance, instance.snapshot)
        changes = { ...changes, snapshot: null }
      } else if (instance.status === 'backing-up') {
        await addSnapshot(automatedSnapshot(instance, clock.now()))
      }
      await settle(instance, { ...changes, ...entering(instance, next, clock.now()) }, [...leaving(instance), ...told(next)])
    }
  }

  const settle = async (instance: DbInstance, changes: Partial<DbInstance>, told: readonly EventId[]): Promise<void> => {
    const key = keyOf(instance)
    const next = { ...(current(key) ?? instance), ...changes }
    await store.update((state) =>
      withEvents({ ...state, instances: state.instances.map((one) => (keyOf(one) === key ? next : one)) }, next, told),
    )
    sights.change(key, next)
  }

  const drive = (key: string): void => {
    if (driven.has(key)) return
    driven.add(key)
    driveOn(key)
      .catch((error: unknown) => report(`The practice cloud lost ${key}: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => driven.delete(key))
  }

  const forceStart = async (instance: DbInstance): Promise<void> => {
    await change(instance, { status: 'starting' }, 'RDS-EVENT-0154')
  }

  const startOverdue = (): void => {
    for (const one of store.value.instances) {
      if (one.status !== 'stopped' || one.automaticRestartAt === null || Date.parse(one.automaticRestartAt) > Date.now()) continue
      forceStart(one).catch((error: unknown) => report(`The practice instance ${one.identifier} could not be started: ${String(error)}`))
    }
  }
  const overdue = setInterval(startOverdue, limits.overdueMs)
  overdue.unref()

  const offMove = visitor.onMove(() => {
    for (const gate of gates.values()) gate.silence()
  })

  return {
    shown: (region) => sights.all().filter((one) => one.region === region),
    find(region, identifier) {
      const found = current(keyOf({ region, identifier: identifier.toLowerCase() }))
      if (found === undefined) throw notFound(identifier)
      return found
    },
    machine: machineOf,
    change,
    async add(instance, password) {
      const key = keyOf(instance)
      await machineOf(instance).prepare(password)
      const port = await openGateOf(instance, [instance.port])
      const placed = { ...instance, port }
      await store.update((state) => ({ ...state, instances: [...state.instances, placed] }))
      sights.add(key, placed)
      drive(key)
      return placed
    },
    addSnapshot,
    removeSnapshot: (snapshot) => store.update((state) => ({ ...state, snapshots: state.snapshots.filter((one) => one !== snapshot) })),
    async open(first) {
      await sweep()
      const bringUp = async (instance: DbInstance): Promise<void> => {
        const key = keyOf(instance)
        sights.add(key, instance)
        const port = await openGateOf(instance, [instance.port])
        if (port !== instance.port) await settle(instance, { port }, [])
        if (phases[instance.status] !== undefined) drive(key)
        else if (instance.status === 'stopped' || instance.status === 'failed') await machineOf(instance).down()
        else await machineOf(instance).up()
      }
      const begun = store.value.instances.map((instance) => ({ instance, done: bringUp(instance) }))
      for (const { instance, done } of begun) {
        if (instance.identifier === first) continue
        done.catch((error: unknown) =>
          report(`The practice instance ${instance.identifier} did not start: ${error instanceof Error ? error.message : String(error)}`),
        )
      }
      await Promise.all(begun.filter(({ instance }) => instance.identifier === first).map(({ done }) => done))
      startOverdue()
    },
    instances: () => store.value.instances,
    onChange: store.onChange,
    async measure(region, identifier) {
      const instance = current(keyOf({ region, identifier: identifier.toLowerCase() }))
      if (instance === undefined) return null
      const connections = gates.get(keyOf(instance))?.connections() ?? 0
      return { status: instance.status, connections, createdAt: new Date(instance.createdAt) }
    },
    async forceStart(identifier) {
      const instance = store.value.instances.find((one) => one.identifier === identifier.toLowerCase())
      if (instance === undefined) throw notFound(identifier)
      if (instance.status !== 'stopped') throw wrongState(`Instance ${instance.identifier} is not stopped.`)
      await forceStart(instance)
    },
    async close() {
      closed = true
      clearInterval(overdue)
      offMove()
      await Promise.all([...machines.values()].map((machine) => machine.down()))
      await Promise.all([...gates.values()].map((gate) => gate.close()))
    },
  }
}

/** What RDS keeps by itself, named as it names it. */
function automatedSnapshot(of: DbInstance, now: Date): DbSnapshot {
  const minute = now.toISOString().slice(0, 16).replace('T', '-').replace(':', '-')
  return {
    identifier: `rds:${of.identifier}-${minute}`,
    region: of.region,
    kind: 'automated',
    status: 'available',
    createdAt: now.toISOString(),
    of,
  }
}

const isResourceId = (name: string): boolean => /^db-[a-z2-7]{26}$/.test(name)

function withoutPassword({ masterUserPassword, ...pending }: PendingValues): PendingValues {
  return pending
}
