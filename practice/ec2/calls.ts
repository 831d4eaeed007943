import type { Params, Tree } from '../api.ts'
import type { RegionState } from './state.ts'

/** One call of EC2 in one region. */
export interface Ec2Call {
  readonly region: string
  readonly state: RegionState
  readonly params: Params
}

/** A call that only looks. */
export type Look = (call: Ec2Call) => Tree

/** A call that changes the region: what it is afterwards, and the answer. */
export type Change = (call: Ec2Call) => { readonly next: RegionState; readonly answer: Tree }
