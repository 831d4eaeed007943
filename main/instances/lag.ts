import { type Aws, practiceProfile } from '../aws/aws.ts'
import { visibleWithinMs } from './requests.ts'

/** The practice cloud tells every change within 20 s of its own time. */
const practiceMs = 20_000
/** Other servers that speak AWS' protocols keep one truth, or a faster one. */
const elsewhereMs = 10_000
/** For the answers that are on their way. */
const leastMs = 1_000

/**
 * How long at most an answer may be older than a change, by the profile that asks. While this lasts, what an older answer could show is not
 * believed; `practiceSpeed` is how much faster than ours the practice cloud's time goes.
 */
export const createLag =
  (aws: Pick<Aws, 'isAmazon'>, practiceSpeed: () => number) =>
  (profile: string): number => {
    if (profile === practiceProfile) return Math.max(leastMs, practiceMs / practiceSpeed())
    return aws.isAmazon(profile) ? visibleWithinMs : elsewhereMs
  }
