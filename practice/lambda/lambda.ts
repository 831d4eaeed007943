import { randomInt, randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import type { PracticeFunction } from '../../preload/contract/practice.ts'
import type { LogWriter, Store } from '../cloud.ts'
import type { FindInstance } from './database.ts'
import { createEnvironments, type Environment } from './environments.ts'
import type { Answer, TriggerEvent } from './event.ts'
import { type FunctionState, postConfirmation, runtimes } from './function.ts'
import { createNode } from './node.ts'
import { platformLines, timeOutSentence } from './platform-lines.ts'
import { createPython } from './python.ts'
import type { Handler, Uncaught } from './run.ts'

export interface FunctionChange {
  readonly function: { readonly [Name in keyof PracticeFunction]?: PracticeFunction[Name] | undefined }
  readonly lateIngestion?: boolean | undefined
}

/** The post-confirmation function and the environments in which it runs. */
export interface Lambda {
  state(): FunctionState
  /** A change of the function gives it new environments. On disk when it returns. */
  change(change: FunctionChange): Promise<void>
  /** Runs the function and answers as Lambda does; its lines are in the log then, or on their way there. Fails with CANCELLED when the cloud ends. */
  invoke(event: TriggerEvent): Promise<Answer>
  /** Ends what runs, and waits for it. */
  close(): Promise<void>
}

export interface LambdaOptions {
  readonly store: Store<FunctionState>
  readonly logs: LogWriter
  readonly find: FindInstance
  readonly timeoutSeconds?: number
}

const ended = () => new Failure('CANCELLED', 'The practice cloud ended before its function answered.')

/** How long after they were written CloudWatch takes lines in, in milliseconds from and to. */
const ingestion = { usual: [50, 250], slower: [100, 1_000], late: [5_000, 120_000], latePerCent: 4 } as const
/** The way of an answer and of the next call: no environment begins again in the millisecond in which it ended. */
const betweenCallsMs = [3, 9] as const
const between = ([from, to]: readonly [number, number]): number => randomInt(from, to + 1)

export function createLambda({ store, logs, find, timeoutSeconds = postConfirmation.timeoutSeconds }: LambdaOptions): Lambda {
  const environments = createEnvironments()
  const closing = new AbortController()
  // Every environment that starts listens here.
  setMaxListeners(0, closing.signal)
  const underWay = new Set<Promise<Answer>>()

  const outputOf = (stream: string) => {
    const { region, logGroup } = postConfirmation
    const isSlow = store.value.lateIngestion
    const usual = between(isSlow ? ingestion.slower : ingestion.usual)
    return (message: string, at: number = Date.now()): void => {
      const isLate = isSlow && randomInt(100) < ingestion.latePerCent
      logs.write(region, logGroup, stream, [{ at, message, lateMs: isLate ? between(ingestion.late) : usual }])
    }
  }

  const run = async (environment: Environment, event: TriggerEvent): Promise<Answer> => {
    const { failure, swallows, runtime: runtimeName, format } = store.value.function
    const runtime = runtimes[runtimeName]
    const lines = platformLines(format, runtimeName, timeoutSeconds)
    const handler: Handler = runtimeName === 'python' ? createPython(format) : createNode(format)
    const write = outputOf(environment.stream)
    const requestId = randomUUID()
    const now = () => new Date()
    let initMs: number | null = null
    let unloaded: Uncaught | null = null

    if (environment.state !== 'new') await pause(between(betweenCallsMs), undefined, { signal: closing.signal })
    if (environment.state !== 'warm') {
      const phase = environment.state === 'new' ? 'init' : 'invoke'
      write(lines.initStart(Date.now()))
      const begun = performance.now()
      await pause(between(runtime.initMs), undefined, { signal: closing.signal })
      if (failure === 'syntax error') unloaded = handler.load(write, now)
      const took = performance.now() - begun
      if (unloaded !== null) write(lines.initReport(Date.now(), took, phase, unloaded.type))
      // Of a start within an invocation the report tells nothing.
      else if (phase === 'init') initMs = took
      environment.memoryMb = Math.max(environment.memoryMb, runtime.memoryMb + randomInt(4))
    }
    write(lines.start(Date.now(), requestId))
    const begun = performance.now()
    const finish = (status: 'success' | 'error' | 'timeout', errorType: string | null): void => {
      const durationMs = status === 'timeout' ? timeoutSeconds * 1_000 : performance.now() - begun
      if (randomInt(4) === 0) environment.memoryMb = Math.min(environment.memoryMb + 1, postConfirmation.memoryMb)
      const end = lines.end(requestId)
      if (end !== null) write(end)
      write(lines.report(Date.now(), { requestId, durationMs, maxMemoryMb: environment.memoryMb, initMs, status, errorType }))
    }
    if (unloaded !== null) {
      environment.state = 'to start again'
      finish('error', unloaded.type)
      return { state: 'failed', ...unloaded }
    }

    const ending = new AbortController()
    const code = handler.run({
      event,
      requestId,
      failure,
      swallows,
      write: (message) => {
        if (!ending.signal.aborted) write(message)
      },
      now,
      find,
      signal: AbortSignal.any([ending.signal, closing.signal]),
    })
    const outcome = await Promise.race([
      code.then((uncaught) => ({ uncaught })),
      pause(timeoutSeconds * 1_000, 'timed out' as const, { signal: ending.signal }),
    ]).catch((error: unknown) => {
      ending.abort()
      throw error
    })
    ending.abort()
    if (outcome === 'timed out') {
      code.catch(() => {})
      environment.state = 'to start again'
      const at = Date.now()
      const sentence = lines.timedOut(at, requestId)
      if (sentence !== null) write(sentence, at)
      finish('timeout', null)
      return { state: 'timed out', message: timeOutSentence(at, requestId, timeoutSeconds) }
    }
    environment.state = 'warm'
    finish(outcome.uncaught === null ? 'success' : 'error', outcome.uncaught?.type ?? null)
    return outcome.uncaught === null ? { state: 'answered' } : { state: 'failed', ...outcome.uncaught }
  }

  return {
    state: () => store.value,
    async change({ function: made, lateIngestion }) {
      const isChanged = Object.values(made).some((value) => value !== undefined)
      // Running ones end in peace; the next invocation meets none that it could use.
      if (isChanged) environments.replace()
      const { failure, swallows, runtime, format } = made
      await store.update((state) => ({
        function: {
          failure: failure ?? state.function.failure,
          swallows: swallows ?? state.function.swallows,
          runtime: runtime ?? state.function.runtime,
          format: format ?? state.function.format,
        },
        lateIngestion: lateIngestion ?? state.lateIngestion,
        changedAt: isChanged ? new Date().toISOString() : state.changedAt,
      }))
    },
    async invoke(event) {
      if (closing.signal.aborted) throw ended()
      const environment = environments.take(Date.now())
      const running = run(environment, event).finally(() => environments.give(environment, Date.now()))
      underWay.add(running)
      try {
        return await running
      } catch (error) {
        throw closing.signal.aborted ? ended() : error
      } finally {
        underWay.delete(running)
      }
    },
    async close() {
      closing.abort()
      await Promise.allSettled(underWay)
    },
  }
}
