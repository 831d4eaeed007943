import { StartDBClusterCommand, StartDBInstanceCommand, StopDBClusterCommand, StopDBInstanceCommand } from '@aws-sdk/client-rds'
import { Failure } from '../../preload/contract/errors.ts'
import type { Change, InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Fleet } from './fleet.ts'
import type { KnownInstances } from './known.ts'
import type { Request } from './requests.ts'
import { keyText, type Seen, seenCluster, seenInstance } from './seen.ts'

export interface ActsDeps {
  readonly aws: Aws
  readonly known: KnownInstances
  readonly fleet: Pick<Fleet, 'describe' | 'quicken'>
  readonly log: (line: string) => void
  changed(): void
}

/** After these AWS may have taken the request all the same. */
const uncertain = new Set(['TIMEOUT', 'LOST', 'UNREACHABLE', 'CANCELLED', 'NOT_AWS', 'INTERNAL'])

/** The requests to stop and start, written down before they are sent. */
export function createActs({ aws, known, fleet, log, changed }: ActsDeps) {
  const sending = new Set<string>()

  /**
   * Sends a request that changes an instance, remembers it until AWS shows its end, and forgets it where AWS refuses. One at a time for
   * each instance: fails with BUSY. What AWS refuses because of the state is told with the state.
   */
  const request = async <T>(
    key: InstanceKey,
    what: { readonly action: Change['action']; readonly by: Change['by'] },
    send: () => Promise<{ readonly value: T; readonly seen: Seen | null }>,
  ): Promise<T> => {
    const id = keyText(key)
    if (sending.has(id)) throw new Failure('BUSY', `${key.identifier} is being changed already. Wait until AWS has answered.`)
    sending.add(id)
    const before = known.request(key)
    let begun: Request | null = null
    try {
      begun = await known.begin(key, what)
      changed()
      const { value, seen } = await send()
      // AWS has taken it. That the disk did not is no failure of what was asked for.
      await known
        .sent(key, begun, seen)
        .catch((error: unknown) => log(`instances: the state of ${key.identifier} could not be kept: ${error}`))
      return value
    } catch (error) {
      if (begun !== null) {
        if (!(error instanceof Failure) || isUncertain(error)) await known.sent(key, begun, null)
        else if (error.code === 'WRONG_STATE') await known.contradicted(key, begun)
        else await known.refused(key, before)
      }
      throw await withState(key, error)
    } finally {
      sending.delete(id)
      changed()
      fleet.quicken(key)
    }
  }

  /** AWS does not name the state that it refuses an instance for. */
  const withState = async (key: InstanceKey, error: unknown): Promise<unknown> => {
    if (!(error instanceof Failure) || error.code !== 'WRONG_STATE') return error
    const seen = await fleet.describe(key, AbortSignal.timeout(10_000)).catch(() => null)
    if (seen === null) return error
    const shown = `AWS now shows ${key.identifier} as ${seen.status}`
    return new Failure('WRONG_STATE', `${error.message.replace(/\.?$/, '.')} ${shown}.`, error.data)
  }

  return {
    request,
    /** Asks AWS to stop it, with a snapshot before if one is named; gives back the status that AWS answers. */
    stop(key: InstanceKey, by: Change['by'], snapshot: string | null): Promise<string> {
      return request(key, { action: 'stop', by }, () =>
        aws.rds({ place: key, what: `stop ${key.identifier}` }, async (client, options) => {
          if (key.kind === 'cluster') {
            const { DBCluster } = await client.send(new StopDBClusterCommand({ DBClusterIdentifier: key.identifier }), options)
            return answered(DBCluster === undefined ? null : seenCluster(key, DBCluster))
          }
          const input = { DBInstanceIdentifier: key.identifier, ...(snapshot !== null && { DBSnapshotIdentifier: snapshot }) }
          const { DBInstance } = await client.send(new StopDBInstanceCommand(input), options)
          return answered(DBInstance === undefined ? null : seenInstance(key, DBInstance))
        }),
      )
    },
    /** Asks AWS to start it; gives back the status that AWS answers. */
    start(key: InstanceKey, by: Change['by']): Promise<string> {
      return request(key, { action: 'start', by }, () =>
        aws.rds({ place: key, what: `start ${key.identifier}` }, async (client, options) => {
          if (key.kind === 'cluster') {
            const { DBCluster } = await client.send(new StartDBClusterCommand({ DBClusterIdentifier: key.identifier }), options)
            return answered(DBCluster === undefined ? null : seenCluster(key, DBCluster))
          }
          const { DBInstance } = await client.send(new StartDBInstanceCommand({ DBInstanceIdentifier: key.identifier }), options)
          return answered(DBInstance === undefined ? null : seenInstance(key, DBInstance))
        }),
      )
    },
  }
}
export type Acts = ReturnType<typeof createActs>

const answered = (seen: Seen | null) => ({ value: seen?.status ?? 'asked', seen })

/** A fault on AWS' side, and a silence, say nothing of what became of the request. */
const isUncertain = ({ code, data }: Failure): boolean =>
  uncertain.has(code) || (code === 'AWS' && /^$|Internal|Unavailable|Unknown|^5/.test(data?.source?.code ?? ''))

/** Fails with INVALID unless AWS takes it as the name of a snapshot. Source: StopDBInstance, DBSnapshotIdentifier. */
export function checkSnapshotName(name: string): void {
  if (/^[a-z](?:-?[a-z0-9])*$/i.test(name) && name.length <= 255) return
  throw new Failure(
    'INVALID',
    `${name} cannot be the name of a snapshot: a letter first, then letters, digits and single hyphens, 255 at most, and no hyphen at the end.`,
  )
}
