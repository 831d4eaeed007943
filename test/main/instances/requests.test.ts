import { expect, test } from 'vitest'
import { absent, begin, type Request, read, visibleWithinMs } from '../../../main/instances/requests.ts'

const second = 1000
const asked = (action: Request['action'], status: string, at = 0): Request => ({
  ...begin({ action, by: 'user' }, { status, past: [], last: null }, at),
  sentAt: at,
})
/** What comes of the answers, given as seconds and status. */
function answers(first: Request, ...given: readonly (readonly [number, string])[]) {
  let request: Request | null = first
  let ended: string | null = null
  const trusted: boolean[] = []
  for (const [at, status] of given) {
    const reading = read(request, status, at * second, at * second, visibleWithinMs)
    request = reading.request
    ended ??= reading.ended
    trusted.push(reading.trusted)
  }
  return { state: request === null ? 'forgotten' : request.settled ? 'settled' : 'under way', trusted, ended }
}

test('a stop goes from the old state, which may be shown for three minutes, to its end', () => {
  const stop = asked('stop', 'available')
  expect(answers(stop, [5, 'available'], [170, 'available'])).toEqual({ state: 'under way', trusted: [false, false], ended: null })
  expect(answers(stop, [5, 'available'], [20, 'stopping'], [30, 'available'], [400, 'stopping'])).toMatchObject({
    state: 'under way',
    trusted: [false, true, false, true],
  })
  expect(answers(stop, [20, 'stopping'], [60, 'stopped'])).toEqual({ state: 'settled', trusted: [true, true], ended: null })
})

test('after its end an older answer is still not believed, until there can be none', () => {
  const stop = asked('stop', 'available')
  const later = answers(stop, [20, 'stopped'], [90, 'available'], [181, 'stopped'])
  expect(later).toEqual({ state: 'forgotten', trusted: [true, false, true], ended: null })
})

test('what AWS never shows is forgotten, with a sentence', () => {
  expect(answers(asked('start', 'stopped'), [5, 'stopped'], [181, 'stopped'])).toEqual({
    state: 'forgotten',
    trusted: [false, true],
    ended: 'was asked to start, and AWS has not shown it since: it is stopped.',
  })
  expect(answers(asked('start', 'stopped'), [50, 'starting'], [900, 'stopped']).ended).toBe('was asked to start, and is stopped again.')
  expect(answers(asked('start', 'stopped'), [50, 'starting'], [900, 'incompatible-network']).ended).toBe(
    'was asked to start, and is incompatible-network.',
  )
  expect(answers(asked('start', 'stopped'), [50, absent])).toMatchObject({ state: 'forgotten', trusted: [true] })
})

test('other states and words that nobody knows are waited through, for hours', () => {
  const start = asked('start', 'stopped')
  const through = answers(start, [60, 'starting'], [900, 'configuring-log-exports'], [3600, 'quantum-rebalancing'], [9000, 'backing-up'])
  expect(through.state).toBe('under way')
  expect(answers(start, [60, 'starting'], [9000, 'backing-up'], [9100, 'available']).state).toBe('forgotten')
})

test('an answer to a question from before the request says nothing', () => {
  const stop = asked('stop', 'available', 100 * second)
  expect(read(stop, 'backing-up', 99 * second, 101 * second, visibleWithinMs)).toEqual({ request: stop, trusted: false, ended: null })
})

test('while AWS is being asked, the old state is not believed however long it takes', () => {
  const sending = { ...asked('stop', 'available'), sentAt: null }
  expect(read(sending, 'available', 500 * second, 500 * second, visibleWithinMs).trusted).toBe(false)
})

test('a second request knows what answers from before the first one can show', () => {
  const stop = asked('stop', 'available')
  const past = [
    { status: 'available', until: 20 * second },
    { status: 'stopping', until: 60 * second },
    { status: 'stopped', until: null },
  ]
  const start = begin({ action: 'start', by: 'user' }, { status: 'stopped', past, last: stop }, 100 * second)
  expect([...start.stale].sort()).toEqual(['available', 'stopped', 'stopping'])
  // Seen before and after the start: only the later one ends it.
  expect(
    answers({ ...start, sentAt: 100 * second }, [110, 'available'], [120, 'starting'], [150, 'available'], [281, 'available']),
  ).toEqual({
    state: 'forgotten',
    trusted: [false, true, false, true],
    ended: null,
  })
})

test('what was long ago is not among what old answers can show', () => {
  const past = [
    { status: 'available', until: 0 },
    { status: 'stopped', until: null },
  ]
  expect(begin({ action: 'start', by: 'user' }, { status: 'stopped', past, last: asked('stop', 'available') }, 181 * second).stale).toEqual(
    ['stopped'],
  )
})

test('a deletion ends when AWS lists it no more, a creation when it is available', () => {
  expect(answers(asked('delete', 'available'), [5, 'available'], [10, 'deleting'], [300, absent]).state).toBe('forgotten')
  expect(answers(asked('create', absent), [5, absent], [60, 'creating'], [170, absent], [400, 'available'])).toEqual({
    state: 'forgotten',
    trusted: [false, true, false, true],
    ended: null,
  })
})

test('a modification that shows no other state is over once no old answer can come', () => {
  expect(answers(asked('modify', 'available'), [5, 'available'], [181, 'available'])).toEqual({
    state: 'forgotten',
    trusted: [false, true],
    ended: null,
  })
})
