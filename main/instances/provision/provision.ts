import { setTimeout as wait } from 'node:timers/promises'
import { CreateDBInstanceCommand, type CreateDBInstanceMessage } from '@aws-sdk/client-rds'
import type { Draft, Environment, EnvironmentId } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { InstanceKey, Place } from '../../../preload/contract/instances.ts'
import type { Creation, CreationCheck, CreationOptions } from '../../../preload/contract/provision.ts'
import type { Aws } from '../../aws/aws.ts'
import type { Call } from '../../environments/caller.ts'
import { makeChange } from '../../environments/changes.ts'
import type { Environments } from '../../environments/environments.ts'
import type { Changing } from '../changing.ts'
import { costOf } from '../cost.ts'
import type { Prices } from '../pricing.ts'
import { createAdoption } from './adopt.ts'
import type { Arrivals } from './arrivals.ts'
import { refusalsOf, warningsOf } from './check.ts'
import { createCommand } from './command-line.ts'
import { optionsOf } from './options.ts'
import { createRemoval } from './remove.ts'

/** The form does not wait longer for a price; it is there with the next change of the form. */
const priceMs = 1000

export interface ProvisionDeps {
  readonly aws: Pick<Aws, 'rds' | 'ec2' | 'endpointOf'>
  readonly environments: Pick<Environments, 'all' | 'get'>
  readonly changing: Changing
  readonly prices: Pick<Prices, 'price' | 'known'>
  /** Makes the environment of a new instance once it is available. */
  readonly arrivals: Pick<Arrivals, 'expect'>
  saveEnvironment(draft: Draft, call: Call): Promise<Environment>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

interface Creating {
  readonly environment: EnvironmentId
  readonly creation: Creation
}

/** Makes, adopts and deletes instances. */
export function createProvision(deps: ProvisionDeps) {
  const { aws, environments, changing, prices, arrivals, now } = deps
  const around = () => ({ environments: environments.all().map(({ id }) => id), now: now() })
  const { adopt } = createAdoption(deps)
  const { remove } = createRemoval(deps)

  return {
    adopt,
    remove,

    /** What can be chosen in a region. A part that AWS denies is empty, with its reason. */
    creationOptions(
      { environment, place }: { readonly environment: EnvironmentId; readonly place: Place },
      { signal }: { readonly signal: AbortSignal },
    ): Promise<CreationOptions> {
      return optionsOf(aws, place, environments.all().find(({ id }) => id === environment) ?? null, signal)
    },

    /** What AWS would refuse, what the user may regret, what it costs, and the equal command line. Asks Pricing at most. */
    async checkCreation({ creation }: Pick<Creating, 'creation'>): Promise<CreationCheck> {
      const { profile, region, instanceClass, multiAz, storageType } = creation
      const priced = { profile, region, engine: 'postgres', instanceClass, multiAz, storageType }
      const price = await Promise.race([prices.price(priced), wait(priceMs, undefined, { ref: false }).then(() => prices.known(priced))])
      const facts = { status: 'creating', automaticRestartAt: null, storageGib: creation.storageGib, events: null }
      const { perHour, storagePerMonth } = costOf(facts, price, now())
      return {
        refusals: refusalsOf(creation, around()),
        warnings: warningsOf(creation, around()),
        command: createCommand(creation, aws.endpointOf(profile)),
        perHour,
        storagePerMonth,
      }
    },

    /** Asks AWS to create the instance. The password goes to AWS and nowhere else. Fails with INVALID where AWS would refuse. */
    async create({ environment: inView, creation }: Creating, call: Call): Promise<InstanceKey> {
      const refusals = refusalsOf(creation, around())
      if (refusals.length > 0) throw new Failure('INVALID', `Nothing was created. ${refusals.map(({ sentence }) => sentence).join(' ')}`)
      const place = { profile: creation.profile, region: creation.region }
      // RDS keeps identifiers in lower case.
      const key: InstanceKey = { ...place, kind: 'instance', identifier: creation.identifier.toLowerCase() }
      const environment = changing.allow(call, { environment: inView, key }, undefined)
      const { instanceClass, engineVersion, storageGib, storageType } = creation
      const intent = {
        environment,
        target: key.identifier,
        action: 'Create instance',
        detail: `${key.region}, ${instanceClass}, PostgreSQL ${engineVersion}, ${storageGib} GiB ${storageType}`,
        before: 'not there',
      }
      return makeChange(changing, call, intent, async () => {
        const answer = await changing.follow(key, 'create', () =>
          aws.rds({ place, what: `create ${key.identifier}`, secrets: [creation.password ?? ''] }, (client, options) =>
            client.send(new CreateDBInstanceCommand(messageOf(creation)), options),
          ),
        )
        const { makeEnvironment } = creation
        if (makeEnvironment !== null) await arrivals.expect(key, { ...makeEnvironment, project: environments.get(inView).project })
        return { value: key, after: answer.DBInstance?.DBInstanceStatus ?? 'asked' }
      })
    },
  }
}

/** What CreateDBInstance is told; settings that are absent are left to AWS. */
function messageOf(creation: Creation): CreateDBInstanceMessage {
  return {
    DBInstanceIdentifier: creation.identifier,
    DBInstanceClass: creation.instanceClass,
    Engine: 'postgres',
    EngineVersion: creation.engineVersion,
    MasterUsername: creation.masterUser,
    ...(creation.managePassword ? { ManageMasterUserPassword: true } : { MasterUserPassword: creation.password }),
    ...(creation.database === '' ? {} : { DBName: creation.database }),
    Port: creation.port,
    AllocatedStorage: creation.storageGib,
    StorageType: creation.storageType,
    ...(creation.iops === undefined ? {} : { Iops: creation.iops }),
    StorageEncrypted: creation.encrypted,
    PubliclyAccessible: creation.publiclyAccessible,
    MultiAZ: creation.multiAz,
    ...(creation.availabilityZone === undefined ? {} : { AvailabilityZone: creation.availabilityZone }),
    ...(creation.securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: [...creation.securityGroups] }),
    ...(creation.subnetGroup === undefined ? {} : { DBSubnetGroupName: creation.subnetGroup }),
    BackupRetentionPeriod: creation.backupRetentionDays,
    DeletionProtection: creation.deletionProtection,
    EnableIAMDatabaseAuthentication: creation.iamAuthentication,
    ...(creation.performanceInsights ? { EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 7 } : {}),
  }
}
