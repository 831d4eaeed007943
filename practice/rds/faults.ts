import { AwsFault } from '../api.ts'

/** The refusals of RDS, in its words. */
export const notFound = (identifier: string) => new AwsFault('DBInstanceNotFound', `DBInstance ${identifier} not found.`, 404)
export const snapshotNotFound = (identifier: string) => new AwsFault('DBSnapshotNotFound', `DBSnapshot ${identifier} not found.`, 404)
export const clusterNotFound = (identifier: string) => new AwsFault('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`, 404)
export const wrongState = (message: string) => new AwsFault('InvalidDBInstanceState', message)
export const wrongValue = (message: string) => new AwsFault('InvalidParameterValue', message)
export const wrongCombination = (message: string) => new AwsFault('InvalidParameterCombination', message)
export const missing = (name: string) => new AwsFault('MissingParameter', `The request must contain the parameter ${name}.`)
