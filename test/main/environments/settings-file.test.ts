import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Kept, openSettingsFile } from '../../../main/environments/settings-file.ts'

const one: Kept = {
  id: 'staging',
  label: 'Staging',
  colour: 'orange',
  guard: 'guarded',
  connection: { host: 'h', port: 5432, database: 'app', user: 'ada', tls: 'off' },
  project: 'cruddur',
}
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-settings-'))
  path = join(folder, 'settings.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('what was saved is there at the next start, the newest of each id', async () => {
  const file = await openSettingsFile(path)
  await file.save(one)
  await file.save({ ...one, id: 'other' })
  await file.save({ ...one, label: 'Renamed' })
  await file.remove('other')
  const next = await openSettingsFile(path)
  expect(next.environments()).toEqual([{ ...one, label: 'Renamed' }])
  expect(next.problem()).toBeNull()
})

const document = (environments: readonly unknown[]) => JSON.stringify({ version: 1, environments })

test.each([
  ['two environments of one id', document([one, { ...one, label: 'Again' }]), /two environments have the same id/],
  ['an id that is none', document([{ ...one, id: 'Not an id' }]), /environments\.0\.id/],
  ['another version', JSON.stringify({ version: 2, environments: [] }), /version/],
  ['half a file', '{ "version": 1,', /./],
])('a file with %s is named, not used, and not written over', async (_, text, problem) => {
  await writeFile(path, text)
  const file = await openSettingsFile(path)
  expect(file.environments()).toEqual([])
  expect(file.problem()?.message).toMatch(problem)
  await expect(file.save(one)).rejects.toMatchObject({ code: 'FILE' })
  await expect(file.remove(one.id)).rejects.toMatchObject({ code: 'FILE' })
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a file that was mended is used after it was read again', async () => {
  await writeFile(path, '{')
  const file = await openSettingsFile(path)
  await writeFile(path, document([one]))
  await file.load()
  expect(file.environments()).toEqual([one])
  await file.save({ ...one, id: 'other' })
  expect((await openSettingsFile(path)).environments()).toHaveLength(2)
})
