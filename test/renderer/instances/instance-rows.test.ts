import { describe, expect, test } from 'vitest'
import type { InstanceRow, PlaceState } from '../../../preload/contract/instances.ts'
import { keyText, readKey } from '../../../renderer/instances/instance-key.ts'
import { type Choice, emptiness, failures, shape } from '../../../renderer/instances/instance-rows.ts'
import { standingOf } from '../../../renderer/instances/standing.ts'

const everything: Choice = { filter: '', status: null, region: null, sort: null, folded: new Set() }

function instance(identifier: string, some: Partial<Omit<InstanceRow, 'key'>> & { key?: Partial<InstanceRow['key']> } = {}): InstanceRow {
  const { key, ...rest } = some
  return {
    key: { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier, ...key },
    arn: `arn:aws:rds:ca-central-1:123456789012:db:${identifier}`,
    status: 'available',
    engine: 'postgres',
    engineVersion: '18.4',
    instanceClass: 'db.t3.micro',
    multiAz: false,
    endpoint: { host: `${identifier}.example`, port: 5432 },
    memberOf: null,
    replicaOf: null,
    replicas: [],
    environments: [],
    start: { possible: false, reason: 'It is available.' },
    stop: { possible: true },
    remove: { possible: true },
    change: null,
    automaticRestartAt: null,
    forcedStartAt: null,
    watchkeeping: { keepStopped: false, schedule: null, next: null, done: [] },
    cost: null,
    seenAt: '2026-11-21T10:00:00.000Z',
    ...rest,
  }
}

function place(region: string, some: Partial<PlaceState> = {}): PlaceState {
  return {
    place: { profile: 'default', region },
    account: '123456789012',
    arn: null,
    state: 'shown',
    problem: null,
    throttled: false,
    answeredAt: '2026-11-21T10:00:00.000Z',
    ...some,
  }
}

const cluster = instance('orders', { key: { kind: 'cluster' }, engine: 'aurora-postgresql' })
const members = [instance('orders-2', { memberOf: 'orders' }), instance('orders-1', { memberOf: 'orders', status: 'rebooting' })]
const names = (rows: ReturnType<typeof shape>['rows']) => rows.map(({ row, level }) => `${level} ${row.key.identifier}`)

describe('the list', () => {
  test('members stand under their cluster, by name', () => {
    const { rows } = shape([instance('zebra'), ...members, cluster, instance('alpha')], [place('ca-central-1')], everything)
    expect(names(rows)).toEqual(['1 alpha', '1 orders', '2 orders-1', '2 orders-2', '1 zebra'])
    expect(rows[1]?.expanded).toBe(true)
    expect(rows[0]?.expanded).toBe(null)
  })

  test('a cluster of another region or profile takes no members', () => {
    const elsewhere = instance('orders', { key: { kind: 'cluster', region: 'eu-west-1' } })
    expect(names(shape([elsewhere, ...members], [], everything).rows)).toEqual(['1 orders', '1 orders-1', '1 orders-2'])
  })

  test('a folded cluster hides its members', () => {
    const folded = new Set([keyText(cluster.key)])
    const { rows } = shape([...members, cluster], [], { ...everything, folded })
    expect(names(rows)).toEqual(['1 orders'])
    expect(rows[0]?.expanded).toBe(false)
  })

  test('a member that is found brings its cluster with it', () => {
    const { rows } = shape([...members, cluster], [], { ...everything, status: 'rebooting' })
    expect(names(rows)).toEqual(['1 orders', '2 orders-1'])
    expect(rows[0]?.besides).toBe(true)
  })

  test('words are looked for in name, engine, class, account and environment', () => {
    const all = [instance('one', { environments: ['prod'] }), instance('two', { instanceClass: 'db.m6g.large' })]
    const found = (filter: string) =>
      shape(all, [place('ca-central-1')], { ...everything, filter }).rows.map(({ row }) => row.key.identifier)
    expect(found('PROD')).toEqual(['one'])
    expect(found('m6g')).toEqual(['two'])
    expect(found('123456789012')).toEqual(['one', 'two'])
    expect(found('nothing')).toEqual([])
    expect(found(' large  two ')).toEqual(['two'])
    expect(found('large one')).toEqual([])
  })

  test('sorted by cost, what is not known stays last either way', () => {
    const cost = (perHour: number) => ({ perHour, storagePerMonth: null, saved: null, stoppedSince: null })
    const all = [instance('unknown'), instance('dear', { cost: cost(2) }), instance('cheap', { cost: cost(0.5) })]
    const by = (descending: boolean) =>
      shape(all, [], { ...everything, sort: { key: 'cost', descending } }).rows.map(({ row }) => row.key.identifier)
    expect(by(true)).toEqual(['dear', 'cheap', 'unknown'])
    expect(by(false)).toEqual(['cheap', 'dear', 'unknown'])
  })

  test('what a place said before it failed is marked', () => {
    const { rows } = shape([instance('one')], [place('ca-central-1', { state: 'failed' })], everything)
    expect(rows[0]?.stale).toBe(true)
  })

  test('statuses are counted in AWS’ words, the most frequent first', () => {
    const all = [instance('a', { status: 'entangling' }), instance('b'), instance('c')]
    expect(shape(all, [], everything).statuses).toEqual([
      ['available', 2],
      ['entangling', 1],
    ])
  })
})

describe('nothing to show', () => {
  test('is empty only where every place answered', () => {
    expect(emptiness([])).toBe('none chosen')
    expect(emptiness([place('a'), place('b')])).toBe('empty')
    expect(emptiness([place('a'), place('b', { state: 'failed' })])).toBe('failed')
    expect(emptiness([place('a', { state: 'failed' }), place('b', { state: 'loading' })])).toBe('loading')
  })

  test('a reason that many regions share is told once', () => {
    const problem = { code: 'CREDENTIALS' as const, message: 'Sign in.' }
    const denied = { code: 'FORBIDDEN' as const, message: 'Not allowed.' }
    const told = failures([place('a', { problem }), place('b'), place('c', { problem }), place('d', { problem: denied })])
    expect(told.map(({ regions }) => regions)).toEqual([['a', 'c'], ['d']])
  })
})

describe('what comes next', () => {
  const at = (day: number) => `2026-11-${day}T08:00:00.000Z`
  test('a change under way comes before all', () => {
    const change = { action: 'stop' as const, requestedAt: at(20), by: 'user' as const, sentence: 'AWS stops it.' }
    expect(standingOf(instance('one', { change, automaticRestartAt: at(27) }))?.kind).toBe('change')
  })
  test('the earlier of the schedule’s start and AWS’ own', () => {
    const next = (day: number) => ({ keepStopped: false, schedule: null, next: { action: 'start' as const, at: at(day) }, done: [] })
    expect(standingOf(instance('one', { automaticRestartAt: at(24), watchkeeping: next(23) }))).toEqual({
      kind: 'next',
      action: 'start',
      at: at(23),
    })
    expect(standingOf(instance('one', { automaticRestartAt: at(24), watchkeeping: next(25) }))).toEqual({ kind: 'restart', at: at(24) })
  })
  test('that AWS started it is told while it runs', () => {
    expect(standingOf(instance('one', { forcedStartAt: at(20) }))?.kind).toBe('forced')
    expect(standingOf(instance('one', { forcedStartAt: at(20), status: 'stopped' }))).toBe(null)
  })
})

test('a key survives the address, whatever its profile is called', () => {
  const key = { profile: 'work/eu north', region: 'eu-north-1', kind: 'cluster' as const, identifier: 'orders' }
  expect(readKey(keyText(key))).toEqual(key)
  for (const text of [null, '', 'nonsense', 'eu-north-1/table/orders/work', 'eu-north-1/instance/orders']) expect(readKey(text)).toBe(null)
})
