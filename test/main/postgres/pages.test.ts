import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPageStore } from '../../../main/postgres/pages.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const page = () => new ArrayBuffer(8)

test('gives a page once, under an address of 128 random bits', () => {
  const store = createPageStore({ maxWaiting: 2 })
  const buffer = page()
  const address = store.put(buffer)
  expect(address).toMatch(/^[\w-]{22}$/)
  expect(store.put(page())).not.toBe(address)
  expect(store.take(address)).toBe(buffer)
  expect(store.take(address)).toBeNull()
  expect(store.take('unknown')).toBeNull()
})

test('forgets a page after a minute', () => {
  const store = createPageStore({ maxWaiting: 2 })
  const address = store.put(page())
  vi.advanceTimersByTime(61_000)
  expect(store.take(address)).toBeNull()
})

test('drops the pages of an owner that went away, and no others', () => {
  const store = createPageStore({ maxWaiting: 2 })
  const [mine, yours] = [store.put(page(), 'mine'), store.put(page(), 'yours')]
  store.drop('mine')
  expect(store.take(mine)).toBeNull()
  expect(store.take(yours)).not.toBeNull()
})

test('lets an owner wait until one of its pages is fetched', async () => {
  const store = createPageStore({ maxWaiting: 1 })
  const address = store.put(page(), 'mine')
  await store.room('yours')
  let hasRoom = false
  const waiting = store.room('mine').then(() => {
    hasRoom = true
  })
  store.take(store.put(page(), 'yours'))
  await Promise.resolve()
  expect(hasRoom).toBe(false)
  store.take(address)
  await waiting
  expect(hasRoom).toBe(true)
})

test('stops waiting when it is aborted', async () => {
  const store = createPageStore({ maxWaiting: 1 })
  store.put(page())
  const leaving = new AbortController()
  const waiting = store.room('', leaving.signal)
  leaving.abort(new Error('left'))
  await expect(waiting).rejects.toThrow('left')
  await expect(store.room('', leaving.signal)).rejects.toThrow('left')
})
