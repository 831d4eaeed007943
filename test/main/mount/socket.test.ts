import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { BrowserServerOptions } from '../../../main/http/server.ts'
import { createSeamClient, openSocket, socketLink } from '../../seam/seam-client.ts'
import { startBrowserServer, type TestBrowserServer } from '../../support/browser-server.ts'

const window = 'window-00000001'
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 })

let server: TestBrowserServer
let bearer: string
const start = async (options: Partial<BrowserServerOptions> = {}) => {
  server = await startBrowserServer(options)
  bearer = await server.signIn()
}
afterEach(() => server[Symbol.asyncDispose]())

/** Waits until a count that began stops growing. */
async function untilStill(count: () => number): Promise<void> {
  for (let before = 0; before === 0 || before !== count(); ) {
    before = count()
    await wait(500)
  }
}

/** A socket that is open and has said nothing yet. */
async function openSilent(): Promise<WebSocket> {
  const socket = new WebSocket(new URL('/line', server.url.replace('http', 'ws')), { origin: new URL(server.url).origin })
  await once(socket, 'open')
  return socket
}
const closeOf = async (socket: WebSocket): Promise<{ code: number; reason: string }> => {
  const [code, reason] = await once(socket, 'close')
  return { code, reason: String(reason) }
}

describe('who has not said who they are', () => {
  test('is sent away after a while', async () => {
    await start({ greetingMs: 50 })
    expect(await closeOf(await openSilent())).toEqual({ code: 4401, reason: 'The first message did not come in time.' })
  })

  test('is sent away with a reason for a wrong first message', async () => {
    await start()
    const refusal = '4401 This page is not signed in to the console.'
    await expect(openSocket(server.url, { bearer: 'x', window })).rejects.toThrow(refusal)
    await expect(openSocket(server.url, Buffer.from(JSON.stringify({ bearer, window })))).rejects.toThrow(refusal)
    await expect(openSocket(server.url, { bearer, window, more: 1 })).rejects.toThrow(refusal)
  })

  test('does not keep others out for longer than it stays', async () => {
    await start({ greetingMs: 60_000 })
    const silent = await Promise.all(Array.from({ length: 32 }, openSilent))
    expect((await closeOf(await openSilent())).code).toBe(1013)
    for (const socket of silent) socket.terminate()
    await vi.waitFor(async () => (await openSocket(server.url, { bearer, window })).terminate(), { timeout: 20_000, interval: 50 })
  })

  test('who said it no longer counts as one of them', async () => {
    await start()
    const sockets: WebSocket[] = []
    for (let number = 0; number < 40; number += 1) sockets.push(await openSocket(server.url, { bearer, window }))
    for (const socket of sockets) socket.terminate()
  })
})

describe('a line', () => {
  test.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['an object of another kind', '{"hello":1}'],
    ['a call without an address', '{"i":"1","p":{}}'],
    ['a call of another host', '{"i":"1","p":{"u":"http://evil.example/items/change"}}'],
    ['an unknown kind', '{"i":"1","t":9,"p":{}}'],
    ['bytes', Buffer.from('{"i":"1","p":{"u":"/items/read"}}')],
  ])('is closed by what our page cannot have sent: %s', async (_what, message) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    await start()
    const socket = await openSocket(server.url, { bearer, window })
    socket.send(message)
    expect(await closeOf(socket)).toEqual({ code: 4400, reason: 'That was no message of the line.' })
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  test('is closed by a message that is larger than any call', async () => {
    await start()
    const socket = await openSocket(server.url, { bearer, window })
    socket.send('x'.repeat(33 * 1024 * 1024))
    expect((await closeOf(socket)).code).toBe(1009)
  })

  test('carries a statement of five million characters', async () => {
    await start()
    const socket = await openSocket(server.url, { bearer, window })
    const name = '漢'.repeat(5_000_000)
    expect((await createSeamClient(socketLink(socket)).items.read({ name })).name).toBe(name)
    socket.terminate()
  })

  test('ends with its session', async () => {
    let clock = Date.UTC(2026, 0, 1)
    await start({ now: () => clock, heartbeatMs: 50 })
    const socket = await openSocket(server.url, { bearer, window })
    clock += 7 * 24 * 3_600_000
    expect(await closeOf(socket)).toEqual({ code: 4401, reason: 'The session is over.' })
  })

  test('keeps its session alive while it is open, though nobody does anything', async () => {
    let clock = Date.UTC(2026, 0, 1)
    await start({ now: () => clock, heartbeatMs: 300 })
    const socket = await openSocket(server.url, { bearer, window })
    for (let time = 0; time < 4; time += 1) {
      clock += 10 * 3_600_000
      await once(socket, 'ping')
    }
    expect(socket.readyState).toBe(WebSocket.OPEN)
    socket.terminate()
  })

  test('is cut when its peer is dead, and what it began ends', async () => {
    await start({ heartbeatMs: 200 })
    const socket = await openSocket(server.url, { bearer, window })
    createSeamClient(socketLink(socket))
      .items.hold({ name: 'held' })
      .catch(() => {})
    await until(() => expect(server.witness.begun).toEqual(['held']))
    // Neither reads nor answers from here on, as a machine that sleeps.
    socket.pause()
    await until(() => expect(server.witness.ended).toEqual(['held']))
    socket.terminate()
  })

  test('is not filled by a slow reader: the stream waits for it, and arrives whole', async () => {
    await start()
    const socket = await openSocket(server.url, { bearer, window })
    const stream = await createSeamClient(socketLink(socket)).items.wide({ count: 400, bytes: 262_144 })
    socket.pause()
    await untilStill(() => server.witness.given)
    expect(server.witness.given).toBeLessThan(200)
    socket.resume()
    let next = 0
    for await (const text of stream) expect(text.startsWith(`${next++} `)).toBe(true)
    expect(next).toBe(400)
    socket.terminate()
  })

  test('reads no further calls while too many answers wait, and answers all of them in the end', async () => {
    await start()
    const socket = await openSocket(server.url, { bearer, window })
    const client = createSeamClient(socketLink(socket))
    const name = 'x'.repeat(65_536)
    socket.pause()
    const calls = Array.from({ length: 1500 }, () => client.items.read({ name }))
    await untilStill(() => server.witness.reads)
    expect(server.witness.reads).toBeLessThan(1000)
    socket.resume()
    expect(await Promise.all(calls)).toHaveLength(1500)
    socket.terminate()
  })
})

describe('a window', () => {
  test('is said to have left when its last line is closed', async () => {
    await start()
    const [one, two] = [await openSocket(server.url, { bearer, window }), await openSocket(server.url, { bearer, window })]
    const known = (await createSeamClient(socketLink(one)).items.read({ name: 'x' })).window
    one.terminate()
    await until(() => expect(server.left).toEqual([]))
    expect(await createSeamClient(socketLink(two)).items.read({ name: 'x' })).toMatchObject({ window: known })
    expect(server.left).toEqual([])
    two.terminate()
    await until(() => expect(server.left).toEqual([known]))
  })

  test('is not that of another browser, whatever name it gives itself', async () => {
    await start()
    const [mine, theirs] = [
      await openSocket(server.url, { bearer, window }),
      await openSocket(server.url, { bearer: await server.signIn(), window }),
    ]
    const [one, two] = await Promise.all([mine, theirs].map((socket) => createSeamClient(socketLink(socket)).items.read({ name: 'x' })))
    expect(one?.window).not.toBe(two?.window)
    for (const socket of [mine, theirs]) socket.terminate()
  })
})

describe('the end', () => {
  test('tells every line that the console ends, and waits for no peer that is dead', async () => {
    await start()
    const [one, dead] = [await openSocket(server.url, { bearer, window }), await openSocket(server.url, { bearer, window })]
    const silent = await openSilent()
    dead.pause()
    const closed = Promise.all([closeOf(one), closeOf(silent)])
    await server.close()
    expect((await closed).map(({ code }) => code)).toEqual([1001, 1001])
    dead.terminate()
  })
})
