import type { Finding, PostureChange } from '../../../preload/contract/posture.ts'

/** What a rule says of one instance. `change` is what would mend it. */
export interface Judgement {
  readonly verdict: Finding['verdict']
  readonly sentence: string
  readonly change?: PostureChange
}
