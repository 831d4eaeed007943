import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createActivityService } from '../../../main/activity/service.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-activity-'))
  path = join(folder, 'activity.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const open = () => createActivityService({ path, who: 'ada' })
const intent = { environment: 'prod', target: 'cruddur @ h:5432', action: 'Reset', detail: 'from sql/cruddur' }
const all = { limit: 100 }

test('an intent is on disk before its work begins, with mode 0600', async () => {
  const log = await open()
  await log.recorder.open(intent)
  expect(await readFile(path, 'utf8')).toContain('"action":"Reset"')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await log.close()
})

test('outcomes are kept over a restart, newest first, and can be searched', async () => {
  const first = await open()
  await (await first.recorder.open(intent)).done('old copy kept as cruddur_prev')
  await (await first.recorder.open({ ...intent, environment: 'local', action: 'Seed' })).failed('line 7: no such column')
  await (await first.recorder.open({ ...intent, action: 'Drop' })).cancelled()
  await first.close()
  const second = await open()
  const { entries, sound } = await second.service.list(all)
  expect(entries.map((entry) => [entry.action, entry.result])).toEqual([
    ['Drop', 'cancelled'],
    ['Seed', 'failed'],
    ['Reset', 'done'],
  ])
  expect(sound).toBe(true)
  expect((await second.service.list({ ...all, environment: 'local' })).entries).toHaveLength(1)
  expect((await second.service.list({ ...all, search: 'cruddur_PREV' })).entries.map((entry) => entry.action)).toEqual(['Reset'])
  await second.close()
})

test('an intent without an outcome is told as unknown at the next start', async () => {
  const first = await open()
  await first.recorder.open(intent)
  await first.close()
  const second = await open()
  const [entry] = (await second.service.list(all)).entries
  expect(entry).toMatchObject({ result: 'unknown', message: expect.stringContaining('Check it') })
  await second.close()
})

test('a line changed by hand breaks the chain, and is said to', async () => {
  const first = await open()
  await (await first.recorder.open(intent)).done()
  await (await first.recorder.open({ ...intent, action: 'Drop' })).done()
  await first.close()
  await writeFile(path, (await readFile(path, 'utf8')).replace('"action":"Reset"', '"action":"Seed"'))
  const second = await open()
  expect((await second.service.list(all)).sound).toBe(false)
  await second.close()
})

test('half a line, as a power cut leaves it, loses nothing else', async () => {
  const first = await open()
  await (await first.recorder.open(intent)).done()
  await first.close()
  await writeFile(path, `${await readFile(path, 'utf8')}{"record":"int`)
  const second = await open()
  await (await second.recorder.open({ ...intent, action: 'Seed' })).done()
  await second.close()
  const third = await open()
  const { entries, sound } = await third.service.list(all)
  expect(entries.map((entry) => entry.action)).toEqual(['Seed', 'Reset'])
  expect(sound).toBe(false)
  await third.close()
})

test('a watcher is told of each entry as it opens and closes', async () => {
  const log = await open()
  const controller = new AbortController()
  const stream = log.service.watch(undefined, { window: 'w', signal: controller.signal })
  const first = stream.next()
  const record = await log.recorder.open(intent)
  expect((await first).value).toMatchObject({ action: 'Reset', result: 'running' })
  const second = stream.next()
  await record.done()
  expect((await second).value).toMatchObject({ action: 'Reset', result: 'done' })
  controller.abort()
  expect(await stream.next()).toEqual({ done: true, value: undefined })
  await log.close()
})
