import { type Action, bareName, named, told } from './actions.ts'
import { notFound, wrongCombination, wrongState } from './faults.ts'
import { filtersOf, pageOf } from './paging.ts'
import { renderInstance } from './render.ts'
import { newSnapshot } from './snapshots.ts'

export const describeInstances: Action = async (rds, region, params) => {
  const shown = rds.fleet.shown(region)
  const filters = filtersOf(params, ['db-cluster-id', 'db-instance-id', 'dbi-resource-id', 'domain', 'engine'])
  const name = params.text('DBInstanceIdentifier')
  if (name !== undefined && !shown.some(({ identifier }) => identifier === bareName(name))) throw notFound(name)
  const asked = (name: string, value: string): boolean => filters.get(name)?.has(value) ?? true
  const kept = shown.filter(
    ({ identifier, resourceId }) =>
      (name === undefined || identifier === bareName(name)) &&
      (filters.get('db-instance-id') === undefined ||
        [...(filters.get('db-instance-id') ?? [])].some((one) => bareName(one) === identifier)) &&
      asked('dbi-resource-id', resourceId) &&
      asked('engine', 'postgres') &&
      !filters.has('db-cluster-id') &&
      !filters.has('domain'),
  )
  const { items, marker } = pageOf(params, kept, ({ identifier }) => identifier)
  const ends = await Promise.all(items.map((one) => rds.fleet.machine(one).certificateEnds()))
  return {
    DBInstances: { DBInstance: items.map((one, index) => renderInstance(one, ends[index] ?? rds.now(), rds.now())) },
    Marker: marker,
  }
}

export const stopInstance: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  const snapshot = params.text('DBSnapshotIdentifier')
  if (instance.status !== 'available') throw wrongState(`Instance ${instance.identifier} is not in available state.`)
  if (snapshot !== undefined) await rds.fleet.addSnapshot(newSnapshot(rds, instance, snapshot))
  return told(rds, await rds.fleet.change(instance, { status: 'stopping', snapshot: snapshot?.toLowerCase() ?? null }))
}

export const startInstance: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  if (instance.status !== 'stopped') {
    throw wrongState(
      `Instance ${instance.identifier} is not in stopped, inaccessible-encryption-credentials-recoverable, or incompatible-network state.`,
    )
  }
  return told(rds, await rds.fleet.change(instance, { status: 'starting' }))
}

export const rebootInstance: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  if (instance.status !== 'available') throw wrongState(`Instance ${instance.identifier} is not in available state.`)
  if (params.flag('ForceFailover') === true && !instance.multiAz) {
    throw wrongCombination('Reboot with force-failover is not possible for Single-AZ DB instances.')
  }
  return told(rds, await rds.fleet.change(instance, { status: 'rebooting' }))
}

export const deleteInstance: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  const skip = params.flag('SkipFinalSnapshot') ?? false
  const snapshot = params.text('FinalDBSnapshotIdentifier')
  if (instance.status === 'deleting') throw wrongState(`Instance ${instance.identifier} is already being deleted.`)
  if (instance.deletionProtection) {
    throw wrongCombination('Cannot delete protected DB Instance, please disable deletion protection and try again.')
  }
  if (skip && snapshot !== undefined) {
    throw wrongCombination('FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is set to true.')
  }
  if (!skip && snapshot === undefined)
    throw wrongCombination('FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.')
  if (!['available', 'stopped', 'failed'].includes(instance.status)) {
    throw wrongState(`Instance ${instance.identifier} is currently ${instance.status} - it cannot be deleted.`)
  }
  if (snapshot !== undefined) await rds.fleet.addSnapshot(newSnapshot(rds, instance, snapshot))
  return told(rds, await rds.fleet.change(instance, { status: 'deleting', snapshot: snapshot?.toLowerCase() ?? null }))
}
