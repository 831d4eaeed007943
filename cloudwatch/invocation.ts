import type { LogEvent } from './event.ts'

/** `hidden error`: the function answered as if all were well, but its lines tell of a failure. `open`: no end seen yet. */
export type Outcome = 'ok' | 'hidden error' | 'failed' | 'timed out' | 'open'

/** What the page can offer against a failure: names of `Mend` in the contract. */
export type FailureMend =
  | 'load_schema'
  | 'create_database'
  | 'start_instance'
  | 'open_access'
  | 'open_instances'
  | 'open_table'
  | 'free_sessions'
export type FailureKind =
  | 'table missing'
  | 'column missing'
  | 'syntax error in the function'
  | 'module missing'
  | 'handler missing'
  | 'unbound variable'
  | 'timed out'
  | 'cannot connect'
  | 'sign-in refused'
  | 'database missing'
  | 'duplicate'
  | 'value missing'
  | 'broken SQL'
  | 'no privilege'
  | 'too many connections'
  | 'out of memory'
  | 'exception'

/** A failure as the lines of one invocation tell it. */
export interface SeenFailure {
  readonly kind: FailureKind
  /** The line that matters, out of its traceback; 500 characters at most. */
  readonly text: string
  /** The event that holds it. */
  readonly event: LogEvent
  /** One sentence: what it means, and what to do. */
  readonly sentence: string
  readonly mend: FailureMend | null
  /** A function that ended well all the same. */
  readonly hidden: boolean
}

/** One run of a Lambda function, as its lines tell it. Figures that no line told are null. */
export interface Invocation {
  /** Stays the same while lines are added before and after: the request id with the stream, or the first event of an orphan. */
  readonly key: string
  readonly requestId: string | null
  readonly stream: string
  readonly startedAt: number
  /** Null while no line tells of its end. */
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly billedMs: number | null
  readonly memorySizeMb: number | null
  readonly maxMemoryMb: number | null
  /** What the cold start took; null where the environment was warm, or where no line told. */
  readonly initMs: number | null
  readonly coldStart: boolean
  readonly outcome: Outcome
  /** False where its beginning lies before what is loaded (an orphan at the window's edge). */
  readonly hasStart: boolean
  /** In the order of CloudWatch. */
  readonly events: readonly LogEvent[]
  readonly failures: readonly SeenFailure[]
}
