import { setTimeout as pause } from 'node:timers/promises'
import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { readRules } from './look.ts'

/** How long is waited: AWS shows a change after a while, and lets it work after a while more. Milliseconds. */
export interface Patience {
  /** The waits before each look at what AWS says. */
  readonly looks: readonly number[]
  /** For the database to answer. */
  readonly answer: number
  /** The waits before each attempt to settle what was left half-way; the last one for ever. */
  readonly retries: readonly number[]
}

export const patient: Patience = {
  looks: [0, 300, 700, 1000, 2000, 3000, 4000, 5000, 6000, 8000],
  answer: 12_000,
  retries: [5000, 10_000, 20_000, 40_000, 60_000],
}

/**
 * Looks at the rules of the groups until `found` gives a value; null where patience ended. EC2 shows a change after a while only. Fails as the
 * last look did, CANCELLED where the signal ended it.
 */
export async function awaitRules<T>(
  { aws, patience }: { readonly aws: Aws; readonly patience: Patience },
  { profile, region }: InstanceKey,
  groups: readonly string[],
  found: (rules: readonly SecurityGroupRule[]) => T | null,
  signal?: AbortSignal,
): Promise<T | null> {
  let failure: unknown = null
  for (const wait of patience.looks) {
    await pause(wait, undefined, { signal }).catch(() => {
      throw new Failure('CANCELLED', 'Basepair was ended meanwhile.')
    })
    try {
      const value = found(await readRules(aws, { profile, region }, groups))
      if (value !== null) return value
      failure = null
    } catch (error) {
      failure = error
    }
  }
  if (failure !== null) throw failure
  return null
}
