import { AwsFault } from '../api.ts'
import { type Action, bareName, named, type Rds, required } from './actions.ts'
import { snapshotNotFound, wrongState } from './faults.ts'
import { filtersOf, pageOf } from './paging.ts'
import { renderSnapshot } from './render.ts'
import { identifierOf } from './rules.ts'
import type { DbInstance, DbSnapshot } from './state.ts'

/** RDS' own quota of manual snapshots in a region. */
const quota = 100

/** A snapshot that begins now. Fails where the name is no name or is taken, or there are too many. */
export function newSnapshot({ state, now }: Rds, of: DbInstance, name: string): DbSnapshot {
  const identifier = identifierOf('DBSnapshotIdentifier', name, 255)
  const there = state().snapshots.filter(({ region }) => region === of.region)
  if (there.some((one) => one.identifier === identifier)) {
    throw new AwsFault(
      'DBSnapshotAlreadyExists',
      `Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
    )
  }
  if (there.filter(({ kind }) => kind === 'manual').length >= quota) {
    throw new AwsFault('SnapshotQuotaExceeded', `Cannot create more than ${quota} manual snapshots.`)
  }
  return { identifier, region: of.region, kind: 'manual', status: 'creating', createdAt: now().toISOString(), of }
}

/** A snapshot of an instance that goes on. */
export const createSnapshot: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  const snapshot = newSnapshot(rds, instance, required(params, 'DBSnapshotIdentifier'))
  if (instance.status !== 'available') throw wrongState(`Instance ${instance.identifier} is not in available state.`)
  await rds.fleet.addSnapshot(snapshot)
  await rds.fleet.change(instance, { status: 'backing-up', snapshot: snapshot.identifier }, 'RDS-EVENT-0001')
  return { DBSnapshot: renderSnapshot(snapshot) }
}

export const deleteSnapshot: Action = async (rds, region, params) => {
  const name = bareName(required(params, 'DBSnapshotIdentifier'))
  const found = rds.state().snapshots.find((one) => one.region === region && one.identifier === name)
  if (found === undefined) throw snapshotNotFound(name)
  if (found.status !== 'available')
    throw new AwsFault('InvalidDBSnapshotState', `Cannot delete the snapshot ${name} because it is being created.`)
  if (found.kind === 'automated') throw wrongState(`The snapshot ${name} is an automated one and cannot be deleted.`)
  await rds.fleet.removeSnapshot(found)
  return { DBSnapshot: renderSnapshot(found) }
}

export const describeSnapshots: Action = async ({ state }, region, params) => {
  const filters = filtersOf(params, ['db-instance-id', 'db-snapshot-id', 'dbi-resource-id', 'snapshot-type', 'engine'])
  const name = params.text('DBSnapshotIdentifier')
  const of = params.text('DBInstanceIdentifier')
  const kind = params.text('SnapshotType')
  const asked = (name: string, value: string): boolean => filters.get(name)?.has(value) ?? true
  const kept = state().snapshots.filter(
    (one) =>
      one.region === region &&
      (name === undefined || one.identifier === bareName(name)) &&
      (of === undefined || one.of.identifier === bareName(of)) &&
      (kind === undefined || one.kind === kind) &&
      asked('db-snapshot-id', one.identifier) &&
      asked('db-instance-id', one.of.identifier) &&
      asked('dbi-resource-id', one.of.resourceId) &&
      asked('snapshot-type', one.kind) &&
      asked('engine', 'postgres'),
  )
  if (name !== undefined && kept.length === 0) throw snapshotNotFound(name)
  const { items, marker } = pageOf(params, kept, ({ identifier }) => identifier)
  return { DBSnapshots: { DBSnapshot: items.map(renderSnapshot) }, Marker: marker }
}
