import { inspect } from 'node:util'
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { expect, onTestFinished } from 'vitest'
import type { Aws, AwsCall } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { usualLimits } from '../../../main/aws/http-handler.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import { type AwsEndpoint, queryAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'

export const region = 'ca-central-1'
export const place = { profile: 'default', region }
export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE'
const secretAccessKey = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00'
export const sessionToken = `IQoJb3JpZ2luX2VjE${'aBcDeFgHiJ/+'.repeat(20)}==`
export const variables = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken }
/** Short enough for a test; the order of the limits is that of the usual ones. */
export const limits = { ...usualLimits, connectMs: 400, callMs: 1500 }

interface Stage {
  readonly endpoint: AwsEndpoint
  readonly aws: Aws
}

export async function stage(callMs = limits.callMs): Promise<Stage> {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables }, { ...limits, callMs })
  onTestFinished(() => aws.close())
  return { endpoint, aws }
}

export const list = (aws: Aws, more: Partial<AwsCall> = {}) =>
  aws.rds({ place, what: 'list the instances', ...more }, (client, options) => client.send(new DescribeDBInstancesCommand({}), options))

/** The failure that a call ends with; it holds no key, in whatever way it is looked at. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const failure = await promise.then(
    (value) => expect.fail(`It gave ${inspect(value)}.`),
    (error: unknown) => error,
  )
  if (!(failure instanceof Failure)) throw failure
  const whole = `${inspect(failure, { depth: 20, showHidden: true })}${JSON.stringify(failure)}${failure.stack}`
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) expect(whole).not.toContain(secret)
  return failure
}

const instance = '<DBInstances><DBInstance><DBInstanceIdentifier>cruddur-db-instance</DBInstanceIdentifier></DBInstance></DBInstances>'
export const well = queryAnswer('DescribeDBInstances', instance)
/** What a hotel's network answers instead of the server that was asked. */
export const portal = '<!DOCTYPE html><html><head><title>Hotel</title></head><body>Sign in</body></html>'
export const html = { 'content-type': 'text/html' }
