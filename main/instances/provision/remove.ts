import { type DBInstance, DeleteDBInstanceCommand, type DeleteDBInstanceMessage } from '@aws-sdk/client-rds'
import type { EnvironmentId } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { type Aws, defaultProfile, practiceProfile } from '../../aws/aws.ts'
import type { Call } from '../../environments/caller.ts'
import { makeChange, requireTyped } from '../../environments/changes.ts'
import type { Changing } from '../changing.ts'
import { describe } from '../description.ts'
import { seenInstance } from '../seen.ts'
import { nameProblem } from './check.ts'
import { shellWord } from './command-line.ts'

export interface RemovalDeps {
  readonly aws: Pick<Aws, 'rds' | 'endpointOf'>
  readonly changing: Changing
}

interface Removal {
  readonly environment: EnvironmentId
  readonly key: InstanceKey
  readonly finalSnapshot: string | null
  readonly deleteBackups: boolean
  readonly confirm: string
}

/** In these nothing can be saved any more; AWS deletes such an instance without a snapshot only. */
const unsavable: ReadonlySet<string> = new Set(['failed', 'incompatible-restore', 'incompatible-network'])

/** Deletes instances. */
export function createRemoval({ aws, changing }: RemovalDeps) {
  return {
    /**
     * Asks AWS to delete the instance for good. Fails with UNCONFIRMED unless its identifier was typed, with WRONG_STATE where it is protected
     * from deletion or not an instance of its own, and with INVALID for a snapshot that AWS would refuse.
     */
    async remove(input: Removal, call: Call): Promise<void> {
      const { key, finalSnapshot, deleteBackups, confirm } = input
      changing.allow(call, input, confirm)
      requireTyped(key.identifier, confirm)
      const problem = finalSnapshot === null ? null : nameProblem('The final snapshot', finalSnapshot, 255)
      if (problem !== null) throw new Failure('INVALID', `${problem} Nothing was deleted.`)
      if (key.kind === 'cluster')
        throw new Failure('WRONG_STATE', `${key.identifier} is a cluster. Delete its members, then the cluster, at AWS.`)
      const instance = await describe(aws, key, call.signal)
      // Whose database it holds may show in its endpoint alone.
      const environment = changing.allow(call, { ...input, as: seenInstance(key, instance) ?? undefined }, confirm)
      refuse(instance, key, finalSnapshot, aws.endpointOf(key.profile))
      const fate = finalSnapshot === null ? 'without a final snapshot' : `with the final snapshot ${finalSnapshot}`
      const backups = deleteBackups ? 'its automated backups deleted too' : 'its automated backups kept as long as they would have been'
      const intent = {
        environment,
        target: key.identifier,
        action: 'Delete instance',
        detail: `${key.region}, ${fate}, ${backups}`,
        before: [instance.DBInstanceStatus, instance.DBInstanceClass, `${instance.Engine} ${instance.EngineVersion}`].join(', '),
      }
      const message: DeleteDBInstanceMessage = {
        DBInstanceIdentifier: key.identifier,
        SkipFinalSnapshot: finalSnapshot === null,
        ...(finalSnapshot === null ? {} : { FinalDBSnapshotIdentifier: finalSnapshot }),
        DeleteAutomatedBackups: deleteBackups,
      }
      await makeChange(changing, call, intent, async () => {
        const answer = await changing.follow(key, 'delete', () =>
          aws.rds({ place: { profile: key.profile, region: key.region }, what: `delete ${key.identifier}` }, (client, options) =>
            client.send(new DeleteDBInstanceCommand(message), options),
          ),
        )
        return { value: undefined, after: answer.DBInstance?.DBInstanceStatus ?? 'asked' }
      })
    },
  }
}

/** What AWS would refuse, said before it is asked. */
function refuse(instance: DBInstance, key: InstanceKey, finalSnapshot: string | null, endpoint: string | null): void {
  const name = key.identifier
  const no = (sentence: string, command?: string) =>
    new Failure('WRONG_STATE', `${name} ${sentence} Nothing was deleted.`, command === undefined ? undefined : { command })
  if (instance.DeletionProtection === true)
    throw no('is protected from deletion. Take the protection off with the command shown, then delete it.', unprotect(key, endpoint))
  if (instance.DBClusterIdentifier !== undefined) throw no(`is a member of the cluster ${instance.DBClusterIdentifier}. Delete it at AWS.`)
  if (instance.DBInstanceStatus === 'deleting') throw no('is being deleted already.')
  const replica = instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier
  if (finalSnapshot !== null && replica !== undefined)
    throw no(`is a read replica of ${replica}, of which AWS makes no final snapshot. Delete it without one.`)
  if (finalSnapshot !== null && unsavable.has(instance.DBInstanceStatus ?? ''))
    throw no(`is ${instance.DBInstanceStatus}, in which AWS makes no final snapshot. Delete it without one.`)
}

function unprotect(key: InstanceKey, endpoint: string | null): string {
  const named = key.profile === defaultProfile || key.profile === practiceProfile ? [] : ['--profile', shellWord(key.profile)]
  const elsewhere = endpoint === null ? [] : ['--endpoint-url', shellWord(endpoint)]
  return [
    'aws rds modify-db-instance',
    ...named,
    `--region ${key.region}`,
    ...elsewhere,
    `--db-instance-identifier ${shellWord(key.identifier)} --no-deletion-protection --apply-immediately`,
  ].join(' ')
}
