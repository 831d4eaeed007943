import { describe, expect, test } from 'vitest'
import { groupInvocations } from '../../../renderer/logs/grouped-invocations.ts'
import { chooseRows, createRows, memoryOf, rowFinder, whoOf } from '../../../renderer/logs/invocation-rows.ts'
import { createLogStore } from '../../../renderer/logs/log-store.ts'
import { countOutcomes, pillOf } from '../../../renderer/logs/outcomes.ts'
import { cognitoEvent, linesOfRun, morning } from './lambda-runs.ts'

const group = '/aws/lambda/cruddur-post-confirmation'

function follow(limits?: Parameters<typeof createLogStore>[0]) {
  const store = createLogStore(limits)
  const groups = groupInvocations(store)
  const rows = createRows()
  return { store, rows: () => rows(groups()) }
}

describe('the rows of the list', () => {
  test('are invocations, the newest first, with who it was about', () => {
    const { store, rows } = follow()
    store.add(group, linesOfRun(0, 'aaaaaaaa-1', { prints: [cognitoEvent('ada')], initMs: 412 }))
    store.add(group, linesOfRun(60_000, 'bbbbbbbb-2', { prints: ['hello'] }))
    expect(rows().map((row) => [whoOf(row), row.outcome])).toEqual([
      ['bbbbbbbb-2', 'ok'],
      ['ada@example.com', 'ok'],
    ])
    expect(rows()[1]?.shown).toMatchObject({ durationMs: 200, billedMs: 200, initMs: 412, coldStart: true })
    expect(rows().map(({ shown }) => memoryOf(shown))).toEqual(['61 of 128 MB', '61 of 128 MB'])
  })

  test('join the attempts of one sign-up, and keep their place while others come', () => {
    const { store, rows } = follow()
    const late = (id: string) => [cognitoEvent('grace'), `2026-11-20T10:00:03.000Z ${id} Task timed out after 3.00 seconds\n\n`]
    store.add(group, linesOfRun(0, 'aaaaaaaa-1', { prints: late('aaaaaaaa-1'), durationMs: 3000 }))
    store.add(group, linesOfRun(4_000, 'cccccccc-9', { stream: 's2', prints: [cognitoEvent('alan')] }))
    expect(rows().map(whoOf)).toEqual(['alan@example.com', 'grace@example.com'])
    store.add(group, linesOfRun(5_000, 'aaaaaaaa-2', { prints: late('aaaaaaaa-2'), durationMs: 3000 }))
    const [, grace] = rows()
    expect(grace).toMatchObject({ outcome: 'timed out', startedAt: morning })
    expect(grace?.attempts.map(({ requestId }) => requestId)).toEqual(['aaaaaaaa-1', 'aaaaaaaa-2'])
    expect(countOutcomes(rows())).toEqual({ ok: 1, 'hidden error': 0, failed: 0, 'timed out': 1, open: 0 })
  })

  test('stay the same objects where nothing of them changed', () => {
    const { store, rows } = follow()
    store.add(group, linesOfRun(0, 'aaaaaaaa-1'))
    const [first] = rows()
    store.add('other group', linesOfRun(2_000, 'bbbbbbbb-2'))
    store.add(group, linesOfRun(60_000, 'cccccccc-3'))
    const after = rows()
    expect(after).toHaveLength(3)
    expect(after.at(-1)).toBe(first)
    expect(rows()).toBe(after)
  })

  test('go with the lines that the page no longer holds, and with those that were replaced', () => {
    const { store, rows } = follow({ lines: 40, characters: 1_000_000 })
    for (let run = 0; run < 20; run++) store.add(group, linesOfRun(run * 1_000, `aaaaaaaa-${run}`))
    expect(store.lines.length).toBeLessThanOrEqual(40)
    expect(rows().length).toBeLessThanOrEqual(14)
    expect(rows()[0]?.shown.requestId).toBe('aaaaaaaa-19')
    store.replaceFrom(group, morning + 18_000, linesOfRun(18_500, 'bbbbbbbb-1'))
    expect(
      rows()
        .slice(0, 2)
        .map(({ shown }) => shown.requestId),
    ).toEqual(['bbbbbbbb-1', 'aaaaaaaa-17'])
  })

  test('a swallowed error is seen in what ended well', () => {
    const { store, rows } = follow()
    store.add(
      group,
      linesOfRun(0, 'aaaaaaaa-1', { prints: [cognitoEvent('ada'), 'relation "users" does not exist\nLINE 1: INSERT INTO users (\n'] }),
    )
    expect(rows()[0]).toMatchObject({ outcome: 'hidden error', failure: { mend: 'load_schema' } })
  })
})

describe('the choice of rows', () => {
  const { store, rows } = follow()
  store.add(group, linesOfRun(0, 'aaaaaaaa-1', { prints: ['needle'] }))
  store.add(group, linesOfRun(60_000, 'bbbbbbbb-2', { open: true }))
  const ids = (choice: Partial<Parameters<typeof chooseRows>[1]>) =>
    chooseRows(rows(), { only: null, isFound: null, between: null, ...choice }).map(({ shown }) => shown.requestId)

  test('by outcome, by time and by a line of theirs', () => {
    expect(ids({})).toEqual(['bbbbbbbb-2', 'aaaaaaaa-1'])
    expect(ids({ only: 'open' })).toEqual(['bbbbbbbb-2'])
    expect(ids({ isFound: rowFinder(({ message }) => message.includes('needle')) })).toEqual(['aaaaaaaa-1'])
    expect(ids({ between: { from: morning, to: morning + 60_000 } })).toEqual(['aaaaaaaa-1'])
  })
})

test('what must have ended long ago is not said to run', () => {
  expect(pillOf('open', morning, morning + 60_000).word).toBe('running')
  expect(pillOf('open', morning, morning + 16 * 60_000).word).toBe('no end seen')
})

test('rows that are made of what changed alone are those that are made of everything', () => {
  const { store, rows } = follow()
  const late = (id: string, who: string) => [cognitoEvent(who), `2026-11-20T10:00:03.000Z ${id} Task timed out after 3.00 seconds\n\n`]
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  for (let batch = 0; batch < 120; batch++) {
    const at = Math.max(0, batch * 4_000 - random(90_000))
    const id = `aaaaaaaa-${batch}`
    const who = `user${Math.floor(at / 12_000)}`
    store.add(
      group,
      linesOfRun(at, id, {
        stream: `s${random(5)}-${batch}`,
        prints: random(2) === 0 ? late(id, who) : [cognitoEvent(who)],
        durationMs: 3_000,
      }),
    )
    if (batch % 20 === 19) store.replaceFrom(group, morning + at, linesOfRun(at, `bbbbbbbb-${batch}`, { stream: `r${batch}` }))
    const anew = createRows()(groupInvocations(store)())
    const told = (all: ReturnType<typeof rows>) => all.map(({ key, outcome, attempts }) => [key, outcome, attempts.map((one) => one.key)])
    expect(told(rows())).toEqual(told(anew))
  }
})
