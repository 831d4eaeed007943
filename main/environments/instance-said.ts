import type { Environment } from '../../preload/contract/environments.ts'
import { Failure, type Mend } from '../../preload/contract/errors.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'

/** What AWS says of an environment's instance: the row, why it cannot be asked, or null where it names none. */
export type InstanceAnswer = InstanceRow | Failure | null

/** What that means for whoever wants to connect. */
export interface InstanceSaid {
  /** `running` may let connections in, `stopped` and `trouble` do not, `passing` will be something else soon, `unknown` tells nothing. */
  readonly kind: 'running' | 'stopped' | 'passing' | 'trouble' | 'unknown'
  readonly sentence: string
  readonly source: string | null
  readonly mend: Mend | null
  readonly command?: string
}

/** States in which the database answers as a rule, after Amazon RDS User Guide, "Viewing DB instance status". */
const running = new Set([
  'available',
  'backing-up',
  'modifying',
  'storage-optimization',
  'storage-config-upgrade',
  'storage-initialization',
  'configuring-associated-roles',
  'configuring-enhanced-monitoring',
  'configuring-iam-database-auth',
  'configuring-log-exports',
  'delete-precheck',
])

const passing: Readonly<Record<string, string>> = {
  starting: 'That takes minutes, and after much work left to recover hours.',
  stopping: 'It can be started once it is stopped.',
  creating: 'Its endpoint is known when it is done.',
  rebooting: 'It answers again in a minute or two.',
  upgrading: 'It answers again when the upgrade is done.',
  maintenance: 'AWS works on it; it answers again afterwards.',
  renaming: 'Its endpoint changes with its name.',
  'resetting-master-credentials': 'The new password holds when it is done.',
  'converting-to-vpc': 'Its endpoint may change.',
  'moving-to-vpc': 'Its endpoint may change.',
  deleting: 'It will be gone; choose another instance in the settings.',
}

const trouble: Readonly<Record<string, string>> = {
  'storage-full': 'Its storage is full: give it more.',
  failed: 'AWS cannot recover it: restore it from a snapshot.',
  'inaccessible-encryption-credentials': 'Its KMS key cannot be used: restore it from a backup.',
  'inaccessible-encryption-credentials-recoverable': 'Its KMS key cannot be used: enable the key, then start it.',
  'incompatible-network': 'Its subnets cannot hold it: too few addresses, or its VPC has changed.',
  'incompatible-option-group': 'Its option group does not fit its engine.',
  'incompatible-parameters': 'Its parameter group asks for more than it has.',
  'incompatible-restore': 'The backup cannot be restored to a point in time.',
  'insufficient-capacity': 'AWS has no capacity for its class in this zone now.',
  'restore-error': 'The backup could not be restored.',
}

/** Reads AWS' answer about the instance of an environment. */
export function readInstance(environment: Environment, answer: InstanceAnswer): InstanceSaid {
  if (answer === null) {
    return {
      kind: 'unknown',
      sentence: `Basepair knows no instance behind ${environment.label}. Name it in the settings.`,
      source: null,
      mend: 'open_settings',
    }
  }
  return answer instanceof Failure ? readFailure(environment, answer) : readRow(answer)
}

function readFailure(environment: Environment, { code, message, data }: Failure): InstanceSaid {
  const source = data?.source?.code ?? null
  const named = `${environment.rds?.instance ?? 'The instance'} in ${environment.rds?.region ?? 'its region'}`
  if (code === 'GONE') {
    return { kind: 'trouble', sentence: `${named} is not there, says AWS. Check profile, region and name.`, source, mend: 'open_settings' }
  }
  return {
    kind: 'unknown',
    sentence: message,
    source,
    mend: data?.mend ?? 'look_again',
    ...(data?.command === undefined ? {} : { command: data.command }),
  }
}

function readRow(row: InstanceRow): InstanceSaid {
  const { key, status, instanceClass } = row
  const name = key.identifier
  // What was asked for is on its way, although AWS may not show it yet.
  if (row.change !== null && row.change.action !== 'modify') {
    return { kind: 'passing', sentence: row.change.sentence, source: null, mend: 'look_again' }
  }
  if (running.has(status)) {
    const size = instanceClass === null ? '' : `, ${instanceClass}`
    return { kind: 'running', sentence: `${name} is ${status}${size}, in ${key.region}.`, source: null, mend: null }
  }
  if (status === 'stopped') {
    const restart = row.automaticRestartAt === null ? '' : ` AWS starts it by itself on ${timeOf(row.automaticRestartAt)}.`
    const reason = row.start.possible ? '' : ` ${row.start.reason}`
    const mend = row.start.possible ? 'start_instance' : 'open_instances'
    return { kind: 'stopped', sentence: `${name} is stopped.${restart}${reason}`, source: null, mend }
  }
  const awaited = passing[status]
  if (awaited !== undefined) {
    return { kind: 'passing', sentence: `${name} is ${status}. ${awaited}`, source: null, mend: 'look_again' }
  }
  const why = trouble[status]
  if (why !== undefined) return { kind: 'trouble', sentence: `${name} is ${status}. ${why}`, source: status, mend: 'open_instances' }
  return {
    kind: 'unknown',
    sentence: `AWS calls ${name} ${status}, a word that Basepair does not know.`,
    source: status,
    mend: 'open_instances',
  }
}

/** `28 Nov 2026, 12:05 UTC`. */
function timeOf(time: string): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(time))
  return `${words} UTC`
}
