import type { Creation, CreationCheck } from '../../../preload/contract/provision.ts'
import { calendarOf } from '../engine-support.ts'
import { isReservedDatabase, isReservedUser } from './reserved-words.ts'

type Note = CreationCheck['refusals'][number]
type Field = keyof Creation

/** GiB that RDS for PostgreSQL takes, by type of storage. */
const sizes: Readonly<Record<Creation['storageType'], readonly [least: number, most: number]>> = {
  gp2: [20, 65_536],
  gp3: [20, 65_536],
  io1: [100, 65_536],
  io2: [100, 65_536],
  standard: [5, 3072],
}
/** gp3 takes a number of IOPS from this size on. */
const gp3IopsFromGib = 400
const leastIops = 1000

/** What else is so, that a form alone does not know. */
export interface Surroundings {
  /** The environments that are there. */
  readonly environments: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** RDS takes one name for an instance and for a snapshot: letters, digits and single hyphens, a letter first, no hyphen last. */
export function nameProblem(what: string, name: string, longest: number): string | null {
  if (name === '') return `${what} is missing.`
  if (name.length > longest) return `${what} has ${name.length} characters; AWS takes ${longest}.`
  if (!/^[A-Za-z]/.test(name)) return `${what} has to begin with a letter.`
  if (/[^A-Za-z0-9-]/.test(name)) return `${what} takes letters, digits and hyphens only.`
  if (name.includes('--')) return `${what} takes no two hyphens in a row.`
  return name.endsWith('-') ? `${what} does not end with a hyphen.` : null
}

/** What AWS would refuse, by field of the form. The rules are those of CreateDBInstance for PostgreSQL. */
export function refusalsOf(creation: Creation, { environments }: Surroundings): Note[] {
  const notes: Note[] = []
  const refuse = (field: Field, sentence: string | null) => {
    if (sentence !== null) notes.push({ field, sentence })
  }
  refuse('identifier', nameProblem('The identifier', creation.identifier, 63))
  if (!/^db\.[a-z0-9-]+\.[a-z0-9]+$/.test(creation.instanceClass)) refuse('instanceClass', 'A class is named like db.t4g.micro.')
  if (!/^\d+(\.\d+)*([.-][A-Za-z0-9.]+)?$/.test(creation.engineVersion))
    refuse('engineVersion', 'A version of PostgreSQL is named like 16.11.')
  refuse('masterUser', userProblem(creation.masterUser))
  refuse('password', passwordProblem(creation))
  refuse('database', databaseProblem(creation.database))
  if (creation.port < 1150 || creation.port > 65_535) refuse('port', 'AWS takes a port from 1150 to 65535.')
  const [least, most] = sizes[creation.storageType]
  if (creation.storageGib < least || creation.storageGib > most)
    refuse('storageGib', `${creation.storageType} storage has ${least} to ${most} GiB.`)
  refuse('iops', iopsProblem(creation))
  if (creation.backupRetentionDays > 35) refuse('backupRetentionDays', 'AWS keeps automated backups for 35 days at most.')
  if (creation.availabilityZone !== undefined) refuse('availabilityZone', zoneProblem(creation, creation.availabilityZone))
  for (const group of creation.securityGroups)
    if (!/^sg-[0-9a-z]+$/.test(group)) refuse('securityGroups', `${group} is not the id of a security group, which begins with sg-.`)
  const { makeEnvironment } = creation
  if (makeEnvironment !== null && environments.includes(makeEnvironment.id))
    refuse('makeEnvironment', `There is an environment ${makeEnvironment.id} already. Choose another name for it.`)
  return notes
}

function userProblem(user: string): string | null {
  if (user === '') return 'The master user is missing.'
  if (user.length > 16) return `The master user has ${user.length} characters; AWS takes 16.`
  if (!/^[A-Za-z]/.test(user)) return 'The master user has to begin with a letter.'
  if (/[^A-Za-z0-9_]/.test(user)) return 'The master user takes letters, digits and underscores only.'
  return isReservedUser(user) ? `${user} is a word that PostgreSQL or RDS keeps for itself.` : null
}

function passwordProblem({ password, managePassword }: Creation): string | null {
  const given = password !== undefined && password !== ''
  if (managePassword) return given ? 'Secrets Manager makes the password: leave it empty.' : null
  if (!given) return 'The password is missing.'
  if (password.length < 8 || password.length > 128) return `The password has ${password.length} characters; AWS takes 8 to 128.`
  if (/[^\x20-\x7e]/.test(password)) return 'The password takes printable ASCII characters only.'
  return /[/"@ ]/.test(password) ? 'The password takes no slash, no double quote, no @ and no space.' : null
}

function databaseProblem(database: string): string | null {
  if (database === '') return null
  if (database.length > 63) return `The database has ${database.length} characters; AWS takes 63.`
  if (!/^[A-Za-z]/.test(database)) return 'The database has to begin with a letter.'
  if (/[^A-Za-z0-9_]/.test(database)) return 'The database takes letters, digits and underscores only.'
  return isReservedDatabase(database) ? `${database} is a name that PostgreSQL or RDS keeps for itself.` : null
}

function iopsProblem({ storageType, storageGib, iops }: Creation): string | null {
  switch (storageType) {
    case 'io1':
    case 'io2':
      if (iops === undefined) return `${storageType} storage needs a number of IOPS.`
      return iops < leastIops ? `${storageType} storage has ${leastIops} IOPS at least.` : null
    case 'gp3':
      if (iops === undefined || storageGib >= gp3IopsFromGib) return null
      return `gp3 storage takes a number of IOPS from ${gp3IopsFromGib} GiB on. Leave it empty.`
    case 'gp2':
    case 'standard':
      return iops === undefined ? null : `${storageType} storage takes no number of IOPS. Leave it empty.`
    default:
      return storageType satisfies never
  }
}

function zoneProblem({ multiAz, region }: Creation, zone: string): string | null {
  if (multiAz) return 'With Multi-AZ, AWS chooses the zones itself: leave the zone empty.'
  return zone.startsWith(region) ? null : `${zone} is not a zone of ${region}.`
}

/** What AWS allows and the user may regret. */
export function warningsOf(creation: Creation, { now }: Surroundings): Note[] {
  const notes: Note[] = []
  const warn = (field: Field, unsafe: boolean, sentence: string) => {
    if (unsafe) notes.push({ field, sentence })
  }
  warn(
    'publiclyAccessible',
    creation.publiclyAccessible,
    'It gets a public address: then only the rules of its groups keep the internet out.',
  )
  warn(
    'publiclyAccessible',
    !creation.publiclyAccessible,
    'It is reached from its own network only: this machine needs a VPN or a host inside to connect.',
  )
  warn('encrypted', !creation.encrypted, 'Encryption cannot be switched on later.')
  warn('deletionProtection', !creation.deletionProtection, 'One call deletes it with all its data.')
  warn(
    'backupRetentionDays',
    creation.backupRetentionDays === 0,
    'Without automated backups there is no way back after a loss or a mistake.',
  )
  warn('multiAz', !creation.multiAz, 'It stands in one zone: if that one fails, so does the database.')
  warn('multiAz', creation.multiAz, 'Multi-AZ charges instance hours and storage twice.')
  warn('iamAuthentication', !creation.iamAuthentication, 'Users sign in with passwords only, not with tokens of fifteen minutes.')
  const usual = ['root', 'postgres', 'admin', 'administrator', 'master'].includes(creation.masterUser.toLowerCase())
  warn('masterUser', usual, `${creation.masterUser} is a name that everybody tries first.`)
  warn('database', creation.database === '', 'Only the database postgres will be there.')
  const weak = creation.password !== undefined && creation.password.length >= 8 && creation.password.length < 16
  warn('password', weak, 'Sixteen characters or more resist guessing; tokens or Secrets Manager do without a password to keep.')
  const { communityEndsAt, standardEndsAt } = calendarOf('postgres', creation.engineVersion)
  const today = new Date(now).toISOString().slice(0, 10)
  const end = [communityEndsAt, standardEndsAt].find((at) => at !== null && at <= today)
  warn('engineVersion', end !== undefined, `PostgreSQL ${creation.engineVersion} reached its end of life on ${end}.`)
  warn('storageType', creation.storageType === 'standard', 'Magnetic storage is slow, and kept for old instances only.')
  warn('securityGroups', creation.securityGroups.length === 0, 'It gets the default group of its network, with whatever rules stand there.')
  return notes
}
