import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { FollowState, HistoryItem } from '../../preload/contract/logs.ts'

/** One log group at AWS. */
export interface Source {
  readonly place: Place
  readonly group: string
}

export type Followed =
  /** The first: everything that is known from `from` on. Before it the past is complete and stays as it is. */
  | { readonly type: 'window'; readonly from: number; readonly events: readonly LogEvent[] }
  | { readonly type: 'events'; readonly events: readonly LogEvent[] }
  | { readonly type: 'state'; readonly state: FollowState }

export interface FollowOptions {
  /** Joins a session of Live Tail. */
  readonly live: boolean
  /** Milliseconds between two looks; the shortest that anybody asks for counts. Never less than a second. */
  readonly everyMs: number
  readonly signal: AbortSignal
}

export interface Range {
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** CloudWatch's filter pattern; null finds everything. */
  readonly pattern: string | null
}

/** Every look at log groups goes through here, so that those of several windows are one. */
export interface LogHub {
  /** Follows a group until the signal ends it. What fails is told in the state; following goes on. */
  follow(source: Source, options: FollowOptions): AsyncGenerator<Followed, void>
  /** The past, the newest first. A group that does not exist has none. Fails as AWS does. */
  history(source: Source, range: Range, signal: AbortSignal): AsyncGenerator<HistoryItem, void>
  /** After the machine slept or the network changed: looks at once. */
  wake(): void
  close(): void
}
