import { expect, test } from 'vitest'
import { namedFor } from '../../../main/access/named.ts'
import { rdsHints, resolveSources, variableSources } from '../../../main/environments/sources.ts'

const variables = { PROD_CONNECTION_URL: 'postgres://root@127.0.0.1:21499/cruddur', DB_SG_ID: 'sg-1', DB_SG_RULE_ID: 'sgr-1' }
const [prod] = resolveSources(variableSources(variables), [], [], rdsHints(variables))
const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'cruddur-db-instance' } as const

test('group and rule of the variables count for the instance that prod reaches, whose name nothing tells', () => {
  if (prod === undefined) throw new Error('There is no prod')
  const at = (port: number) => namedFor(prod.environment, { key, endpoint: { host: '127.0.0.1', port } })
  expect(at(21499)).toEqual({ securityGroup: 'sg-1', securityGroupRule: 'sgr-1' })
  expect(at(5432)).toBeNull()
  expect(namedFor(prod.environment, { key, endpoint: null })).toBeNull()
})
