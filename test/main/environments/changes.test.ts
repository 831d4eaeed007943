import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createActivityService } from '../../../main/activity/service.ts'
import { makeChange, requireTyped } from '../../../main/environments/changes.ts'
import { Failure } from '../../../preload/contract/errors.ts'

const window = { window: 'one' }
const intent = { environment: 'prod', target: 'app @ h:5432', action: 'Drop', before: '4 tables' }
let folder: string
let log: Awaited<ReturnType<typeof createActivityService>>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-changes-'))
  log = await createActivityService({ path: join(folder, 'activity.jsonl'), who: 'ada' })
})
afterEach(async () => {
  await log.close()
  await rm(folder, { recursive: true })
})

const locked = {
  allowChange() {
    throw new Failure('LOCKED', 'prod is read-only.')
  },
}
const open = { allowChange() {} }
const change = <T>(environments: typeof open, work: () => Promise<{ value: T; after?: string }>) =>
  makeChange({ environments, recorder: log.recorder }, window, intent, work)
const written = async () => (await log.service.list({ limit: 10 })).entries

test('in a locked environment nothing is done and nothing is logged', async () => {
  let done = false
  const refused = change(locked, async () => {
    done = true
    return { value: 1 }
  })
  await expect(refused).rejects.toMatchObject({ code: 'LOCKED' })
  expect(done).toBe(false)
  expect(await written()).toEqual([])
})

test('the intent is on disk before the work, its outcome after it', async () => {
  let before = ''
  const value = await change(open, async () => {
    before = await readFile(join(folder, 'activity.jsonl'), 'utf8')
    return { value: 7, after: 'no tables' }
  })
  expect(value).toBe(7)
  expect(before).toContain('"action":"Drop"')
  expect(before).not.toContain('"outcome"')
  expect(await written()).toMatchObject([{ action: 'Drop', before: '4 tables', after: 'no tables', result: 'done' }])
})

test.each([
  ['failed', new Failure('SQL', 'syntax error')],
  ['failed', new TypeError('a defect')],
  ['cancelled', new Failure('CANCELLED', 'Cancelled by the user.')],
])('work that ends in an error is written down as %s, and the error goes on', async (result, error) => {
  await expect(change(open, () => Promise.reject(error))).rejects.toBe(error)
  expect(await written()).toMatchObject([{ result, message: error.message }])
})

test.each(['', 'App', 'app ', 'ap', null])('%j does not confirm app', (typed) => {
  expect(() => requireTyped('app', typed)).toThrow(expect.objectContaining({ code: 'UNCONFIRMED' }))
  requireTyped('app', 'app')
})
