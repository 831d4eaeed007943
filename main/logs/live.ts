import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs'
import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { FollowState } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import { listed } from '../aws/pages.ts'
import { type Clock, passed } from '../data/clock.ts'
import { problemOfLook } from './follow-state.ts'
import type { Source } from './hub.ts'
import { readEvent } from './read-event.ts'

/** CloudWatch ends a session after so long. */
const sessionMs = 3 * 60 * 60_000
const longestMs = 60_000
/** A page may be empty before the end; so many are read to find the group. */
const mostPages = 5

export type LiveState = NonNullable<FollowState['live']>

/** How long sessions have lasted since the console started, in milliseconds: AWS bills them by the minute. */
export interface LiveUse {
  ms: number
}

export interface LiveDeps {
  readonly aws: Pick<Aws, 'logs'>
  readonly clock: Clock
  readonly use: LiveUse
  readonly log: (text: string) => void
  /** What CloudWatch sent; some may come again by a look. */
  readonly brought: (events: readonly Omit<LogEvent, 'id'>[]) => void
  readonly changed: () => void
}

/** A session of Live Tail over one group. It may leave out what it likes: it is a help to the looks, never in their place. */
export function createLive({ aws, clock, use, log, brought, changed }: LiveDeps, { place, group }: Source) {
  let session: AbortController | null = null
  let begunAt: number | null = null
  let state: Omit<LiveState, 'minutes'> = { state: 'starting', sampled: false, endsAt: null, problem: null }

  const become = (next: Partial<typeof state>) => {
    const before = JSON.stringify(state)
    state = { ...state, ...next }
    if (JSON.stringify(state) !== before) changed()
  }
  const count = () => {
    if (begunAt === null) return
    use.ms += clock.now() - begunAt
    begunAt = clock.now()
  }

  /** Live Tail takes groups by their ARN, without the `:*` that stands behind the older one. */
  const findArn = async (signal: AbortSignal): Promise<string> => {
    const what = `find the log group ${group}`
    const { DescribeLogGroupsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    let nextToken: string | undefined
    // The group itself comes before all whose names begin with its own.
    for (let page = 0; page < mostPages; page++) {
      const answer = await aws.logs({ place, what, signal, background: true }, (client, options) =>
        client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group, nextToken }), options),
      )
      const found = listed(answer.logGroups, what).find(({ logGroupName }) => logGroupName === group)
      const arn = found?.logGroupArn ?? found?.arn?.replace(/:\*$/, '')
      if (arn !== undefined) return arn
      nextToken = answer.nextToken
      if (nextToken === undefined || nextToken === '') break
    }
    throw new Failure('GONE', `Live Tail waits for the log group ${group}, which is not there yet.`)
  }

  const open = async (signal: AbortSignal): Promise<AsyncIterable<StartLiveTailResponseStream>> => {
    const logGroupIdentifiers = [await findArn(signal)]
    const { StartLiveTailCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    const what = `start Live Tail of ${group}`
    const { responseStream } = await aws.logs({ place, what, signal }, (client, options) =>
      client.send(new StartLiveTailCommand({ logGroupIdentifiers }), options),
    )
    if (responseStream === undefined) throw new Failure('NOT_AWS', `Basepair could not ${what}: the answer is no stream.`)
    return responseStream
  }

  /** One session, from its start to its end. Fails as AWS does, or with what CloudWatch says within the stream. */
  const follow = async (signal: AbortSignal): Promise<void> => {
    const stream = await open(signal)
    begunAt = clock.now()
    try {
      for await (const { sessionStart, sessionUpdate } of stream) {
        if (signal.aborted) return
        count()
        if (sessionStart !== undefined) become({ state: 'on', endsAt: clock.now() + sessionMs, problem: null })
        if (sessionUpdate === undefined) continue
        const events = (sessionUpdate.sessionResults ?? []).map((one) => readEvent(one, `follow ${group} by Live Tail`))
        if (events.length > 0) brought(events)
        become({ state: 'on', sampled: sessionUpdate.sessionMetadata?.sampled === true })
      }
    } finally {
      count()
      begunAt = null
    }
  }

  /** True where another session may be started by itself. */
  const ended = (error: unknown): boolean => {
    if (error instanceof Error && error.name === 'SessionTimeoutException') {
      become({ state: 'ended', sampled: false, endsAt: null, problem: null })
      return false
    }
    // What comes within the stream is of the SDK's own making; nothing of it is shown.
    const within = error instanceof Error && !(error instanceof Failure)
    const cut = new Failure('LOST', `Live Tail of ${group} was cut off. It is started again; the looks go on meanwhile.`)
    const problem = problemOfLook(within ? cut : error, `start Live Tail of ${group}`, log)
    const refused = /^(INVALID|FORBIDDEN|WRONG_STATE|AWS|INTERNAL)$/.test(problem.code)
    become({ state: refused ? 'refused' : 'starting', sampled: false, endsAt: null, problem })
    return !refused
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    for (let failures = 0; !signal.aborted; failures++) {
      const startedAt = clock.now()
      try {
        await follow(signal)
        become({ state: 'starting', sampled: false, endsAt: null })
      } catch (error) {
        if (signal.aborted || !ended(error)) return
      }
      if (clock.now() - startedAt > longestMs) failures = 0
      await passed(clock, Math.min(longestMs, 2_000 * 2 ** failures), signal)
    }
  }

  const begin = () => {
    session?.abort()
    const mine = new AbortController()
    session = mine
    become({ state: 'starting', sampled: false, endsAt: null, problem: null })
    run(mine.signal).catch((error: unknown) => log(`logs: Live Tail: ${error instanceof Error ? (error.stack ?? error.message) : ''}`))
  }

  return {
    /** Starts a session unless there is one. One that CloudWatch has ended, or refused, is started anew. */
    start(): void {
      if (session !== null && !session.signal.aborted && state.state !== 'ended' && state.state !== 'refused') return
      begin()
    },
    /** After a sleep or on another network the session's line is dead, though nobody said so. */
    restart(): void {
      if (session === null || state.state === 'ended' || state.state === 'refused') return
      begin()
    },
    /** Ends the session, and what it costs. */
    stop(): void {
      session?.abort()
      session = null
    },
    state: (): LiveState => ({ ...state, minutes: Math.round((use.ms / 60_000) * 10) / 10 }),
  }
}
