import type { X509Certificate } from 'node:crypto'
import type { Params, Tree } from '../api.ts'
import type { Firewall } from '../cloud.ts'
import { missing } from './faults.ts'
import type { RdsFleet } from './fleet.ts'
import { renderInstance } from './render.ts'
import type { DbInstance, RdsState } from './state.ts'

/** What the actions of RDS work on. */
export interface Rds {
  readonly fleet: RdsFleet
  readonly state: () => RdsState
  readonly now: () => Date
  readonly firewall: Firewall
  /** The authority that signs the instances' certificates. */
  readonly authority: X509Certificate
}

export type Action = (rds: Rds, region: string, params: Params) => Promise<Tree>

/** A parameter that must be there. */
export function required(params: Params, name: string): string {
  const value = params.text(name)
  if (value === undefined || value === '') throw missing(name)
  return value
}

/** Names come as they are or as the last part of an ARN, in any case. */
export const bareName = (text: string): string => text.replace(/^arn:aws:rds:[^:]*:[^:]*:[^:]*:/, '').toLowerCase()

/** The instance that the call names. */
export function named(rds: Rds, region: string, params: Params): DbInstance {
  return rds.fleet.find(region, bareName(required(params, 'DBInstanceIdentifier')))
}

/** The answer of an action that changed an instance. */
export async function told(rds: Rds, instance: DbInstance): Promise<Tree> {
  return { DBInstance: renderInstance(instance, await rds.fleet.machine(instance).certificateEnds(), rds.now()) }
}
