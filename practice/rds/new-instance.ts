import { randomInt } from 'node:crypto'
import { AwsFault, type Params } from '../api.ts'
import { zonesOf } from '../ec2/places.ts'
import { type Action, type Rds, required, told } from './actions.ts'
import { authorities, parameterGroupOf } from './catalogue.ts'
import { wrongCombination, wrongValue } from './faults.ts'
import {
  classOf,
  databaseOf,
  identifierOf,
  masterUserOf,
  maxStorageOf,
  passwordOf,
  portOf,
  retentionOf,
  storageOf,
  versionOf,
  windowOf,
} from './rules.ts'
import type { DbInstance } from './state.ts'
import { tagsOf } from './tags.ts'

/** Each instance is a server of its own on this machine, so there is room for fewer than at AWS. */
const quota = 10

export const createInstance: Action = async (rds, region, params) => {
  const { instance, password } = await asked(rds, region, params)
  const there = rds.state().instances
  if (there.some((one) => one.region === region && one.identifier === instance.identifier)) {
    throw new AwsFault('DBInstanceAlreadyExists', 'DB instance already exists')
  }
  if (there.length >= quota)
    throw new AwsFault('InstanceQuotaExceeded', `The quota of ${quota} DB instances in the practice cloud is used up.`)
  return told(rds, await rds.fleet.add(instance, password))
}

async function asked({ firewall, now }: Rds, region: string, params: Params): Promise<{ instance: DbInstance; password: string }> {
  const identifier = identifierOf('DBInstanceIdentifier', required(params, 'DBInstanceIdentifier'), 63)
  const engine = required(params, 'Engine')
  if (engine !== 'postgres') throw wrongValue(`Invalid DB engine: ${engine}. The practice cloud has postgres alone.`)
  const engineVersion = versionOf(params.text('EngineVersion'))
  const instanceClass = classOf(required(params, 'DBInstanceClass'))
  refuseUnknown(params)
  const masterUser = masterUserOf(required(params, 'MasterUsername'))
  const password = passwordOf(required(params, 'MasterUserPassword'))
  const storage = storageOf(params, {})
  const multiAz = params.flag('MultiAZ') ?? false
  const zone = params.text('AvailabilityZone')
  if (zone !== undefined && multiAz) throw wrongCombination('Requesting a specific availability zone is not valid for Multi-AZ instances.')
  if (zone !== undefined && !zonesOf(region).includes(zone)) throw wrongValue(`${zone} is not a valid availability zone.`)
  const caCertificate = params.text('CACertificateIdentifier') ?? authorities[0] ?? ''
  if (!authorities.includes(caCertificate)) throw new AwsFault('CertificateNotFound', `Certificate ${caCertificate} not found.`, 404)
  const groups = params.texts('VpcSecurityGroupIds')
  firewall.requireGroups(region, groups)
  const resourceId = newResourceId()
  const instance: DbInstance = {
    identifier,
    region,
    resourceId,
    // Not the name: an instance of the same name may just be being removed.
    folder: resourceId.toLowerCase(),
    status: 'creating',
    instanceClass,
    engineVersion,
    masterUser,
    database: databaseOf(params.text('DBName')),
    port: portOf(params.whole('Port')) ?? 0,
    ...storage,
    maxAllocatedStorage: maxStorageOf(params.whole('MaxAllocatedStorage'), storage.allocatedStorage),
    createdAt: now().toISOString(),
    backupWindow: windowOf('PreferredBackupWindow', params.text('PreferredBackupWindow')) ?? '04:40-05:10',
    backupRetention: retentionOf(params.whole('BackupRetentionPeriod')) ?? 1,
    latestRestorable: null,
    maintenanceWindow: windowOf('PreferredMaintenanceWindow', params.text('PreferredMaintenanceWindow')) ?? 'thu:09:14-thu:09:44',
    securityGroups: groups.length > 0 ? [...groups] : [await firewall.defaultGroup(region)],
    parameterGroup: parameterGroupOf,
    availabilityZone: zone ?? zonesOf(region)[0] ?? `${region}a`,
    multiAz,
    autoMinorUpgrade: params.flag('AutoMinorVersionUpgrade') ?? true,
    publiclyAccessible: params.flag('PubliclyAccessible') ?? true,
    encrypted: params.flag('StorageEncrypted') ?? false,
    iamAuthentication: params.flag('EnableIAMDatabaseAuthentication') ?? false,
    deletionProtection: params.flag('DeletionProtection') ?? false,
    copyTagsToSnapshot: params.flag('CopyTagsToSnapshot') ?? false,
    performanceInsights: params.flag('EnablePerformanceInsights') ?? false,
    monitoringInterval: params.whole('MonitoringInterval') ?? 0,
    caCertificate,
    lifecycleSupport: params.text('EngineLifecycleSupport') ?? 'open-source-rds-extended-support',
    tags: tagsOf(params),
    pending: {},
    automaticRestartAt: null,
    snapshot: null,
  }
  return { instance, password }
}

/** What the practice cloud cannot do is refused rather than passed over. */
function refuseUnknown(params: Params): void {
  if (params.flag('ManageMasterUserPassword') === true || params.text('MasterUserAuthenticationType') === 'iam-db-auth') {
    throw wrongCombination('The practice cloud has no Secrets Manager: give a MasterUserPassword.')
  }
  const group = params.text('DBParameterGroupName')
  if (group !== undefined && group !== parameterGroupOf) {
    throw new AwsFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${group}`, 404)
  }
  const subnets = params.text('DBSubnetGroupName')
  if (subnets !== undefined && subnets !== 'default') {
    throw new AwsFault('DBSubnetGroupNotFoundFault', `DB subnet group '${subnets}' does not exist.`, 404)
  }
  if (params.text('DBClusterIdentifier') !== undefined) {
    throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${params.text('DBClusterIdentifier')} not found.`, 404)
  }
}

/** `db-` and 26 letters and digits. */
export function newResourceId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  return `db-${Array.from({ length: 26 }, () => letters[randomInt(letters.length)]).join('')}`
}
