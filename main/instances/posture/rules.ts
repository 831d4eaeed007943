import type { Finding, PostureChange } from '../../../preload/contract/posture.ts'
import { engineName } from '../details.ts'
import { majorOf } from '../engine-support.ts'
import { type Evidence, soonMs } from './evidence.ts'
import type { Judgement } from './judgement.ts'
import { inboundAnywhere, wideRange } from './network.ts'

interface Rule {
  readonly title: string
  readonly why: string
  /** Never `good` without proof: what AWS did not say is `unknown`. */
  judge(evidence: Evidence): Judgement
}

const dayMs = 24 * 60 * 60_000

/** A field of AWS that is on or off. */
function flag(
  value: boolean | undefined,
  wanted: boolean,
  words: Readonly<Record<'on' | 'off' | 'field', string>>,
  change?: PostureChange,
): Judgement {
  if (value === undefined) return { verdict: 'unknown', sentence: `AWS did not say ${words.field}.` }
  const sentence = value ? words.on : words.off
  if (value === wanted) return { verdict: 'good', sentence }
  return { verdict: 'bad', sentence, ...(change === undefined ? {} : { change }) }
}

const defaultUsers: ReadonlySet<string> = new Set(['root', 'postgres', 'admin', 'administrator', 'master', 'mysql', 'sa', 'user'])
const defaultPorts: Readonly<Record<string, number>> = {
  postgres: 5432,
  'aurora-postgresql': 5432,
  mysql: 3306,
  'aurora-mysql': 3306,
  mariadb: 3306,
}

const days = (from: number, till: number): number => Math.floor((till - from) / dayMs)
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Every rule of the security list, in the order in which the page shows them. */
export const rules: Readonly<Record<Finding['rule'], Rule>> = {
  'public-access': {
    title: 'Public access',
    why: 'With a public address, only the security groups stand between the internet and the database.',
    judge: ({ instance }) =>
      flag(
        instance.PubliclyAccessible,
        false,
        { on: 'It has a public address.', off: 'It is reached from its own network only.', field: 'whether it is publicly accessible' },
        'close_public_access',
      ),
  },
  'inbound-anywhere': {
    title: 'Inbound from anywhere',
    why: 'A rule for everybody invites everybody to try passwords and to use the next hole in the server.',
    judge: inboundAnywhere,
  },
  'wide-range': {
    title: 'Wide ranges',
    why: 'Whoever shares the range, the group or the open ports gets as far as the password.',
    judge: wideRange,
  },
  encryption: {
    title: 'Encryption at rest',
    why: 'Without it, disks, snapshots and backups can be read by whoever gets hold of them.',
    judge: ({ instance }) =>
      flag(instance.StorageEncrypted, true, {
        on: 'Its storage is encrypted.',
        off: 'Its storage is not encrypted. AWS cannot change that in place: copy a snapshot with a key, and restore that.',
        field: 'whether the storage is encrypted',
      }),
  },
  'forced-tls': {
    title: 'Forced TLS',
    why: 'Where the server takes plain connections too, a client that forgets TLS sends everything readable.',
    judge: forcedTls,
  },
  certificate: {
    title: "Certificate's end",
    why: 'Once it has ended, every client that verifies the server refuses to connect.',
    judge: certificate,
  },
  'deletion-protection': {
    title: 'Deletion protection',
    why: 'Without it, one call deletes the instance with all its data.',
    judge: ({ instance }) =>
      flag(
        instance.DeletionProtection,
        true,
        { on: 'It is protected from deletion.', off: 'It can be deleted by one call.', field: 'whether it is protected from deletion' },
        'protect_from_deletion',
      ),
  },
  backups: { title: 'Backups', why: 'Without automated backups there is no way back after a loss or a mistake.', judge: backups },
  'multi-az': {
    title: 'Multi-AZ',
    why: 'With a standby in another zone, the database survives the loss of one.',
    judge: ({ instance }) =>
      flag(
        instance.MultiAZ,
        true,
        { on: 'It has a standby in another zone.', off: 'It stands in one zone only.', field: 'whether it is Multi-AZ' },
        'make_multi_az',
      ),
  },
  'default-user': { title: 'Master user', why: 'A name that everybody knows is half of the sign-in.', judge: defaultUser },
  'iam-authentication': {
    title: 'IAM authentication',
    why: 'Tokens of fifteen minutes take the place of passwords that live for years.',
    judge: ({ instance }) =>
      flag(
        instance.IAMDatabaseAuthenticationEnabled,
        true,
        {
          on: 'Users can sign in with IAM tokens.',
          off: 'Users can sign in with passwords only.',
          field: 'whether IAM authentication is on',
        },
        'allow_iam',
      ),
  },
  'managed-password': {
    title: 'Managed password',
    why: 'Secrets Manager keeps the master password out of files and changes it regularly.',
    judge: managedPassword,
  },
  'engine-end': { title: "Engine's end", why: 'After the end, holes stay open, and AWS charges Extended Support.', judge: engineEnd },
  'minor-version': { title: 'Minor version', why: 'Minor versions close the holes that have become known.', judge: minorVersion },
  region: { title: 'Region', why: 'Data that stands in another region than intended may break the law or a promise.', judge: region },
  'default-port': {
    title: 'Default port',
    why: 'Another port keeps away those who try default ports only; it protects from nobody else.',
    judge({ instance }) {
      const port = instance.Endpoint?.Port
      const usual = defaultPorts[instance.Engine ?? '']
      if (port === undefined || usual === undefined) return { verdict: 'unknown', sentence: 'AWS did not say on which port it listens.' }
      if (port === usual) return { verdict: 'information', sentence: `It listens on ${port}, the default of its engine.` }
      return { verdict: 'good', sentence: `It listens on ${port}, not on the default of its engine.` }
    },
  },
  cloudtrail: {
    title: 'CloudTrail',
    why: 'CloudTrail keeps who asked AWS for what, which nothing else does.',
    judge: () => ({
      verdict: 'unknown',
      sentence: 'Basepair does not ask CloudTrail. Look whether a trail of all regions is on in the account.',
    }),
  },
  guardduty: {
    title: 'GuardDuty',
    why: 'GuardDuty tells of sign-ins to the database that are out of the ordinary.',
    judge: () => ({
      verdict: 'unknown',
      sentence: 'Basepair does not ask GuardDuty. Look whether it is on in this region, with RDS protection.',
    }),
  },
}

function backups({ instance }: Evidence): Judgement {
  const kept = instance.BackupRetentionPeriod
  if (kept === undefined) return { verdict: 'unknown', sentence: 'AWS did not say how long backups are kept.' }
  if (kept === 0) return { verdict: 'bad', sentence: 'Automated backups are off.', change: 'keep_backups' }
  return { verdict: 'good', sentence: `Automated backups are kept for ${kept === 1 ? 'one day' : `${kept} days`}.` }
}

function defaultUser({ instance }: Evidence): Judgement {
  const user = instance.MasterUsername
  if (user === undefined) return { verdict: 'unknown', sentence: 'AWS did not say what its master user is called.' }
  if (!defaultUsers.has(user.toLowerCase())) return { verdict: 'good', sentence: `Its master user ${user} is not one of the usual names.` }
  return {
    verdict: 'bad',
    sentence: `Its master user is called ${user}. AWS cannot rename it: sign in as another role, and keep it for emergencies.`,
  }
}

function certificate({ instance, newestAuthority, now }: Evidence): Judgement {
  const till = instance.CertificateDetails?.ValidTill
  const authority = instance.CertificateDetails?.CAIdentifier ?? instance.CACertificateIdentifier
  const named = authority === undefined ? '' : ` (${authority})`
  // Where there is no newer authority, AWS renews the certificate from the same one by itself.
  const same = newestAuthority.known && newestAuthority.value === authority
  const bad = (sentence: string): Judgement =>
    same
      ? { verdict: 'bad', sentence: `${sentence} AWS renews it from the same authority, in a maintenance window or after a restart.` }
      : { verdict: 'bad', sentence, change: 'rotate_certificate' }
  // The root of 2019 ended in August 2024 and took with it every certificate that it had signed.
  if (authority === 'rds-ca-2019' || (till !== undefined && till.getTime() <= now)) return bad(`Its certificate${named} has ended.`)
  if (till === undefined) return { verdict: 'unknown', sentence: `AWS did not say until when its certificate${named} is valid.` }
  const left = days(now, till.getTime())
  if (left * dayMs < soonMs) return bad(`Its certificate${named} ends on ${dayOf(till)}, in ${left} days.`)
  return { verdict: 'good', sentence: `Its certificate${named} is valid until ${dayOf(till)}.` }
}

function engineEnd({ instance, support, now }: Evidence): Judgement {
  if (instance.Engine === undefined || instance.EngineVersion === undefined)
    return { verdict: 'unknown', sentence: 'AWS did not say which engine it runs.' }
  const name = `${engineName(instance.Engine)} ${majorOf(instance.Engine, instance.EngineVersion)}`
  const { standardEndsAt, communityEndsAt, said } = support
  const today = new Date(now).toISOString().slice(0, 10)
  const mend = 'Upgrade to a newer major version.'
  if (standardEndsAt !== null && standardEndsAt < today)
    return { verdict: 'bad', sentence: `Standard support of ${name} ended on ${standardEndsAt}. ${mend}` }
  if (communityEndsAt !== null && communityEndsAt < today) {
    const rest = standardEndsAt === null ? '' : ` AWS supports it until ${standardEndsAt}.`
    return {
      verdict: 'bad',
      sentence: `${name} reached its end of life on ${communityEndsAt}: it gets no fixes from its makers.${rest} ${mend}`,
    }
  }
  if (standardEndsAt === null) return { verdict: 'unknown', sentence: `AWS did not say when standard support of ${name} ends.` }
  const left = days(now, Date.parse(standardEndsAt))
  if (left * dayMs < soonMs)
    return { verdict: 'bad', sentence: `Standard support of ${name} ends on ${standardEndsAt}, in ${left} days. ${mend}` }
  if (said !== 'by AWS')
    return {
      verdict: 'unknown',
      sentence: `By the built-in calendar, standard support of ${name} ends on ${standardEndsAt}. AWS did not say so itself.`,
    }
  return { verdict: 'good', sentence: `AWS supports ${name} until ${standardEndsAt}.` }
}

function forcedTls({ forcedTls: setting, instance }: Evidence): Judgement {
  if (!setting.known) return { verdict: 'unknown', sentence: setting.reason }
  const { value, applied } = setting.value
  if (applied !== 'in-sync') {
    const state = applied === null ? 'AWS did not say whether its parameter group is in sync' : `Its parameter group is ${applied}`
    return { verdict: 'unknown', sentence: `${state}, so what the server does now is not known.` }
  }
  // The default of rds.force_ssl is 1 from PostgreSQL 15 on, and 0 before.
  const postgres = (instance.Engine ?? '').includes('postgres')
  const major = Number(majorOf('postgres', instance.EngineVersion ?? ''))
  const effective = value ?? (postgres && major >= 15 ? '1' : postgres && major > 0 ? '0' : null)
  if (effective === null) return { verdict: 'unknown', sentence: 'Its parameter group does not say whether TLS is forced.' }
  if (['1', 'on', 'true'].includes(effective.toLowerCase()))
    return { verdict: 'good', sentence: 'The server takes connections with TLS only.' }
  if (!['0', 'off', 'false'].includes(effective.toLowerCase()))
    return { verdict: 'unknown', sentence: `Its parameter group says ${effective} of forced TLS, which Basepair does not know.` }
  return {
    verdict: 'bad',
    sentence: `The server takes connections without TLS too. Set ${postgres ? 'rds.force_ssl' : 'require_secure_transport'} to 1 in its parameter group.`,
  }
}

function managedPassword({ instance }: Evidence): Judgement {
  const secret = instance.MasterUserSecret
  if (secret === undefined)
    return {
      verdict: 'information',
      sentence: 'Secrets Manager does not keep the master password: whoever set it has to keep and change it.',
    }
  const arn = secret.SecretArn ?? 'a secret that AWS does not name'
  if (secret.SecretStatus === 'active') return { verdict: 'good', sentence: `Secrets Manager keeps the master password: ${arn}.` }
  if (secret.SecretStatus === 'impaired')
    return { verdict: 'bad', sentence: `Secrets Manager cannot change the master password any more (impaired): ${arn}.` }
  return {
    verdict: 'unknown',
    sentence: `The secret of the master password is ${secret.SecretStatus ?? 'in no state that AWS says'}: ${arn}.`,
  }
}

function minorVersion({ newerMinor, instance }: Evidence): Judgement {
  if (instance.EngineVersion === undefined) return { verdict: 'unknown', sentence: 'AWS did not say which version it runs.' }
  if (!newerMinor.known) return { verdict: 'unknown', sentence: newerMinor.reason }
  if (newerMinor.value === null)
    return { verdict: 'good', sentence: `${instance.EngineVersion} is the newest minor version that AWS offers.` }
  return { verdict: 'bad', sentence: `It runs ${instance.EngineVersion}; AWS offers ${newerMinor.value}.`, change: 'upgrade_minor' }
}

function region({ instance, key }: Evidence): Judgement {
  const said = /^arn:[^:]+:rds:([^:]+):/.exec(instance.DBInstanceArn ?? '')?.[1]
  if (said === undefined) return { verdict: 'unknown', sentence: 'AWS did not say in which region it stands.' }
  if (said === key.region) return { verdict: 'good', sentence: `It stands in ${said}, as configured.` }
  return { verdict: 'bad', sentence: `It stands in ${said}, but ${key.region} is configured.` }
}
