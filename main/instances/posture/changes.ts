import type { ModifyDBInstanceMessage } from '@aws-sdk/client-rds'
import { Failure } from '../../../preload/contract/errors.ts'
import type { Finding, PostureChange } from '../../../preload/contract/posture.ts'
import type { Description } from '../description.ts'

/** How long automated backups are kept once they are switched on. */
const backupDays = 7

interface Offer {
  readonly action: string
  readonly consequences: readonly string[]
  /** Ends connections or keeps them from being made, if only for a moment. */
  readonly interrupts: boolean
  /** Whether AWS is about to do it already. */
  pending(instance: Description): boolean
}

/** What each change does besides, as Amazon's list of the settings of an instance says it. */
const offers: Readonly<Record<PostureChange, Offer>> = {
  close_public_access: {
    action: 'Close public access',
    consequences: ['Nobody outside its network can connect any more, this machine included, except by VPN or through a host inside.'],
    interrupts: true,
    pending: () => false,
  },
  protect_from_deletion: { action: 'Protect from deletion', consequences: [], interrupts: false, pending: () => false },
  keep_backups: {
    action: `Keep backups for ${backupDays} days`,
    consequences: [
      'AWS takes the first backup at once: the database cannot be reached for a short time.',
      'Backups beyond the size of the storage are charged.',
    ],
    interrupts: true,
    pending: (instance) => (instance.PendingModifiedValues?.BackupRetentionPeriod ?? 0) > 0,
  },
  make_multi_az: {
    action: 'Add a standby',
    consequences: ['Instance hours and storage are charged twice from then on.', 'Writes are slower while AWS makes the standby.'],
    interrupts: false,
    pending: (instance) => instance.PendingModifiedValues?.MultiAZ === true,
  },
  allow_iam: {
    action: 'Allow IAM authentication',
    consequences: [],
    interrupts: false,
    pending: (instance) => instance.PendingModifiedValues?.IAMDatabaseAuthenticationEnabled === true,
  },
  rotate_certificate: {
    action: 'Rotate the certificate',
    consequences: [
      'AWS restarts the database unless its version takes a new certificate without.',
      "Clients that verify the server must know Amazon's newer roots. Basepair does.",
    ],
    interrupts: true,
    pending: (instance) => instance.PendingModifiedValues?.CACertificateIdentifier !== undefined,
  },
  upgrade_minor: {
    action: 'Upgrade the minor version',
    consequences: ['The database is down for some minutes while AWS upgrades it; with Multi-AZ too.'],
    interrupts: true,
    pending: (instance) => instance.PendingModifiedValues?.EngineVersion !== undefined,
  },
}

/** Whether the identifier has to be typed before it. */
export const interrupts = (change: PostureChange): boolean => offers[change].interrupts

/** The change as a finding carries it; null where ModifyDBInstance cannot make it now: for a cluster, a member of one, or in another state. */
export function offerOf(change: PostureChange, instance: Description, isCluster: boolean): Finding['change'] {
  const offer = offers[change]
  const modifiable = !isCluster && instance.DBClusterIdentifier === undefined && instance.DBInstanceStatus === 'available'
  if (!modifiable || offer.pending(instance)) return null
  return { change, action: offer.action, consequences: [...offer.consequences], interrupts: offer.interrupts }
}

/** What ModifyDBInstance is told, with the setting before and after as the activity log has them. */
export interface Modification {
  readonly input: Partial<ModifyDBInstanceMessage>
  readonly before: string
  readonly after: string
}

/** What a change still has to be told. */
export interface Newest {
  readonly authority: string | null
  readonly minor: string | null
}

/** The request for a change. Fails with WRONG_STATE where nothing is left to change. */
export function modificationOf(change: PostureChange, instance: Description, newest: Newest): Modification {
  const name = instance.DBInstanceIdentifier ?? 'The instance'
  const already = (sentence: string) => new Failure('WRONG_STATE', `${name} ${sentence}. Nothing was changed.`, { mend: 'look_again' })
  const set = <Field extends keyof ModifyDBInstanceMessage>(
    field: Field,
    before: unknown,
    after: ModifyDBInstanceMessage[Field],
  ): Modification => {
    if (before === after) throw already(`has ${field} ${String(after)} already`)
    return { input: { [field]: after }, before: `${field}: ${String(before ?? 'not known')}`, after: `${field}: ${String(after)}` }
  }
  switch (change) {
    case 'close_public_access':
      return set('PubliclyAccessible', instance.PubliclyAccessible, false)
    case 'protect_from_deletion':
      return set('DeletionProtection', instance.DeletionProtection, true)
    case 'keep_backups': {
      const kept = instance.BackupRetentionPeriod
      if (kept !== undefined && kept >= backupDays) throw already(`keeps backups for ${kept} days already`)
      return set('BackupRetentionPeriod', kept, backupDays)
    }
    case 'make_multi_az':
      return set('MultiAZ', instance.MultiAZ, true)
    case 'allow_iam':
      return set('EnableIAMDatabaseAuthentication', instance.IAMDatabaseAuthenticationEnabled, true)
    case 'rotate_certificate':
      if (newest.authority === null) throw new Failure('AWS', 'AWS names no certificate authority to change to. Nothing was changed.')
      return set('CACertificateIdentifier', instance.CACertificateIdentifier, newest.authority)
    case 'upgrade_minor':
      if (newest.minor === null) throw already(`runs ${instance.EngineVersion ?? 'a version'}, and AWS offers no newer minor version`)
      return set('EngineVersion', instance.EngineVersion, newest.minor)
    default:
      return change satisfies never
  }
}
