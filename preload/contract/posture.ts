import * as z from 'zod'

/** A change of ModifyDBInstance that mends a finding. */
export const postureChange = z.enum([
  'close_public_access',
  'protect_from_deletion',
  'keep_backups',
  'make_multi_az',
  'allow_iam',
  'rotate_certificate',
  'upgrade_minor',
])
export type PostureChange = z.infer<typeof postureChange>

/** One rule of the security list, and whether this instance keeps it. `unknown` where AWS did not let it be seen: never taken for good. */
export const finding = z.object({
  rule: z.enum([
    'public-access',
    'encryption',
    'multi-az',
    'deletion-protection',
    'backups',
    'default-user',
    'iam-authentication',
    'certificate',
    'engine-end',
    'forced-tls',
    'inbound-anywhere',
    'wide-range',
    'default-port',
    'region',
    'cloudtrail',
    'guardduty',
    'managed-password',
    'minor-version',
  ]),
  title: z.string(),
  verdict: z.enum(['good', 'bad', 'unknown', 'information']),
  /** What is so, as a sentence. */
  sentence: z.string(),
  /** Why it matters, as a sentence. */
  why: z.string(),
  change: z
    .object({
      change: postureChange,
      /** The words on the button. */
      action: z.string(),
      /** What it costs or interrupts, a sentence each; an empty list needs no confirmation. */
      consequences: z.array(z.string()),
      /** It interrupts the database or those who use it: the identifier must be typed. */
      interrupts: z.boolean(),
    })
    .nullable(),
})
export type Finding = z.infer<typeof finding>
