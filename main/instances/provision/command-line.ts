import type { Creation } from '../../../preload/contract/provision.ts'
import { defaultProfile, practiceProfile } from '../../aws/aws.ts'

/** A word as a POSIX shell takes it. */
export const shellWord = (word: string): string => (/^[A-Za-z0-9_.:/=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/**
 * Reads the password from the terminal, unseen, and hands it on through a pipe: it stands in no file, in no history, and in no list of processes.
 */
const askPassword = `(printf 'Master password: ' >&2; stty -echo; IFS= read -r password; stty echo; echo >&2; printf %s "$password")`

/** The command line of AWS that creates the same instance. It never holds the password. */
export function createCommand(creation: Creation, endpoint: string | null): string {
  const options: string[] = []
  const give = (name: string, value: string | number | undefined) => {
    if (value !== undefined) options.push(`--${name} ${shellWord(String(value))}`)
  }
  const switched = (name: string, on: boolean) => options.push(on ? `--${name}` : `--no-${name}`)
  if (creation.profile !== defaultProfile && creation.profile !== practiceProfile) give('profile', creation.profile)
  give('region', creation.region)
  if (endpoint !== null) give('endpoint-url', endpoint)
  give('db-instance-identifier', creation.identifier)
  give('db-instance-class', creation.instanceClass)
  give('engine', 'postgres')
  give('engine-version', creation.engineVersion)
  give('master-username', creation.masterUser)
  if (creation.managePassword) options.push('--manage-master-user-password')
  else give('master-user-password', 'file:///dev/stdin')
  if (creation.database !== '') give('db-name', creation.database)
  give('port', creation.port)
  give('allocated-storage', creation.storageGib)
  give('storage-type', creation.storageType)
  give('iops', creation.iops)
  switched('storage-encrypted', creation.encrypted)
  switched('publicly-accessible', creation.publiclyAccessible)
  switched('multi-az', creation.multiAz)
  give('availability-zone', creation.availabilityZone)
  if (creation.securityGroups.length > 0) options.push(`--vpc-security-group-ids ${creation.securityGroups.map(shellWord).join(' ')}`)
  give('db-subnet-group-name', creation.subnetGroup)
  give('backup-retention-period', creation.backupRetentionDays)
  switched('deletion-protection', creation.deletionProtection)
  switched('enable-iam-database-authentication', creation.iamAuthentication)
  switched('enable-performance-insights', creation.performanceInsights)
  if (creation.performanceInsights) give('performance-insights-retention-period', 7)
  const lines = ['aws rds create-db-instance', ...options].join(' \\\n  ')
  return creation.managePassword ? lines : `${askPassword} |\n${lines}`
}
