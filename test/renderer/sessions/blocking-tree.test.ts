import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asTree } from '../../../renderer/sessions/blocking-tree.ts'

const one = (pid: number, ...blockedBy: number[]) => ({ pid, blockedBy })
const drawn = (sessions: ReturnType<typeof one>[]) =>
  asTree(sessions).map(({ session, level }) => `${'  '.repeat(level - 1)}${session.pid}`)

describe('asTree', () => {
  test('sessions that wait for nobody stay as they come', () => {
    expect(drawn([one(3), one(1), one(2)])).toEqual(['3', '1', '2'])
  })

  test('a queue reads as a chain although Postgres names the holder and every waiter ahead', () => {
    expect(drawn([one(12, 10, 11), one(11, 10), one(10), one(9)])).toEqual(['10', '  11', '    12', '9'])
  })

  test('two who wait for one stand beside each other in their order', () => {
    expect(drawn([one(10), one(12, 10), one(11, 10)])).toEqual(['10', '  12', '  11'])
  })

  test('a prepared transaction or a session that is not listed leaves the waiter at the top', () => {
    expect(drawn([one(11, 0), one(12, 99), one(13, 12)])).toEqual(['11', '12', '  13'])
  })

  test('a circle is cut once', () => {
    expect(drawn([one(1, 2), one(2, 1), one(3, 3)])).toEqual(['2', '  1', '3'])
  })

  test('counts whom a session holds up', () => {
    expect(asTree([one(10), one(11, 10), one(12, 11, 10)]).map(({ behind }) => behind)).toEqual([2, 1, 0])
  })

  test('every session is shown once, whatever waits for whatever', () => {
    const pids = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    const graph = pids.chain((all) => fc.tuple(...all.map((pid) => fc.array(fc.integer({ min: 0, max: 31 })).map((by) => one(pid, ...by)))))
    fc.assert(
      fc.property(graph, (sessions) => {
        const placed = asTree(sessions)
        expect(placed.map(({ session }) => session.pid).sort((a, b) => a - b)).toEqual(sessions.map(({ pid }) => pid).sort((a, b) => a - b))
        for (const { session, parent } of placed) if (parent !== null) expect(session.blockedBy).toContain(parent)
      }),
    )
  })
})
