import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { FollowState, HistoryItem, TailItem } from '../../preload/contract/logs.ts'
import { createStore, type Store } from '../ui/store.ts'
import { createLogStore, type LogStore } from './log-store.ts'
import { createPast, type PastState } from './past.ts'
import { holds } from './sorted-lines.ts'

/** What is followed. */
export interface TailChoice {
  readonly environment: string
  /** Null where the environment's instance stands. */
  readonly place: Place | null
  readonly groups: readonly string[]
}

/** The operations of the contract that a tail needs. */
export interface TailOperations {
  tail(
    input: { environment: string; place?: Place; groups: string[]; live: boolean },
    options: { signal: AbortSignal },
  ): Promise<AsyncIterable<TailItem>>
  history(
    input: { environment: string; place?: Place; groups: string[]; from: number; to: number; pattern: null },
    options: { signal: AbortSignal },
  ): Promise<AsyncIterable<HistoryItem>>
}

export interface TailStatus {
  /** `lost`: nothing comes at present; it is tried again, and what is loaded stays. */
  readonly connection: 'starting' | 'on' | 'lost'
  /** Why it is lost, where something said so. */
  readonly problem: unknown
  /** How following each group goes; those that told of themselves. */
  readonly states: readonly FollowState[]
  readonly paused: boolean
  /** Lines that came since the pause; null where they were too many to keep and are read anew afterwards. */
  readonly waiting: number | null
  /** How reading back goes. */
  readonly past: PastState
}

/** The lines of some log groups, kept up to date until it is closed. */
export interface Tail {
  readonly store: LogStore
  readonly status: Pick<Store<TailStatus>, 'get' | 'subscribe'>
  /** What is shown stands still; what comes meanwhile waits. */
  pause(): void
  resume(): void
  setLive(live: boolean): void
  /** Reads back to that time, in milliseconds since 1970, what is not there yet. */
  readBack(to: number): void
  stopReading(): void
  close(): void
}

/** What waits during a pause at most. */
const waitingLines = 50_000
const waitingCharacters = 10_000_000

type Lines = Extract<TailItem, { events: unknown }>

/** Milliseconds before the next attempt. */
export type BackOff = (attempt: number) => number

export function createTail(
  operations: TailOperations,
  choice: TailChoice,
  options: { live: boolean; backTo: number; backOff: BackOff },
): Tail {
  const { environment, place } = choice
  const target = { environment, ...(place === null ? {} : { place }) }
  const store = createLogStore()
  /** Up to when each group's lines in the store are whole. */
  const known = new Map<string, number>()
  const states = new Map<string, FollowState>()
  let live = options.live
  let session = new AbortController()
  let queue: Lines[] = []
  let queuedCharacters = 0
  const queuedIds = new Set<string>()

  const past = createPast({
    read: (range, signal) =>
      operations.history({ ...target, groups: [range.group], from: range.from, to: range.to, pattern: null }, { signal }),
    add: store.addPast,
    onChange: (state) => change({ past: state }),
    backTo: options.backTo,
  })
  const status = createStore<TailStatus>({
    connection: 'starting',
    problem: null,
    states: [],
    paused: false,
    waiting: 0,
    past: past.state(),
  })
  const change = (to: Partial<TailStatus>) => status.set({ ...status.get(), ...to })

  const apply = (item: Lines) => {
    if (item.type === 'events') return store.add(item.group, item.events)
    const whole = known.get(item.group)
    store.replaceFrom(item.group, item.from, item.events)
    if (whole !== undefined) return past.fill(item.group, whole, item.from)
    // Until a state tells more, what comes after the window's beginning may be lost with the line.
    known.set(item.group, item.from)
    past.begin(item.group, item.from)
  }

  const wait = (item: Lines) => {
    const { waiting } = status.get()
    if (waiting === null) return
    queue.push(item)
    queuedCharacters += charactersOf(item.events)
    // A window brings again what is shown, or waits already.
    for (const event of item.events) if (!holds(store.lines, event)) queuedIds.add(`${item.group} ${event.id}`)
    if (queuedIds.size <= waitingLines && queuedCharacters <= waitingCharacters) return change({ waiting: queuedIds.size })
    queue = []
    queuedIds.clear()
    change({ waiting: null })
  }

  const noteState = (state: FollowState) => {
    states.set(state.group, state)
    if (!status.get().paused && state.completeUpTo !== null) known.set(state.group, state.completeUpTo)
    change({ states: choice.groups.flatMap((group) => states.get(group) ?? []) })
  }

  const take = (item: TailItem) => {
    if (item.type === 'state') noteState(item.state)
    else if (status.get().paused) wait(item)
    else apply(item)
  }

  const listen = async (signal: AbortSignal) => {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      let problem: unknown = null
      try {
        for await (const item of await operations.tail({ ...target, groups: [...choice.groups], live }, { signal })) {
          if (signal.aborted) return
          attempt = 0
          if (status.get().connection !== 'on') change({ connection: 'on', problem: null })
          take(item)
        }
      } catch (error) {
        problem = error
      }
      if (signal.aborted) return
      change({ connection: 'lost', problem })
      await new Promise((resolve) => {
        setTimeout(resolve, options.backOff(attempt))
      })
    }
  }
  const start = () => {
    session.abort()
    session = new AbortController()
    void listen(session.signal)
  }
  start()

  return {
    store,
    status,
    pause() {
      if (!status.get().paused) change({ paused: true, waiting: 0 })
    },
    resume() {
      const { paused, waiting } = status.get()
      if (!paused) return
      const waited = queue
      queue = []
      queuedCharacters = 0
      queuedIds.clear()
      change({ paused: false, waiting: 0 })
      if (waiting === null) return start()
      for (const item of waited) apply(item)
      for (const state of states.values()) noteState(state)
    },
    setLive(next) {
      if (next === live) return
      live = next
      start()
    },
    readBack: past.readBack,
    stopReading: past.stop,
    close() {
      session.abort()
      past.close()
    },
  }
}

function charactersOf(events: readonly LogEvent[]): number {
  let sum = 0
  for (const { message } of events) sum += message.length
  return sum
}
