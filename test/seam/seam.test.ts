import { EventEmitter } from 'node:events'
import { createORPCClient, ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLine } from '../../renderer/line/line.ts'
import { Refused } from '../../renderer/line/transport.ts'
import { lineKinds, type Page, type Seam } from './lines.ts'
import { secret } from './operations.ts'
import type { SeamClient } from './seam-client.ts'

vi.mock('electron', () => ({ ipcMain: new EventEmitter() }))

const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return { resolved: await work }
  } catch (error) {
    return error
  }
}

/** The error as it crossed: what the page can see of it, a stack of the page's own left out. */
const crossed = (error: unknown) => {
  expect(error).toBeInstanceOf(ORPCError)
  return (error as ORPCError<string, unknown>).toJSON()
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })

describe.each(lineKinds)('over a $name', (kind) => {
  let seam: Seam
  let page: Page

  beforeEach(async () => {
    seam = await kind.start()
    page = await seam.open(1)
  })
  afterEach(() => seam[Symbol.asyncDispose]())

  test('a query gives its result, and is told which window asks', async () => {
    const answer = await page.client.items.read({ name: 'Zoë 漢字 🐘 "\\ \u0000' })
    expect(answer).toMatchObject({ name: 'Zoë 漢字 🐘 "\\ \u0000', nothing: null })
    const other = await (await seam.open(2)).client.items.read({ name: 'x' })
    expect(answer.window).not.toBe(other.window)
  })

  test('a command is carried out once for each call', async () => {
    expect(await page.client.items.change({ by: 2 })).toEqual({ total: 2 })
    expect(await page.client.items.change({ by: 3 })).toEqual({ total: 5 })
    expect(seam.witness.total).toBe(5)
  })

  test('many calls at once each get their own answer', async () => {
    const names = Array.from({ length: 500 }, (_, number) => `name ${number}`)
    const answers = await Promise.all(names.map((name, number) => page.client.items.read({ name, wait: (number * 7) % 13 })))
    expect(answers.map(({ name }) => name)).toEqual(names)
  })

  test("an error of the contract crosses with its code and data, and is the contract's", async () => {
    expect(crossed(await failureOf(page.client.items.fail({ how: 'failure' })))).toEqual({
      defined: true,
      code: 'SQL',
      status: 422,
      message: 'relation "users" does not exist',
      data: { source: { vendor: 'postgres', code: '42P01' }, position: 15, mend: 'load_schema' },
    })
  })

  test.each([
    ['an unknown error', () => page.client.items.fail({ how: 'unknown' })],
    ['an answer that its schema forbids', () => page.client.items.lie()],
  ])('%s is INTERNAL under an incident, and nothing of it crosses', async (_what, call) => {
    const error = crossed(await failureOf(call()))
    expect(error).toMatchObject({ defined: true, code: 'INTERNAL', status: 500, data: { incident: expect.any(String) } })
    expect(JSON.stringify(error)).not.toMatch(/TypeError|Cannot read|hunter2|operations\.ts| at /)
    const { incident } = error.data as { incident: string }
    expect(seam.logged.filter((entry) => entry.includes(incident))).toHaveLength(1)
  })

  test('an incident is logged whole but for its secrets', async () => {
    await failureOf(page.client.items.fail({ how: 'unknown' }))
    expect(seam.logged.join('\n')).toMatch(/TypeError: Cannot read[\s\S]*operations\.ts/)
    expect(seam.logged.join('\n')).not.toContain('hunter2')
    expect(secret).toContain('hunter2')
  })

  test('input that does not fit is INVALID, names the field, and reaches no service', async () => {
    // @ts-expect-error the page's types forbid it
    const error = crossed(await failureOf(page.client.items.change({ by: 'two' })))
    expect(error).toMatchObject({ defined: true, code: 'INVALID', status: 400 })
    expect(error.message).toContain('by')
    expect(seam.witness.total).toBe(0)
  })

  test('an operation that does not exist is refused, and the line goes on', async () => {
    // @ts-expect-error the page's types forbid it
    const error = crossed(await failureOf(page.client.items.nothing({})))
    expect(['NOT_FOUND', 'INVALID']).toContain(error.code)
    expect(crossed(await failureOf(page.client.constructor.prototype({}))).code).toBe(error.code)
    expect(await page.client.items.change({ by: 1 })).toEqual({ total: 1 })
  })

  test('a call that is cancelled ends here and there', async () => {
    const controller = new AbortController()
    const call = failureOf(page.client.items.hold({ name: 'held' }, { signal: controller.signal }))
    await until(() => expect(seam.witness.begun).toEqual(['held']))
    controller.abort()
    expect(await call).toMatchObject({ name: 'AbortError' })
    await until(() => expect(seam.witness.ended).toEqual(['held']))
    expect(seam.logged).toEqual([])
  })

  test('what breaks because it was cancelled is no incident', async () => {
    const controller = new AbortController()
    const call = failureOf(page.client.items.hold({ name: 'rough', roughly: true }, { signal: controller.signal }))
    await until(() => expect(seam.witness.begun).toEqual(['rough']))
    controller.abort()
    expect(await call).toMatchObject({ name: 'AbortError' })
    await until(() => expect(seam.witness.ended).toEqual(['rough']))
    expect(await page.client.items.change({ by: 1 })).toEqual({ total: 1 })
    expect(seam.logged).toEqual([])
  })

  test('of two calls at once only the one that is cancelled ends', async () => {
    const [one, two] = [new AbortController(), new AbortController()]
    const first = failureOf(page.client.items.hold({ name: 'first' }, { signal: one.signal }))
    const second = failureOf(page.client.items.hold({ name: 'second' }, { signal: two.signal }))
    await until(() => expect(seam.witness.begun).toHaveLength(2))
    one.abort()
    expect(await first).toMatchObject({ name: 'AbortError' })
    await until(() => expect(seam.witness.ended).toEqual(['first']))
    expect(await page.client.items.change({ by: 1 })).toEqual({ total: 1 })
    expect(seam.witness.ended).toEqual(['first'])
    two.abort()
    await second
    await until(() => expect(seam.witness.ended).toEqual(['first', 'second']))
  })

  test('a stream of 20,000 events arrives whole and in order, and ends', async () => {
    const seen: number[] = []
    for await (const number of await page.client.items.count({ name: 'long', count: 20_000 })) seen.push(number)
    expect(seen).toHaveLength(20_000)
    expect(seen.every((number, index) => number === index)).toBe(true)
    expect(seam.witness.ended).toEqual(['long'])
  })

  test('a stream that the page leaves ends its generator', async () => {
    for await (const number of await page.client.items.count({ name: 'left', count: 10, endless: true })) if (number === 5) break
    await until(() => expect(seam.witness.ended).toEqual(['left']))
    expect(seam.logged).toEqual([])
  })

  test('a stream that is cancelled while it waits ends its generator', async () => {
    const controller = new AbortController()
    const stream = await page.client.items.count({ name: 'waiting', count: 1, endless: true }, { signal: controller.signal })
    expect(await stream.next()).toMatchObject({ value: 0 })
    const next = failureOf(stream.next())
    controller.abort()
    expect(await next).toMatchObject({ name: 'AbortError' })
    await until(() => expect(seam.witness.ended).toEqual(['waiting']))
    expect(seam.logged).toEqual([])
  })

  test('a stream that ignores its signal is ended all the same', async () => {
    const stream = await page.client.items.deaf({ name: 'deaf' })
    expect(await stream.next()).toMatchObject({ value: 0 })
    await stream.return?.()
    await until(() => expect(seam.witness.ended).toEqual(['deaf']))
  })

  test('a stream fails after its events with an error of the contract, or with INTERNAL', async () => {
    for (const [how, code] of [
      ['stream', 'SQL'],
      ['stream-unknown', 'INTERNAL'],
    ] as const) {
      const stream = (await page.client.items.fail({ how })) as AsyncIterator<number>
      expect(await stream.next()).toMatchObject({ value: 1 })
      const error = crossed(await failureOf(stream.next()))
      expect(error).toMatchObject({ code, defined: true })
      expect(JSON.stringify(error)).not.toMatch(/TypeError|hunter2|operations\.ts/)
    }
    expect(seam.logged).toHaveLength(1)
  })

  test('a page that is loaded anew gets a line of its own, and the work of the old one ends', async () => {
    void failureOf(page.client.items.hold({ name: 'old call' }))
    const old = await page.client.items.count({ name: 'old stream', count: 1, endless: true })
    await old.next()
    await until(() => expect(seam.witness.begun).toHaveLength(2))
    page.cut()
    const fresh = await seam.open(1)
    expect(await fresh.client.items.change({ by: 1 })).toEqual({ total: 1 })
    await until(() => expect(seam.witness.ended.toSorted()).toEqual(['old call', 'old stream']))
    expect(seam.logged).toEqual([])
  })

  test('a line lost in the middle fails every call on it, ends their work, and leaves the others alone', async () => {
    const other = await seam.open(2)
    const kept = await other.client.items.count({ name: 'kept', count: 1, endless: true })
    await kept.next()
    const calls = ['one', 'two', 'three'].map((name) => failureOf(page.client.items.hold({ name })))
    const stream = await page.client.items.count({ name: 'stream', count: 1, endless: true })
    await stream.next()
    const next = failureOf(stream.next())
    await until(() => expect(seam.witness.begun).toHaveLength(5))
    page.cut()
    for (const error of await Promise.all([...calls, next])) expect(error).toBeInstanceOf(Error)
    await until(() => expect(seam.witness.ended.toSorted()).toEqual(['one', 'stream', 'three', 'two']))
    expect(await other.client.items.change({ by: 1 })).toEqual({ total: 1 })
    await kept.return?.()
  })
  test('the page opens its line again by itself; what was under way fails with LOST and no command is sent twice', async () => {
    const opened: Page[] = []
    const line = createLine({
      connect: async () => {
        if (opened.length === 3) throw new Refused()
        const next = await seam.open(3)
        opened.push(next)
        return next
      },
      fetchPage: () => Promise.reject(new Error('No rows are fetched here.')),
    })
    const client: SeamClient = createORPCClient(line.link)
    line.open()
    expect(await client.items.change({ by: 1 })).toEqual({ total: 1 })
    const call = failureOf(client.items.hold({ name: 'held' }))
    const stream = await client.items.count({ name: 'watched', count: 1, endless: true })
    await stream.next()
    const next = failureOf(stream.next())
    await until(() => expect(seam.witness.begun).toHaveLength(2))
    opened[0]?.cut()
    expect(await call).toMatchObject({ code: 'LOST' })
    expect(await next).toMatchObject({ code: 'LOST' })
    await until(() => expect(line.current().state).toBe('open'))
    await until(() => expect(opened).toHaveLength(2))
    expect(await client.items.change({ by: 1 })).toEqual({ total: 2 })
    await until(() => expect(seam.witness.ended.toSorted()).toEqual(['held', 'watched']))
    // Ends the tries that this line would make for ever.
    opened.push(page)
    opened[1]?.cut()
    await until(() => expect(line.current().state).toBe('refused'))
    expect(await failureOf(client.items.change({ by: 1 }))).toMatchObject({ code: 'LOST' })
    expect(seam.witness.total).toBe(2)
  })

  test('who is no page of the console changes nothing', async () => {
    for (const [stranger, attempt] of Object.entries(seam.strangers)) {
      expect(await failureOf(attempt()), stranger).toBeInstanceOf(Error)
      expect(seam.witness.total, stranger).toBe(0)
    }
    expect(await page.client.items.change({ by: 1 })).toEqual({ total: 1 })
  })
})
