import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey, Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { readAll } from '../aws/pages.ts'
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

/** One instance or cluster; null where AWS says that there is none of this name. Fails as AWS does. */
export async function describeOne(aws: Aws, key: InstanceKey, asking: Asking): Promise<Seen | null> {
  const place = { profile: key.profile, region: key.region }
  const what = `describe ${key.identifier} ${inRegion(place)}`
  const call = { place, what, ...asking }
  try {
    return await aws.rds(call, async (client, options) => {
      if (key.kind === 'cluster') {
        const command = new DescribeDBClustersCommand({ DBClusterIdentifier: key.identifier })
        const [one] = listed((await client.send(command, options)).DBClusters, what)
        return one === undefined ? null : seenCluster(place, one)
      }
      const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: key.identifier })
      const [one] = listed((await client.send(command, options)).DBInstances, what)
      return one === undefined ? null : seenInstance(place, one)
    })
  } catch (error) {
    if (error instanceof Failure && error.code === 'GONE') return null
    throw error
  }
}

/** AWS answers an empty list with an empty element; without one, something else has answered. */
function listed<Item>(items: Item[] | undefined, what: string): Item[] {
  if (items !== undefined) return items
  throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer holds no list. A proxy or a sign-in page may be in the way.`)
}
