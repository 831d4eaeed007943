import type { Reach } from '../../preload/contract/access.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import type { SignInCloud } from './iam-token.ts'
import { type InstanceAnswer, readInstance } from './instance-said.ts'
import { type ReachAnswer, readNetwork } from './network-said.ts'

/** What the console may ask of AWS about an environment. */
export interface Cloud extends Pick<SignInCloud, 'databaseToken'> {
  /** Null where the environment names none; fails as AWS does. */
  instanceOf(environment: Environment, signal: AbortSignal): Promise<InstanceRow | null>
  reachOf(environment: Environment, signal: AbortSignal): Promise<Reach>
}

/** AWS' answers about one environment; a failure is an answer too. */
export interface CloudAnswers {
  readonly instance: Promise<InstanceAnswer>
  readonly reach: Promise<ReachAnswer>
}

/** Asks both questions at once. */
export function askCloud(cloud: Pick<Cloud, 'instanceOf' | 'reachOf'>, environment: Environment, signal: AbortSignal): CloudAnswers {
  return {
    instance: cloud.instanceOf(environment, signal).catch(asAnswer),
    reach: cloud.reachOf(environment, signal).catch(asAnswer),
  }
}

function asAnswer(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

/** What AWS knows is used for so long, in milliseconds: many screens may fail in the same moment. */
const keptMs = 3_000
/** An error is told after so long, with what AWS has said by then. */
const patienceMs = 4_000

/** The answer, or `late` once so many milliseconds have passed. */
export function inTime<T>(answer: Promise<T>, ms: number, late: Failure): Promise<T | Failure> {
  const { promise, resolve } = Promise.withResolvers<Failure>()
  const timer = setTimeout(() => resolve(late), ms)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}

/**
 * Tells why an environment on RDS cannot be reached, instead of a bare time-out: its instance is stopped, or no rule lets this machine
 * in. Where AWS does not say, the failure stays as it was.
 */
export function createExplainer(cloud: Cloud, get: (id: string) => Environment) {
  const kept = new Map<string, { readonly at: number; readonly answers: CloudAnswers }>()

  const answersFor = (environment: Environment): CloudAnswers => {
    const before = kept.get(environment.id)
    if (before !== undefined && Date.now() - before.at < keptMs) return before.answers
    const answers = askCloud(cloud, environment, AbortSignal.timeout(10_000))
    kept.set(environment.id, { at: Date.now(), answers })
    return answers
  }

  return async function explain(id: string, failure: Failure): Promise<Failure> {
    // A time limit that passed says something about a statement.
    if (failure.code !== 'UNREACHABLE') return failure
    const environment = get(id)
    if (environment.rds === undefined) return failure
    const answers = answersFor(environment)
    const late = new Failure('TIMEOUT', 'AWS has not answered yet.')
    const [instance, reach] = await Promise.all([inTime(answers.instance, patienceMs, late), inTime(answers.reach, patienceMs, late)])
    const said = readInstance(environment, instance)
    const stands = said.kind === 'running' || said.kind === 'unknown'
    if (stands && reach instanceof Failure) return failure
    const { sentence, source, mend } = stands ? readNetwork(environment, failure, instance, reach) : said
    return new Failure('UNREACHABLE', sentence, {
      ...(failure.data?.source && source !== null ? { source: failure.data.source } : {}),
      ...(mend === null ? {} : { mend }),
    })
  }
}
