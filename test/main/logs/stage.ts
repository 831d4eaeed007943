import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
// Loaded beforehand: a test's time does not stand still while a module is read.
import '@aws-sdk/client-cloudwatch-logs'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import type { Aws } from '../../../main/aws/aws.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { type Limits, usualLimits } from '../../../main/aws/http-handler.ts'
import type { Clock } from '../../../main/data/clock.ts'
import { createHub } from '../../../main/logs/create-hub.ts'
import type { Followed, FollowOptions, LogHub, Source } from '../../../main/logs/hub.ts'
import type { FollowState } from '../../../preload/contract/logs.ts'

export const place = { profile: 'default', region: 'ca-central-1' }
export const source: Source = { place, group: '/aws/lambda/cruddur-post-confirmation' }
const variables = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00' }

/** The real SDK on an endpoint, and a hub on it that lives on a test's clock. `settled` waits until no request is under way. */
export function openHub(endpoint: string, clock: Clock, limits: Partial<Limits> = {}) {
  const real = createAws(
    { endpoint, practice: null, variables },
    { ...usualLimits, callsPerSecond: 500, slowness: { forMs: 200, gapMs: 10 }, ...limits },
  )
  let asking = 0
  const aws: Aws = {
    ...real,
    async logs(call, send) {
      asking += 1
      try {
        return await real.logs(call, send)
      } finally {
        asking -= 1
      }
    },
  }
  const said: string[] = []
  const hub = createHub({ aws, clock, log: (text) => void said.push(text) })
  onTestFinished(() => {
    hub.close()
    real.close()
  })
  return {
    aws,
    hub,
    said,
    async settled() {
      // What an answer sets off comes some turns after it.
      for (let quiet = 0; quiet < 5; quiet += 1) {
        await nextTurn()
        while (asking > 0) {
          quiet = 0
          await wait(1)
        }
      }
    },
  }
}

/** A page that follows a group: what it holds, as the contract says that a page has to read what comes. */
export function openReader(hub: LogHub, options: Partial<FollowOptions> = {}, followed: Source = source) {
  const closing = new AbortController()
  const held = new Map<string, LogEvent>()
  const reader = {
    held,
    /** Events that were told though they were there: there must be none. */
    repeated: 0,
    items: [] as Followed['type'][],
    state: null as FollowState | null,
    states: [] as FollowState['state'][],
    /** Whether Live Tail has said that it left something out. */
    sampled: false,
    from: null as number | null,
    leave: () => closing.abort(),
    ended: Promise.resolve(),
  }
  const take = (events: readonly LogEvent[]) => {
    for (const event of events) {
      if (held.has(event.id)) reader.repeated += 1
      held.set(event.id, event)
    }
  }
  const read = async () => {
    for await (const item of hub.follow(followed, { live: false, everyMs: 1_000, signal: closing.signal, ...options })) {
      reader.items.push(item.type)
      if (item.type === 'state') {
        reader.state = item.state
        reader.sampled ||= item.state.live?.sampled === true
        reader.states.push(item.state.state)
        continue
      }
      if (item.type === 'window') {
        for (const [id, { at }] of held) if (at >= item.from) held.delete(id)
        reader.from = item.from
      }
      take(item.events)
    }
  }
  reader.ended = read()
  onTestFinished(() => closing.abort())
  return reader
}
