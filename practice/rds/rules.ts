import type { Params } from '../api.ts'
import { classNames, engineVersion, majorVersion, storageTypes } from './catalogue.ts'
import { wrongCombination, wrongValue } from './faults.ts'

const identifierRule =
  'Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.'

/** The name in lower case, as RDS keeps it. Fails with InvalidParameterValue. */
export function identifierOf(name: string, text: string, longest: number): string {
  if (text.length > longest || !/^[A-Za-z](?:[A-Za-z0-9]|-(?!-|$))*$/.test(text)) {
    throw wrongValue(`The parameter ${name} is not a valid identifier. ${identifierRule}`)
  }
  return text.toLowerCase()
}

export function passwordOf(password: string): string {
  const invalid = 'The parameter MasterUserPassword is not a valid password'
  if (!/^[\x21-\x7e]*$/.test(password) || /[/@"]/.test(password)) {
    throw wrongValue(`${invalid}. Only printable ASCII characters besides '/', '@', '"', ' ' may be used.`)
  }
  if (password.length < 8) throw wrongValue(`${invalid} because it is shorter than 8 characters.`)
  if (password.length > 128) throw wrongValue(`${invalid} because it is longer than 128 characters.`)
  return password
}

/** Words that PostgreSQL on RDS keeps to itself. */
const reserved = new Set(['admin', 'rdsadmin', 'rds_superuser', 'public', 'user', 'none'])

export function masterUserOf(user: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(user)) {
    throw wrongValue(
      'The parameter MasterUsername is not valid: it must begin with a letter and contain only letters, digits and underscores.',
    )
  }
  if (reserved.has(user.toLowerCase()) || /^(pg_|rds)/i.test(user)) {
    throw wrongValue(`MasterUsername ${user} cannot be used as it is a reserved word used by the engine`)
  }
  return user.toLowerCase()
}

export function databaseOf(name: string | undefined): string | null {
  if (name === undefined) return null
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
    throw wrongValue('DBName must begin with a letter and contain only alphanumeric characters.')
  if (reserved.has(name.toLowerCase()) || ['postgres', 'template0', 'template1'].includes(name)) {
    throw wrongValue(`DBName ${name} cannot be used. It is a reserved word for this engine`)
  }
  return name
}

export function portOf(port: number | undefined): number | undefined {
  if (port !== undefined && (port < 1150 || port > 65_535)) {
    throw wrongValue(`Invalid endpoint port ${port}: must be in the range of 1150 to 65535.`)
  }
  return port
}

export function retentionOf(days: number | undefined): number | undefined {
  if (days !== undefined && (days < 0 || days > 35)) throw wrongValue(`Invalid backup retention period: ${days}. Must be between 0 and 35.`)
  return days
}

export function versionOf(version: string | undefined): string {
  if (version !== undefined && version !== engineVersion && version !== majorVersion) {
    throw wrongCombination(`Cannot find version ${version} for postgres`)
  }
  return engineVersion
}

export function classOf(name: string): string {
  if (!/^db\.[a-z0-9]+\.[a-z0-9]+$/.test(name)) throw wrongValue(`Invalid DB Instance class: ${name}`)
  if (classNames.includes(name)) return name
  throw wrongCombination(
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${name}, Engine=postgres, EngineVersion=${engineVersion}, LicenseModel=postgresql-license. For supported combinations of instance class and database engine version, see the documentation.`,
  )
}

export interface Storage {
  readonly storageType: string
  readonly allocatedStorage: number
  readonly iops: number | null
  readonly storageThroughput: number | null
}

/** The storage that the call asks for, on top of what there is. */
export function storageOf(params: Params, before: Partial<Storage>): Storage {
  const storageType = params.text('StorageType') ?? before.storageType ?? 'gp3'
  const kind = Object.hasOwn(storageTypes, storageType) ? storageTypes[storageType] : undefined
  if (kind === undefined) throw wrongValue(`Invalid storage type: ${storageType}`)
  const allocatedStorage = params.whole('AllocatedStorage') ?? before.allocatedStorage
  if (allocatedStorage === undefined) throw wrongCombination('AllocatedStorage is required for the postgres engine.')
  if (allocatedStorage < kind.from || allocatedStorage > kind.to) {
    throw wrongCombination(`Invalid storage size for engine name postgres and storage type ${storageType}: ${allocatedStorage}`)
  }
  const iops = params.whole('Iops') ?? null
  if (iops !== null && !kind.iops) throw wrongCombination(`The Iops parameter cannot be specified for storage type ${storageType}.`)
  if (iops === null && storageType.startsWith('io')) throw wrongCombination(`Storage type ${storageType} requires the Iops parameter.`)
  const throughput = params.whole('StorageThroughput') ?? null
  if (throughput !== null && storageType !== 'gp3') {
    throw wrongCombination(`The StorageThroughput parameter cannot be specified for storage type ${storageType}.`)
  }
  const kept = storageType === before.storageType ? before : {}
  return {
    storageType,
    allocatedStorage,
    iops: iops ?? kept.iops ?? (storageType === 'gp3' ? 3000 : null),
    storageThroughput: throughput ?? kept.storageThroughput ?? (storageType === 'gp3' ? 125 : null),
  }
}

export function maxStorageOf(most: number | undefined, allocated: number): number | null {
  if (most === undefined) return null
  if (most <= allocated || most > 65_536) {
    throw wrongCombination(`Invalid max storage size for engine name postgres: ${most}. It must be greater than the allocated storage.`)
  }
  return most
}

const day = '(?:mon|tue|wed|thu|fri|sat|sun)'
const hour = '(?:[01]\\d|2[0-3]):[0-5]\\d'

export function windowOf(name: 'PreferredBackupWindow' | 'PreferredMaintenanceWindow', text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const lower = text.toLowerCase()
  const form = name === 'PreferredBackupWindow' ? `${hour}-${hour}` : `${day}:${hour}-${day}:${hour}`
  if (!new RegExp(`^${form}$`).test(lower)) throw wrongValue(`The parameter ${name} is not a valid window: ${text}.`)
  return lower
}
