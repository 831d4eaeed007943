import { AwsFault, type Tree } from '../api.ts'
import { account } from '../cloud.ts'
import { zonesOf } from '../ec2/places.ts'
import { classes } from '../pricing/figures.ts'
import type { Action } from './actions.ts'
import { wrongValue } from './faults.ts'
import { filtersOf, pageOf } from './paging.ts'

/** The one version that an instance can have: every instance is a real server, and Basepair brings this one. */
export const engineVersion = '18.4'
export const majorVersion = '18'
export const parameterGroupOf = 'default.postgres18'

export const classNames: readonly string[] = classes.map(({ name }) => name)

/** Sizes in GiB that RDS allows for PostgreSQL, by type of storage. */
export const storageTypes: Readonly<Record<string, { readonly from: number; readonly to: number; readonly iops: boolean }>> = {
  gp2: { from: 20, to: 65_536, iops: false },
  gp3: { from: 20, to: 65_536, iops: true },
  io1: { from: 100, to: 65_536, iops: true },
  io2: { from: 100, to: 65_536, iops: true },
  standard: { from: 10, to: 3_072, iops: false },
}

/** The authorities that RDS names. The certificate of an instance here comes from the practice cloud's own, whichever it names. */
export const authorities: readonly string[] = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1']

/** Ends of support of PostgreSQL on RDS: of the standard one and of the extended one. Source: Amazon RDS User Guide, "Release calendars". */
const majors = [
  { major: '13', from: '2021-02-24', standard: '2026-02-28', extended: '2029-02-28' },
  { major: '14', from: '2022-02-03', standard: '2027-02-28', extended: '2030-02-28' },
  { major: '15', from: '2023-02-27', standard: '2028-02-29', extended: '2031-02-28' },
  { major: '16', from: '2024-02-26', standard: '2029-02-28', extended: '2032-02-29' },
  { major: '17', from: '2024-12-18', standard: '2030-02-28', extended: '2033-02-28' },
  { major: '18', from: '2025-11-14', standard: '2031-02-28', extended: '2034-02-28' },
] as const

export const describeMajorEngineVersions: Action = async (_, _region, params) => {
  const engine = params.text('Engine')
  const major = params.text('MajorEngineVersion')
  const kept = majors.filter((one) => (engine ?? 'postgres') === 'postgres' && (major === undefined || one.major === major))
  const { items, marker } = pageOf(params, kept, (one) => one.major)
  return {
    DBMajorEngineVersions: {
      DBMajorEngineVersion: items.map((one) => ({
        Engine: 'postgres',
        MajorEngineVersion: one.major,
        SupportedEngineLifecycles: {
          SupportedEngineLifecycle: [
            lifecycle('open-source-rds-standard-support', one.from, one.standard),
            lifecycle('open-source-rds-extended-support', one.standard, one.extended),
          ],
        },
      })),
    },
    Marker: marker,
  }
}

function lifecycle(name: string, from: string, to: string): Tree {
  return { LifecycleSupportName: name, LifecycleSupportStartDate: new Date(from), LifecycleSupportEndDate: new Date(to) }
}

export const describeEngineVersions: Action = async (_, _region, params) => {
  filtersOf(params, ['db-parameter-group-family', 'engine', 'engine-mode', 'engine-version', 'status'])
  const engine = params.text('Engine') ?? 'postgres'
  const version = params.text('EngineVersion')
  const there = engine === 'postgres' && (version === undefined || version === engineVersion || version === majorVersion)
  return {
    DBEngineVersions: {
      DBEngineVersion: there
        ? [
            {
              Engine: 'postgres',
              MajorEngineVersion: majorVersion,
              EngineVersion: engineVersion,
              DBParameterGroupFamily: 'postgres18',
              DBEngineDescription: 'PostgreSQL',
              DBEngineVersionDescription: `PostgreSQL ${engineVersion}-R1`,
              ValidUpgradeTarget: { UpgradeTarget: [] },
              ExportableLogTypes: { member: ['iam-db-auth-error', 'postgresql', 'upgrade'] },
              SupportsLogExportsToCloudwatchLogs: true,
              SupportsReadReplica: false,
              Status: 'available',
              SupportsParallelQuery: false,
              SupportsGlobalDatabases: false,
              SupportsBabelfish: false,
              SupportsCertificateRotationWithoutRestart: true,
              SupportedCACertificateIdentifiers: { member: authorities },
            },
          ]
        : [],
    },
  }
}

export const describeOrderableOptions: Action = async (_, region, params) => {
  const engine = params.text('Engine') ?? ''
  const version = params.text('EngineVersion')
  const wanted = params.text('DBInstanceClass')
  const there = engine === 'postgres' && (version === undefined || version === engineVersion || version === majorVersion)
  const all = there ? classNames.filter((name) => wanted === undefined || name === wanted) : []
  const options = all.flatMap((name) => Object.entries(storageTypes).map(([type, storage]) => ({ name, type, storage })))
  const { items, marker } = pageOf(params, options, ({ name, type }) => `${name} ${type}`, 10_000)
  return {
    OrderableDBInstanceOptions: {
      OrderableDBInstanceOption: items.map(({ name, type, storage }) => ({
        Engine: 'postgres',
        EngineVersion: engineVersion,
        DBInstanceClass: name,
        LicenseModel: 'postgresql-license',
        AvailabilityZones: { AvailabilityZone: zonesOf(region).map((zone) => ({ Name: zone })) },
        MultiAZCapable: true,
        ReadReplicaCapable: false,
        Vpc: true,
        SupportsStorageEncryption: true,
        StorageType: type,
        SupportsIops: storage.iops,
        SupportsEnhancedMonitoring: true,
        SupportsIAMDatabaseAuthentication: true,
        SupportsPerformanceInsights: true,
        MinStorageSize: storage.from,
        MaxStorageSize: storage.to,
        SupportsStorageAutoscaling: true,
        SupportedNetworkTypes: { member: ['IPV4'] },
        SupportsStorageThroughput: type === 'gp3',
      })),
    },
    Marker: marker,
  }
}

export const describeCertificates: Action = async ({ authority }, region, params) => {
  const asked = params.text('CertificateIdentifier')
  if (asked !== undefined && !authorities.includes(asked)) throw new AwsFault('CertificateNotFound', `Certificate ${asked} not found.`, 404)
  const { items, marker } = pageOf(
    params,
    authorities.filter((name) => asked === undefined || name === asked),
    (name) => name,
  )
  return {
    DefaultCertificateForNewLaunches: authorities[0],
    Certificates: {
      Certificate: items.map((name) => ({
        CertificateIdentifier: name,
        CertificateType: 'CA',
        Thumbprint: authority.fingerprint.replaceAll(':', '').toLowerCase(),
        ValidFrom: new Date(authority.validFrom),
        ValidTill: new Date(authority.validTo),
        CertificateArn: `arn:aws:rds:${region}::cert:${name}`,
        CustomerOverride: false,
      })),
    },
    Marker: marker,
  }
}

/** The parameters whose values are told; every instance here refuses connections without TLS. */
const parameters = [
  {
    name: 'rds.force_ssl',
    value: '1',
    type: 'dynamic',
    data: 'boolean',
    allowed: '0,1',
    description: 'Force SSL connections.',
    source: 'system',
  },
  {
    name: 'rds.logical_replication',
    value: '0',
    type: 'static',
    data: 'boolean',
    allowed: '0,1',
    description: 'Enables logical decoding.',
    source: 'system',
  },
  {
    name: 'password_encryption',
    value: 'scram-sha-256',
    type: 'dynamic',
    data: 'string',
    allowed: 'md5,scram-sha-256',
    description: 'Chooses the algorithm for encrypting passwords.',
    source: 'system',
  },
  {
    name: 'log_statement',
    value: 'none',
    type: 'dynamic',
    data: 'string',
    allowed: 'none,ddl,mod,all',
    description: 'Sets the type of statements logged.',
    source: 'engine-default',
  },
] as const

export const describeParameters: Action = async (_, _region, params) => {
  const group = params.text('DBParameterGroupName') ?? ''
  if (group !== parameterGroupOf) throw new AwsFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${group}`, 404)
  const source = params.text('Source')
  if (source !== undefined && !['user', 'system', 'engine-default'].includes(source))
    throw wrongValue(`Invalid parameter source: ${source}`)
  const names = filtersOf(params, ['parameter-name']).get('parameter-name')
  const kept = parameters.filter((one) => (source === undefined || one.source === source) && (names === undefined || names.has(one.name)))
  const { items, marker } = pageOf(params, kept, ({ name }) => name)
  return {
    Parameters: {
      Parameter: items.map((one) => ({
        ParameterName: one.name,
        ParameterValue: one.value,
        Description: one.description,
        Source: one.source,
        ApplyType: one.type,
        DataType: one.data,
        AllowedValues: one.allowed,
        IsModifiable: true,
        ApplyMethod: 'pending-reboot',
      })),
    },
    Marker: marker,
  }
}

export const describeParameterGroups: Action = async (_, region, params) => {
  const asked = params.text('DBParameterGroupName')
  if (asked !== undefined && asked !== parameterGroupOf)
    throw new AwsFault('DBParameterGroupNotFound', `DBParameterGroup not found: ${asked}`, 404)
  return {
    DBParameterGroups: {
      DBParameterGroup: [
        {
          DBParameterGroupName: parameterGroupOf,
          DBParameterGroupFamily: 'postgres18',
          Description: 'Default parameter group for postgres18',
          DBParameterGroupArn: `arn:aws:rds:${region}:${account}:pg:${parameterGroupOf}`,
        },
      ],
    },
  }
}
