import { expect, it } from 'vitest'
import type { FollowState, LogGroup } from '../../../preload/contract/logs.ts'
import { groupFacts, listGroups } from '../../../renderer/logs/group-list.ts'
import { completeUpTo, figuresOf, liveOf, standingOf, troublesOf } from '../../../renderer/logs/tail-words.ts'

const groupOf = (name: string, more: Partial<LogGroup> = {}): LogGroup => ({
  name,
  exists: true,
  function: null,
  retentionDays: null,
  storedBytes: null,
  logClass: null,
  isPostConfirmation: false,
  ...more,
})
const stateOf = (group: string, more: Partial<FollowState> = {}): FollowState => ({
  group,
  state: 'following',
  problem: null,
  completeUpTo: 1_000,
  lookedAt: 1_000,
  ingestionDelayMs: 400,
  latenessMs: 150_000,
  requestsPerMinute: 29,
  live: null,
  ...more,
})
const live = (more: Partial<NonNullable<FollowState['live']>>): NonNullable<FollowState['live']> => ({
  state: 'on',
  sampled: false,
  endsAt: 9_000,
  minutes: 1,
  problem: null,
  ...more,
})

it('chosen groups come first, then favourites, then the post-confirmation function’s; unlisted ones are kept', () => {
  const listed = [groupOf('/a'), groupOf('/z', { isPostConfirmation: true }), groupOf('/f'), groupOf('/c')]
  const choice = { groups: ['/c', '/not-listed'], favourites: ['/f'] }
  const names = (search: string, before = choice) => listGroups(listed, choice, before, search).map(({ name }) => name)
  expect(names('')).toEqual(['/c', '/not-listed', '/f', '/z', '/a'])
  // What was chosen since it was opened stays in its place.
  expect(names('', { groups: [], favourites: [] })).toEqual(['/z', '/a', '/c', '/f', '/not-listed'])
  expect(names('NOT')).toContain('/not-listed')
  expect(names('other')).not.toContain('/not-listed')
})

it('says of a group that does not exist what makes it, and of another what it costs and keeps', () => {
  const bytes = (count: number) => `${count} bytes`
  expect(groupFacts(groupOf('/a', { exists: false, storedBytes: 0 }), bytes)).toEqual([
    'does not exist yet: CloudWatch makes it with the function’s first line',
  ])
  const facts = groupFacts(groupOf('/a', { storedBytes: 12, retentionDays: 7, logClass: 'INFREQUENT_ACCESS' }), bytes)
  expect(facts).toEqual(['12 bytes', 'kept 7 days', 'INFREQUENT_ACCESS: no Live Tail'])
})

it('of several groups the worst counts, and the one that is furthest behind', () => {
  const status = (...states: FollowState[]) => ({ connection: 'on' as const, paused: false, states })
  expect(standingOf(status(stateOf('/a'), stateOf('/b', { state: 'trouble' }))).word).toBe('trouble')
  expect(standingOf(status(stateOf('/a'), stateOf('/b', { state: 'missing' }))).word).toBe('following')
  expect(standingOf(status(stateOf('/b', { state: 'missing' }))).word).toBe('waiting for the first line')
  expect(standingOf({ ...status(stateOf('/a')), paused: true }).word).toBe('paused')
  expect(standingOf({ ...status(stateOf('/a')), connection: 'lost' }).word).toBe('not following')
  expect(completeUpTo([stateOf('/a'), stateOf('/b', { completeUpTo: 500 })])).toBe(500)
  expect(completeUpTo([stateOf('/a'), stateOf('/b', { completeUpTo: null })])).toBeNull()
  expect(completeUpTo([stateOf('/a'), stateOf('/b', { state: 'missing', completeUpTo: null })])).toBe(1_000)
  expect(figuresOf([stateOf('/a'), stateOf('/b')])).toEqual([
    { title: 'Ingestion delay', words: '400 ms (median)' },
    { title: 'Late lines', words: 'looked for up to 150 s; later ones may be missed' },
    { title: 'Requests', words: '58 to CloudWatch Logs in the last minute' },
  ])
})

it('tells of Live Tail what is worst of it', () => {
  expect(liveOf([stateOf('/a')])).toBeNull()
  expect(liveOf([stateOf('/a', { live: live({ sampled: true }) }), stateOf('/b', { live: live({ state: 'ended' }) })])).toMatchObject({
    state: 'ended',
    sampled: true,
  })
})

it('tells the same refusal of several groups once', () => {
  const expired = (group: string) => ({
    code: 'AWS' as const,
    message: `The credentials have expired, so ${group} could not be read.`,
    data: { profile: 'cruddur', source: { vendor: 'aws' as const, code: 'ExpiredTokenException' } },
  })
  const denied = { ...expired('/c'), data: { profile: 'cruddur', source: { vendor: 'aws' as const, code: 'AccessDeniedException' } } }
  const told = troublesOf([
    stateOf('/a', { problem: expired('/a') }),
    stateOf('/b', { problem: expired('/b') }),
    stateOf('/c', { problem: denied }),
    stateOf('/d'),
  ])
  expect(told.map(({ groups }) => groups)).toEqual([['/a', '/b'], ['/c']])
  expect(told[0]?.problem.message).toContain('/a')
})
