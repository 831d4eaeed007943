import type { Change, Possibility } from '../../preload/contract/instances.ts'
import { type Standing, standingOf } from '../../preload/contract/instances-words.ts'
import type { Seen } from './seen.ts'

/** What stands between the last answer of AWS and a new request. */
export type Hold =
  /** A change that was asked for and has not settled. */
  | { readonly kind: 'change'; readonly change: Change }
  /** AWS' answer may be older than the last change asked for. */
  | { readonly kind: 'doubt'; readonly until: string }
  | null

export interface Possibilities {
  readonly start: Possibility
  readonly stop: Possibility
  readonly remove: Possibility
}

const yes: Possibility = { possible: true }
const no = (reason: string): Possibility => ({ possible: false, reason })

/** What may be asked of AWS now for what it described last. The rules of shape are those of StopDBInstance and StopDBCluster. */
export function possibilitiesOf(seen: Seen, hold: Hold): Possibilities {
  const name = seen.key.identifier
  if (hold !== null) {
    const reason =
      hold.kind === 'change'
        ? hold.change.sentence
        : `AWS may still show an older state of ${name}. It is sure from ${hold.until.slice(11, 19)} UTC on.`
    return { start: no(reason), stop: no(reason), remove: no(reason) }
  }
  const standing = standingOf(seen.status)
  const reason = shapeReason(seen)
  const shape = reason === null ? null : no(reason)
  return {
    start: shape ?? (standing === 'stopped' ? yes : no(stateReason(seen, standing, 'started', 'stopped'))),
    stop: shape ?? (standing === 'available' ? yes : no(stateReason(seen, standing, 'stopped', 'available'))),
    remove: removal(seen, standing),
  }
}

/** Why AWS never stops it, whatever its state; null where it does. */
export const shapeReason = (seen: Seen): string | null => (seen.key.kind === 'cluster' ? clusterShape(seen) : instanceShape(seen))

function instanceShape(seen: Seen): string | null {
  const { identifier: name } = seen.key
  if (seen.memberOf !== null) return `${name} is a member of the cluster ${seen.memberOf}: stop and start the cluster.`
  if (seen.replicaOf !== null) return `${name} is a read replica of ${seen.replicaOf}. AWS does not stop replicas.`
  if (seen.replicas.length > 0)
    return `${name} is the source of ${seen.replicas.join(', ')}. AWS does not stop an instance that has replicas.`
  if (seen.engine.startsWith('sqlserver') && seen.multiAz) return `${name} is SQL Server with Multi-AZ, which AWS does not stop.`
  if (seen.engine.startsWith('custom-')) return `${name} runs on RDS Custom, which AWS does not stop.`
  // A member whose cluster was not named.
  if (seen.engine.startsWith('aurora')) return `${name} belongs to an Aurora cluster: stop and start the cluster.`
  return null
}

const fixedModes = new Set(['serverless', 'parallelquery', 'multimaster', 'global'])

function clusterShape(seen: Seen): string | null {
  const { identifier: name } = seen.key
  if (!seen.engine.startsWith('aurora')) return `${name} is a Multi-AZ cluster. AWS stops and starts Aurora clusters only.`
  if (seen.engineMode !== null && fixedModes.has(seen.engineMode))
    return `${name} is an Aurora cluster of mode ${seen.engineMode}, which AWS does not stop.`
  if (seen.replicaOf !== null) return `${name} is a replica of ${seen.replicaOf}. AWS does not stop replicas.`
  if (seen.replicas.length > 0) return `${name} is the source of ${seen.replicas.join(', ')}, so AWS does not stop it.`
  return null
}

function stateReason(seen: Seen, standing: Standing, done: string, needed: string): string {
  const { identifier: name } = seen.key
  switch (standing) {
    case 'available':
    case 'stopped':
      return `${name} is ${seen.status}.`
    case 'passing':
      return `${name} is ${seen.status}. It can be ${done} once it is ${needed}.`
    case 'broken':
      return `${name} is ${seen.status}, which AWS wants mended first. It can be ${done} once it is ${needed}.`
    case 'unknown':
      return `AWS says that ${name} is ${seen.status === '' ? 'in no state' : seen.status}, which Basepair does not know: it offers nothing then.`
    default:
      return standing satisfies never
  }
}

function removal(seen: Seen, standing: Standing): Possibility {
  const { identifier: name, kind } = seen.key
  if (kind === 'cluster') return no(`${name} is a cluster. Delete its members and then the cluster at AWS.`)
  if (seen.memberOf !== null || seen.engine.startsWith('aurora')) return no(`${name} is a member of a cluster. Delete it at AWS.`)
  if (seen.deletionProtection) return no(`${name} is protected from deletion. Switch the deletion protection off first.`)
  if (standing === 'available' || standing === 'stopped' || standing === 'broken') return yes
  return no(stateReason(seen, standing, 'deleted', 'available or stopped'))
}
