import * as z from 'zod'
import { practiceFunction } from '../../preload/contract/practice.ts'
import { account } from '../cloud.ts'

/** The one function of the practice cloud: what Cognito calls after a confirmation, as the journals made it. */
export const postConfirmation = {
  name: 'cruddur-post-confirmation',
  region: 'ca-central-1',
  logGroup: '/aws/lambda/cruddur-post-confirmation',
  memoryMb: 128,
  /** Lambda's default. Below Cognito's five seconds, so that a function that hangs is told to Cognito as a time-out. */
  timeoutSeconds: 3,
} as const

export const functionArn = `arn:aws:lambda:${postConfirmation.region}:${account}:function:${postConfirmation.name}`

export const functionState = z.object({
  function: practiceFunction,
  lateIngestion: z.boolean(),
  /** When the function was last changed. */
  changedAt: z.iso.datetime(),
})
export type FunctionState = z.infer<typeof functionState>

/** The function that works, in Python and text as the journals', and tells what goes wrong. */
export const firstFunctionState = (now: Date): FunctionState => ({
  function: { failure: 'none', swallows: true, runtime: 'python', format: 'text' },
  lateIngestion: false,
  changedAt: now.toISOString(),
})

interface Runtime {
  /** The name that GetFunction tells. */
  readonly name: string
  readonly handler: string
  readonly version: string
  readonly versionArn: string
  /** Milliseconds that a cold start takes, from and to. */
  readonly initMs: readonly [number, number]
  /** MB that an environment takes at its start. */
  readonly memoryMb: number
}

export const runtimes: { readonly python: Runtime; readonly node: Runtime } = {
  python: {
    name: 'python3.12',
    handler: 'lambda_function.lambda_handler',
    version: 'python:3.12.v38',
    versionArn: `arn:aws:lambda:${postConfirmation.region}::runtime:7a7c8e1b0d3c0d6a1f1f1f6b9c1f8f1f3f0e4b1d55d4d0c2a6bb6b6d0c4f2a91`,
    initMs: [110, 260],
    memoryMb: 38,
  },
  node: {
    name: 'nodejs22.x',
    handler: 'index.handler',
    version: 'nodejs:22.v30',
    versionArn: `arn:aws:lambda:${postConfirmation.region}::runtime:e4ab553846c4e081013ff7d1d608a5358d5b956bb5b81c83c66d2a31da8f6244`,
    initMs: [140, 320],
    memoryMb: 76,
  },
}
