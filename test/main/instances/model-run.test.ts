import { expect, test } from 'vitest'
import { Failure } from '../../../preload/contract/errors.ts'
import { standingOf } from '../../../preload/contract/instances-words.ts'
import { call, fleetOf, openInstances } from './console.ts'
import { manualClock } from './manual-clock.ts'
import { type ModelInstance, startRdsModel } from './rds-model.ts'

const steps = 5_000
const places = 10
const inEach = 4
const longestLag = 180_000

/** What AWS does by itself to an instance that is available, and words that it may have some day. */
const interruptions = ['backing-up', 'maintenance', 'modifying', 'rebooting', 'storage-optimization', 'quantum-rebalancing', 'Available']
/** Basepair looks when the run lets it, so that the run knows which answer it had last. */
const never = 1e12
const pace = { quick: [never, never], quickFor: 0, watched: never, kept: never, longest: never, unknown: never } as const
const inView = { environment: 'local' }

/** Numbers from 0 to 1, evenly spread, the same ones for a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The definition that is tested. An action is wrong where the instance, in truth, is in another state than AWS asks for. A wrong action may be
 * offered or sent only where nobody could have known: since the time that AWS' last answer shows, something has changed that neither was
 * asked for by Basepair nor follows from what it asked for.
 */
const couldNotBeKnown = (one: ModelInstance, shownAt = one.shownAt) => one.truth.some(({ from, own }) => !own && from > shownAt)

test(`${steps} steps with answers up to 180 s old: no action is offered or sent in a wrong state`, { timeout: 240_000 }, async () => {
  const random = randomFrom(20261121)
  const draw = (below: number) => random() * below
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(draw(from.length))]

  const time = manualClock()
  const profiles = Array.from({ length: places }, (_, index) => `team-${index}`)
  // Some answers are current, most are not, and a later one may show an earlier time.
  const lag = () => (draw(1) < 0.3 ? 0 : draw(longestLag))
  const model = await startRdsModel({ now: time.clock.now, lag, takes: () => 20_000 + draw(600_000), profiles })
  const all = profiles.flatMap((profile) =>
    Array.from({ length: inEach }, (_, index) =>
      model.add(`orders-${profile}-${index}`, { profile, status: draw(1) < 0.5 ? 'available' : 'stopped' }),
    ),
  )
  const aws = { ...(await model.openAws()), isAmazon: () => true }
  const open = async (stateFolder?: string) => {
    const opened = await openInstances({ aws, clock: time.clock, deps: { pace }, ...(stateFolder !== undefined && { stateFolder }) })
    await opened.service.choose({ ...inView, scope: { profiles, regions: ['ca-central-1'] } }, call())
    return opened
  }
  let opened = await open()

  const count = { steps: 0, offered: 0, sent: 0, unknowable: 0, nothing: 0, unknown: 0, refusedBefore: 0, restarts: 0 }
  const happens = (one: ModelInstance) => {
    const status = model.status(one)
    const chance = draw(1)
    if (status === 'available' && chance < 0.04) {
      model.become(one, pick(interruptions) ?? '')
      one.next = [{ status: 'available', at: time.clock.now() + 30_000 + draw(400_000), own: false }]
    } else if (status === 'stopped' && chance < 0.02) {
      model.become(one, 'starting')
      one.next = [{ status: 'available', at: time.clock.now() + 30_000 + draw(400_000), own: false }]
    }
  }

  while (count.steps < steps) {
    time.advance(draw(45_000))
    for (const one of all) happens(one)
    await opened.service.refresh(inView, call())
    const fleet = await fleetOf(opened)
    expect(fleet.instances).toHaveLength(all.length)
    for (const row of fleet.instances) {
      count.steps += 1
      const one = all.find(({ identifier }) => identifier === row.key.identifier)
      if (one === undefined) throw new Error(`nobody made ${row.key.identifier}`)
      const truth = model.status(one)
      const wrong = (row.stop.possible && truth !== 'available') || (row.start.possible && truth !== 'stopped')
      expect(row.start.possible && row.stop.possible).toBe(false)
      if (wrong) {
        const facts = {
          offered: row.stop.possible ? 'stop' : 'start',
          shown: row.status,
          truth,
          known: !couldNotBeKnown(one),
          all: one.truth.slice(-6),
          at: time.clock.now(),
          shownAt: one.shownAt,
        }
        expect(facts.known, JSON.stringify(facts)).toBe(false)
        count.unknowable += 1
      }
      if (row.start.possible || row.stop.possible) count.offered += 1
      else count.nothing += 1
      if (standingOf(row.status) === 'unknown') {
        count.unknown += 1
        expect([row.start.possible, row.stop.possible, row.remove.possible]).toEqual([false, false, false])
      }
    }
    // Buttons are pressed a while after they were shown.
    for (const row of fleet.instances) {
      if (draw(1) > (row.start.possible || row.stop.possible ? 0.25 : 0.05)) continue
      if (draw(1) < 0.2) time.advance(draw(20_000))
      const { key } = row
      const before = model.sent.length
      const wrongBefore = model.wrong.length
      // A page that lags behind presses what is no longer offered, or never was.
      const action = row.stop.possible ? 'stop' : row.start.possible ? 'start' : (pick(['start', 'stop'] as const) ?? 'stop')
      try {
        if (action === 'stop') await opened.service.stop({ ...inView, key, snapshot: null, confirm: key.identifier }, call())
        else await opened.service.start({ ...inView, key }, call())
        count.sent += 1
      } catch (error) {
        expect(error).toBeInstanceOf(Failure)
        expect(error).toMatchObject({ code: 'WRONG_STATE' })
        if (model.sent.length === before) count.refusedBefore += 1
      }
      for (const { instance, status, shownAt } of model.wrong.slice(wrongBefore)) {
        const facts = {
          action,
          status,
          known: !couldNotBeKnown(instance, shownAt),
          truth: instance.truth.slice(-6),
          at: time.clock.now(),
          shownAt,
        }
        expect(facts.known, JSON.stringify(facts)).toBe(false)
        count.unknowable += 1
      }
    }
    if (draw(1) < 0.03) {
      await opened.close()
      opened = await open(opened.folder)
      count.restarts += 1
    }
  }
  // The console did its work, too: it would be easy to be right by offering nothing.
  expect(count.offered).toBeGreaterThan(steps / 6)
  expect(count.sent).toBeGreaterThan(200)
  expect(count.unknown).toBeGreaterThan(0)
  expect(count.refusedBefore).toBeGreaterThan(50)
  expect(count.restarts).toBeGreaterThan(0)
  expect(opened.lines.filter((line) => line.includes('could not be'))).toEqual([])
})
