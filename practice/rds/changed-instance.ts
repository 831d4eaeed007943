import { AwsFault, type Params } from '../api.ts'
import { type Action, named, type Rds, told } from './actions.ts'
import { authorities, parameterGroupOf } from './catalogue.ts'
import { wrongCombination, wrongState } from './faults.ts'
import { classOf, maxStorageOf, passwordOf, portOf, retentionOf, storageOf, versionOf, windowOf } from './rules.ts'
import type { DbInstance, PendingValues } from './state.ts'

/**
 * Modifies an instance. Some values hold at once; those that interrupt or take time wait for the maintenance window unless they are asked
 * for immediately. Here they wait until somebody asks for that, as nobody practises for a week.
 */
export const modifyInstance: Action = async (rds, region, params) => {
  const instance = named(rds, region, params)
  refuseUnknown(params)
  if (instance.status !== 'available') throw wrongState('Database instance is not in available state.')
  const atOnce = changedAtOnce(rds, region, params, instance)
  const later = changedLater(params, instance)
  const password = params.text('MasterUserPassword')
  if (password !== undefined) await rds.fleet.machine(instance).notePassword(passwordOf(password))

  if (params.flag('ApplyImmediately') === true) {
    const pending: PendingValues = {
      ...instance.pending,
      ...later,
      ...(password === undefined ? {} : { masterUserPassword: '****' as const }),
    }
    const status = Object.keys({ ...instance.pending, ...later }).length > 0 ? 'modifying' : password === undefined ? undefined : resetting
    return told(rds, await rds.fleet.change(instance, { ...atOnce, pending, ...(status === undefined ? {} : { status }) }))
  }
  // A password is set as soon as possible in any case.
  const changes = { ...atOnce, pending: { ...instance.pending, ...later } }
  return told(rds, await rds.fleet.change(instance, password === undefined ? changes : { ...changes, status: resetting }))
}

const resetting = 'resetting-master-credentials'

function changedAtOnce({ firewall }: Rds, region: string, params: Params, instance: DbInstance): Partial<DbInstance> {
  const groups = params.texts('VpcSecurityGroupIds')
  firewall.requireGroups(region, groups)
  const most = params.whole('MaxAllocatedStorage')
  const retention = retentionOf(params.whole('BackupRetentionPeriod'))
  return {
    ...(groups.length === 0 ? {} : { securityGroups: [...groups] }),
    ...(most === undefined ? {} : { maxAllocatedStorage: maxStorageOf(most, instance.allocatedStorage) }),
    // From and to no backups at all is a change that interrupts, and waits.
    ...(retention !== undefined && retention > 0 === instance.backupRetention > 0 ? { backupRetention: retention } : {}),
    backupWindow: windowOf('PreferredBackupWindow', params.text('PreferredBackupWindow')) ?? instance.backupWindow,
    maintenanceWindow: windowOf('PreferredMaintenanceWindow', params.text('PreferredMaintenanceWindow')) ?? instance.maintenanceWindow,
    autoMinorUpgrade: params.flag('AutoMinorVersionUpgrade') ?? instance.autoMinorUpgrade,
    publiclyAccessible: params.flag('PubliclyAccessible') ?? instance.publiclyAccessible,
    deletionProtection: params.flag('DeletionProtection') ?? instance.deletionProtection,
    copyTagsToSnapshot: params.flag('CopyTagsToSnapshot') ?? instance.copyTagsToSnapshot,
    performanceInsights: params.flag('EnablePerformanceInsights') ?? instance.performanceInsights,
    monitoringInterval: params.whole('MonitoringInterval') ?? instance.monitoringInterval,
  }
}

function changedLater(params: Params, instance: DbInstance): PendingValues {
  const storage = storageOf(params, instance)
  if (storage.allocatedStorage < instance.allocatedStorage) {
    throw wrongCombination(`Requested allocated storage is less than the allocated storage of the instance: ${storage.allocatedStorage}`)
  }
  versionOf(params.text('EngineVersion'))
  const name = params.text('DBInstanceClass')
  const instanceClass = name === undefined ? undefined : classOf(name)
  const multiAz = params.flag('MultiAZ')
  const port = portOf(params.whole('DBPortNumber'))
  const retention = retentionOf(params.whole('BackupRetentionPeriod'))
  const caCertificate = params.text('CACertificateIdentifier')
  if (caCertificate !== undefined && !authorities.includes(caCertificate)) {
    throw new AwsFault('CertificateNotFound', `Certificate ${caCertificate} not found.`, 404)
  }
  const iamAuthentication = params.flag('EnableIAMDatabaseAuthentication')
  const { storageType, allocatedStorage, iops, storageThroughput } = storage
  return {
    ...(instanceClass !== undefined && instanceClass !== instance.instanceClass ? { instanceClass } : {}),
    ...(allocatedStorage === instance.allocatedStorage ? {} : { allocatedStorage }),
    ...(storageType === instance.storageType ? {} : { storageType }),
    ...(iops === instance.iops || iops === null ? {} : { iops }),
    ...(storageThroughput === instance.storageThroughput || storageThroughput === null ? {} : { storageThroughput }),
    ...(multiAz !== undefined && multiAz !== instance.multiAz ? { multiAz } : {}),
    ...(port !== undefined && port !== instance.port ? { port } : {}),
    ...(retention !== undefined && retention > 0 !== instance.backupRetention > 0 ? { backupRetention: retention } : {}),
    ...(caCertificate !== undefined && caCertificate !== instance.caCertificate ? { caCertificate } : {}),
    ...(iamAuthentication !== undefined && iamAuthentication !== instance.iamAuthentication ? { iamAuthentication } : {}),
  }
}

/** What the practice cloud cannot do is refused rather than passed over. */
function refuseUnknown(params: Params): void {
  if (params.flag('ManageMasterUserPassword') === true || params.flag('RotateMasterUserPassword') === true) {
    throw wrongCombination('The practice cloud has no Secrets Manager: give a MasterUserPassword.')
  }
  const group = params.text('DBParameterGroupName')
  if (group !== undefined && group !== parameterGroupOf) {
    throw new AwsFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${group}`, 404)
  }
  if (params.text('NewDBInstanceIdentifier') !== undefined) throw wrongCombination('The practice cloud does not rename DB instances.')
}
