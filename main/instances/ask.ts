import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey, Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { listed, readAll } from '../aws/pages.ts'
import { type Seen, seenCluster, seenInstance } from './seen.ts'

export type Kind = InstanceKey['kind']

interface Asking {
  readonly signal: AbortSignal
  readonly background: boolean
}

const inRegion = ({ profile, region }: Place) => `in ${region} (profile ${profile})`

/** Every instance, or every cluster, of a place. Fails as AWS does, and with NOT_AWS where the answer holds no list. */
export async function listAll(aws: Aws, place: Place, kind: Kind, asking: Asking): Promise<Seen[]> {
  const what = `list the ${kind}s ${inRegion(place)}`
  const call = { place, what, ...asking }
  if (kind === 'cluster') {
    const all = await readAll(what, (Marker) =>
      aws.rds(call, async (client, options) => {
        const page = await client.send(new DescribeDBClustersCommand({ Marker }), options)
        return { items: listed(page.DBClusters, what), next: page.Marker }
      }),
    )
    return all.map((one) => seenCluster(place, one)).filter((one) => one !== null)
  }
  const all = await readAll(what, (Marker) =>
    aws.rds(call, async (client, options) => {
      const page = await client.send(new DescribeDBInstancesCommand({ Marker }), options)
      return { items: listed(page.DBInstances, what), next: page.Marker }
    }),
  )
  return all.map((one) => seenInstance(place, one)).filter((one) => one !== null)
}

/**
 * One instance or cluster; null where AWS says that there is none of this name, or that it belongs to another service. Fails as AWS does; an
 * answer that merely names none is no answer of AWS', which refuses a name that it does not know.
 */
export async function describeOne(aws: Aws, key: InstanceKey, asking: Asking): Promise<Seen | null> {
  const place = { profile: key.profile, region: key.region }
  const what = `describe ${key.identifier} ${inRegion(place)}`
  const call = { place, what, ...asking }
  try {
    if (key.kind === 'cluster') {
      const [one] = await readAll(what, (Marker) =>
        aws.rds(call, async (client, options) => {
          const page = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: key.identifier, Marker }), options)
          return { items: listed(page.DBClusters, what), next: page.Marker }
        }),
      )
      return seenCluster(place, named(one, what))
    }
    const [one] = await readAll(what, (Marker) =>
      aws.rds(call, async (client, options) => {
        const page = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: key.identifier, Marker }), options)
        return { items: listed(page.DBInstances, what), next: page.Marker }
      }),
    )
    return seenInstance(place, named(one, what))
  } catch (error) {
    if (error instanceof Failure && error.code === 'GONE') return null
    throw error
  }
}

function named<Item>(item: Item | undefined, what: string): Item {
  if (item !== undefined) return item
  throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer neither names it nor says that it is not there. Look again.`)
}
