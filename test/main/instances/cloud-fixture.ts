import { onTestFinished } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { OpenRecord, Recorder } from '../../../main/environments/changes.ts'
import type { Changing } from '../../../main/instances/changing.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { ec2Answer, queryAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'

/** XML as AWS writes it: an array repeats its element, undefined leaves it out. */
export type Tree = string | number | boolean | undefined | readonly Tree[] | { readonly [element: string]: Tree }

const markup = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

export function xml(tree: Tree): string {
  if (tree === undefined) return ''
  if (typeof tree !== 'object') return markup(String(tree))
  if (Array.isArray(tree)) return tree.map(xml).join('')
  return Object.entries(tree)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const))
    .map(([name, value]) => (value === undefined ? '' : `<${name}>${xml(value)}</${name}>`))
    .join('')
}

export const region = 'ca-central-1'
export const place = { profile: 'default', region }
export const key: InstanceKey = { ...place, kind: 'instance', identifier: 'orders' }

/** When the fixtures are looked at. */
export const now = Date.parse('2026-11-21T12:00:00Z')

/** An instance that every rule finds good. */
export const soundInstance: Readonly<Record<string, Tree>> = {
  DBInstanceIdentifier: 'orders',
  DBInstanceArn: `arn:aws:rds:${region}:123456789012:db:orders`,
  DBInstanceStatus: 'available',
  DBInstanceClass: 'db.t4g.micro',
  Engine: 'postgres',
  EngineVersion: '16.11',
  DBName: 'shop',
  MasterUsername: 'shop_owner',
  Endpoint: { Address: `orders.abc.${region}.rds.amazonaws.com`, Port: 5433 },
  AllocatedStorage: 20,
  StorageType: 'gp3',
  StorageEncrypted: true,
  PubliclyAccessible: false,
  MultiAZ: true,
  DeletionProtection: true,
  IAMDatabaseAuthenticationEnabled: true,
  BackupRetentionPeriod: 7,
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  CertificateDetails: { CAIdentifier: 'rds-ca-rsa2048-g1', ValidTill: '2027-11-20T00:00:00Z' },
  VpcSecurityGroups: { VpcSecurityGroupMembership: { VpcSecurityGroupId: 'sg-1', Status: 'active' } },
  DBParameterGroups: { DBParameterGroup: { DBParameterGroupName: 'default.postgres16', ParameterApplyStatus: 'in-sync' } },
  MasterUserSecret: { SecretArn: 'arn:aws:secretsmanager:ca-central-1:123456789012:secret:rds!db-1', SecretStatus: 'active' },
  TagList: { Tag: { Key: 'team', Value: 'shop' } },
}

export interface CloudParts {
  /** Fields of the instance; undefined leaves one out. */
  readonly instance?: Readonly<Record<string, Tree>>
  /** Security group rules; null where EC2 answers without a list. */
  readonly groupRules?: readonly Readonly<Record<string, Tree>>[] | null
  /** Null where the group does not list the parameter. */
  readonly forceSsl?: Readonly<Record<string, Tree>> | null
  /** When AWS says that standard support ends; null where it does not say. */
  readonly supportEnds?: string | null
  readonly versions?: readonly string[]
}

export const oneAddress: Readonly<Record<string, Tree>> = {
  securityGroupRuleId: 'sgr-1',
  groupId: 'sg-1',
  isEgress: false,
  ipProtocol: 'tcp',
  fromPort: 5433,
  toPort: 5433,
  cidrIpv4: '203.0.113.7/32',
}

/** An endpoint that answers as AWS with one instance, and the console's way to it. */
export async function startCloud(parts: CloudParts = {}) {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({
    endpoint: endpoint.url,
    practice: null,
    variables: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  })
  onTestFinished(() => aws.close())
  const answer = (action: string, tree: Tree) => endpoint.answer('rds', action, queryAnswer(action, xml(tree)))
  answer('DescribeDBInstances', { DBInstances: { DBInstance: { ...soundInstance, ...parts.instance } } })
  const ends = parts.supportEnds === undefined ? '2029-02-28T00:00:00Z' : parts.supportEnds
  answer('DescribeDBMajorEngineVersions', {
    DBMajorEngineVersions: {
      DBMajorEngineVersion: ['14', '16'].map((major) => ({
        Engine: 'postgres',
        MajorEngineVersion: major,
        SupportedEngineLifecycles:
          ends === null
            ? undefined
            : {
                SupportedEngineLifecycle: {
                  LifecycleSupportName: 'open-source-rds-standard-support',
                  LifecycleSupportStartDate: '2022-01-01T00:00:00Z',
                  LifecycleSupportEndDate: ends,
                },
              },
      })),
    },
  })
  const versions = (parts.versions ?? ['14.20', '16.9', '16.11']).map((version) => ({ Engine: 'postgres', EngineVersion: version }))
  answer('DescribeDBEngineVersions', { DBEngineVersions: { DBEngineVersion: versions } })
  const parameter = parts.forceSsl === undefined ? { ParameterValue: '1' } : parts.forceSsl
  answer('DescribeDBParameters', { Parameters: { Parameter: parameter === null ? [] : { ParameterName: 'rds.force_ssl', ...parameter } } })
  const rules = parts.groupRules === undefined ? [oneAddress] : parts.groupRules
  const list = rules === null ? '' : xml({ securityGroupRuleSet: { item: rules } })
  endpoint.answer('ec2', 'DescribeSecurityGroupRules', ec2Answer('DescribeSecurityGroupRules', list))
  return { endpoint, aws }
}

/** What was written to the activity log, in order. */
export function createLog() {
  const lines: string[] = []
  const recorder: Recorder = {
    open(intent): Promise<OpenRecord> {
      lines.push(`${intent.environment}: ${intent.action}, ${intent.target}, before ${intent.before ?? 'nothing'}`)
      return Promise.resolve({
        id: String(lines.length),
        done: async (after) => void lines.push(`done: ${after ?? ''}`),
        failed: async (message) => void lines.push(`failed: ${message}`),
        cancelled: async () => void lines.push('cancelled'),
      })
    },
  }
  return { lines, recorder }
}

/** The guard of an environment that is open, and who follows changes. */
export function createChanging() {
  const log = createLog()
  const followed: string[] = []
  const changing: Changing = {
    environments: { allowChange() {} },
    recorder: log.recorder,
    allow: (_, input) => input.environment,
    follow(key, action, send) {
      followed.push(`${action} ${key.identifier}`)
      return send()
    },
  }
  return { changing, followed, lines: log.lines }
}

export const call = () => ({ window: 'one', signal: new AbortController().signal })
