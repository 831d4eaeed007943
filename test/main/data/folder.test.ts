import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultDataFolder, openDataFolder } from '../../../main/data/folder.ts'
import { temporaryFolder } from '../../support/folders.ts'

const home = join('/home', 'ann')

test.each([
  ['linux', {}, join(home, '.local', 'share', 'basepair')],
  ['linux', { XDG_DATA_HOME: '/data' }, join('/data', 'basepair')],
  ['linux', { XDG_DATA_HOME: '' }, join(home, '.local', 'share', 'basepair')],
  ['linux', { XDG_DATA_HOME: 'relative' }, join(home, '.local', 'share', 'basepair')],
  ['darwin', { XDG_DATA_HOME: '/data' }, join(home, 'Library', 'Application Support', 'Basepair')],
  ['win32', { APPDATA: join('/roaming') }, join('/roaming', 'Basepair')],
  ['win32', {}, join(home, 'AppData', 'Roaming', 'Basepair')],
])('on %s with %o it is %s', (platform, variables, expected) => {
  expect(defaultDataFolder({ platform, home, variables })).toBe(expected)
})

test('a folder is made with its parents, for the user alone', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b')
  expect(await openDataFolder(folder)).toBe(folder)
  if (process.platform !== 'win32') expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect(await openDataFolder(folder)).toBe(folder)
})

test.skipIf(process.platform !== 'linux')('a folder that cannot be made is said, and not tried for ever', async () => {
  await expect(openDataFolder('/proc/nowhere')).rejects.toMatchObject({ code: 'FILE', message: expect.stringContaining('/proc/nowhere') })
  await expect(openDataFolder('/proc/nowhere/deeper')).rejects.toMatchObject({ code: 'FILE' })
  await expect(openDataFolder('/etc/passwd/folder')).rejects.toMatchObject({ code: 'FILE' })
  await expect(openDataFolder('/etc/passwd')).rejects.toMatchObject({ code: 'FILE' })
})
