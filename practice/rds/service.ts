import { AwsFault, type Service } from '../api.ts'
import { type Action, type Rds, required } from './actions.ts'
import {
  describeCertificates,
  describeEngineVersions,
  describeMajorEngineVersions,
  describeOrderableOptions,
  describeParameterGroups,
  describeParameters,
} from './catalogue.ts'
import { modifyInstance } from './changed-instance.ts'
import { describeEvents } from './events.ts'
import { clusterNotFound } from './faults.ts'
import { deleteInstance, describeInstances, rebootInstance, startInstance, stopInstance } from './instance-actions.ts'
import { createInstance } from './new-instance.ts'
import { createSnapshot, deleteSnapshot, describeSnapshots } from './snapshots.ts'
import { addTags, listTags, removeTags } from './tags.ts'

/** There are no clusters in the practice cloud. */
const describeClusters: Action = async (_, _region, params) => {
  const name = params.text('DBClusterIdentifier')
  if (name !== undefined) throw clusterNotFound(name)
  return { DBClusters: { DBCluster: [] } }
}
const changeCluster: Action = async (_, _region, params) => {
  throw clusterNotFound(required(params, 'DBClusterIdentifier'))
}

const actions: Readonly<Record<string, Action>> = {
  DescribeDBInstances: describeInstances,
  CreateDBInstance: createInstance,
  ModifyDBInstance: modifyInstance,
  StopDBInstance: stopInstance,
  StartDBInstance: startInstance,
  RebootDBInstance: rebootInstance,
  DeleteDBInstance: deleteInstance,
  DescribeDBSnapshots: describeSnapshots,
  CreateDBSnapshot: createSnapshot,
  DeleteDBSnapshot: deleteSnapshot,
  DescribeEvents: describeEvents,
  DescribeDBParameters: describeParameters,
  DescribeDBParameterGroups: describeParameterGroups,
  DescribeDBEngineVersions: describeEngineVersions,
  DescribeDBMajorEngineVersions: describeMajorEngineVersions,
  DescribeOrderableDBInstanceOptions: describeOrderableOptions,
  DescribeCertificates: describeCertificates,
  DescribePendingMaintenanceActions: async () => ({ PendingMaintenanceActions: { ResourcePendingMaintenanceActions: [] } }),
  ListTagsForResource: listTags,
  AddTagsToResource: addTags,
  RemoveTagsFromResource: removeTags,
  DescribeDBClusters: describeClusters,
  StopDBCluster: changeCluster,
  StartDBCluster: changeCluster,
}

/** RDS, as far as the practice cloud has it. */
export function createRds(rds: Rds): Service {
  return {
    async call({ action, region, params }) {
      const act = Object.hasOwn(actions, action) ? actions[action] : undefined
      if (act === undefined) throw new AwsFault('InvalidAction', `Could not find operation ${action} for version 2014-10-31`)
      return act(rds, region, params)
    },
  }
}
