import { expect, test } from 'vitest'
import { createLine, LineLost } from '../../../renderer/line/line.ts'
import { type Connection, type Link, Refused, type Transport } from '../../../renderer/line/transport.ts'

/** A transport in memory whose connections the test opens, answers and cuts. */
function createTransport() {
  const waiting: PromiseWithResolvers<Connection>[] = []
  const arrived = createSignal()
  const transport: Transport = {
    connect() {
      const connection = Promise.withResolvers<Connection>()
      waiting.push(connection)
      arrived.raise()
      return connection.promise
    },
    fetchPage: async (address) => new Response(address, { status: address === 'gone' ? 404 : 200 }),
  }
  return {
    transport,
    /** Answers the next try to connect. */
    async answer(link: Link['call']): Promise<() => void> {
      while (waiting.length === 0) await arrived.next()
      const closed = Promise.withResolvers<void>()
      waiting.shift()?.resolve({ link: { call: link }, closed: closed.promise })
      return closed.resolve
    },
    async fail(error: Error): Promise<void> {
      while (waiting.length === 0) await arrived.next()
      waiting.shift()?.reject(error)
    },
  }
}

function createSignal() {
  let next = Promise.withResolvers<void>()
  return {
    raise() {
      next.resolve()
      next = Promise.withResolvers()
    },
    next: () => next.promise,
  }
}

function until(line: ReturnType<typeof createLine>, state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (line.current().state === state) resolve()
    }
    line.subscribe(look)
    look()
  })
}

const call = (line: ReturnType<typeof createLine>) => line.link.call(['a', 'b'], { n: 1 }, { context: {} })

test('a call made before the line is open waits for it', async () => {
  const { transport, answer } = createTransport()
  const line = createLine(transport)
  line.open()
  const result = call(line)
  await answer(async (path, input) => ({ path, input }))
  expect(await result).toEqual({ path: ['a', 'b'], input: { n: 1 } })
  expect(line.current().state).toBe('open')
})

test('a call under way when the line is lost fails as lost and is not sent again', async () => {
  const { transport, answer } = createTransport()
  const line = createLine(transport)
  line.open()
  let sent = 0
  let cutCall = (_error: Error) => {}
  const cut = await answer(() => {
    sent += 1
    return new Promise((_resolve, reject) => {
      cutCall = reject
    })
  })
  await until(line, 'open')
  const result = call(line)
  await Promise.resolve()
  cut()
  await until(line, 'lost')
  cutCall(new Error('the socket was closed'))
  await expect(result).rejects.toBeInstanceOf(LineLost)
  await answer(async () => 'again')
  await until(line, 'open')
  expect(sent).toBe(1)
})

test('while the line is lost a call fails at once; when it is back, calls work', async () => {
  const { transport, answer } = createTransport()
  const line = createLine(transport)
  line.open()
  const cut = await answer(async () => 'first')
  await until(line, 'open')
  cut()
  await until(line, 'lost')
  await expect(call(line)).rejects.toBeInstanceOf(LineLost)
  line.tryNow()
  await answer(async () => 'second')
  await until(line, 'open')
  expect(await call(line)).toBe('second')
})

test('a stream ends as lost when its line is', async () => {
  const { transport, answer } = createTransport()
  const line = createLine(transport)
  line.open()
  let fail = (_error: Error) => {}
  const cut = await answer(async () =>
    (async function* () {
      yield 1
      await new Promise((_resolve, reject) => {
        fail = reject
      })
    })(),
  )
  // The contract's streams are async iterators on this side of every link.
  const events = (await call(line)) as AsyncIterableIterator<number>
  expect((await events.next()).value).toBe(1)
  const next = events.next()
  cut()
  await until(line, 'lost')
  fail(new Error('the socket was closed'))
  await expect(next).rejects.toBeInstanceOf(LineLost)
})

test('an error that the other side gave stays what it is', async () => {
  const { transport, answer } = createTransport()
  const line = createLine(transport)
  line.open()
  await answer(async () => {
    throw new RangeError('said by main')
  })
  await expect(call(line)).rejects.toThrow('said by main')
})

test('a failed try is repeated; a refusal is not', async () => {
  const { transport, fail } = createTransport()
  const line = createLine(transport)
  line.open()
  await fail(new Error('connection refused'))
  await until(line, 'lost')
  line.tryNow()
  await fail(new Refused())
  await until(line, 'refused')
})

test('a page that is gone is told as such', async () => {
  const line = createLine(createTransport().transport)
  expect(new TextDecoder().decode(await line.fetchPage('abc'))).toBe('abc')
  await expect(line.fetchPage('gone')).rejects.toThrow(/expired/)
})
