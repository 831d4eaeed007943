import { account } from '../cloud.ts'
import type { DbEvent, DbInstance } from './state.ts'

export const instanceArn = (region: string, identifier: string): string => `arn:aws:rds:${region}:${account}:db:${identifier}`
export const snapshotArn = (region: string, identifier: string): string => `arn:aws:rds:${region}:${account}:snapshot:${identifier}`

/** The events of RDS by their number, in its words. Source: Amazon RDS User Guide, "Amazon RDS event categories and event messages". */
const events = {
  'RDS-EVENT-0001': { message: 'Backing up DB instance', category: 'backup' },
  'RDS-EVENT-0002': { message: 'Finished DB Instance backup', category: 'backup' },
  'RDS-EVENT-0003': { message: 'DB instance deleted', category: 'deletion' },
  'RDS-EVENT-0004': { message: 'DB instance shutdown', category: 'availability' },
  'RDS-EVENT-0005': { message: 'DB instance created', category: 'creation' },
  'RDS-EVENT-0006': { message: 'DB instance restarted', category: 'availability' },
  'RDS-EVENT-0014': { message: 'Finished applying modification to DB instance class', category: 'configuration change' },
  'RDS-EVENT-0016': { message: 'Reset master credentials', category: 'configuration change' },
  'RDS-EVENT-0031': { message: 'The DB instance could not be started', category: 'failure' },
  'RDS-EVENT-0042': { message: 'Manual snapshot created', category: 'creation' },
  'RDS-EVENT-0087': { message: 'DB instance stopped', category: 'notification' },
  'RDS-EVENT-0088': { message: 'DB instance started', category: 'notification' },
  'RDS-EVENT-0154': {
    message: 'DB instance is being started due to it exceeding the maximum allowed time being stopped.',
    category: 'notification',
  },
} as const
export type EventId = keyof typeof events

export function eventOf(id: EventId, { region, identifier }: DbInstance, at: Date, snapshot?: string): DbEvent {
  const { message, category } = events[id]
  const kind = snapshot === undefined ? 'db-instance' : 'db-snapshot'
  return {
    region,
    source: snapshot ?? identifier,
    kind,
    arn: snapshot === undefined ? instanceArn(region, identifier) : snapshotArn(region, snapshot),
    message,
    categories: [category],
    at: at.toISOString(),
  }
}
