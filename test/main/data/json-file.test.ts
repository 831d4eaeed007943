import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readJson, writeJson } from '../../../main/data/json-file.ts'
import { temporaryFolder } from '../../support/folders.ts'

const schema = z.object({ version: z.literal(1), servers: z.array(z.object({ name: z.string(), port: z.int() })) })

test('what was written is read again, and only the user can read the file', async () => {
  const path = join(await temporaryFolder(), 'settings.json')
  const value = { version: 1, servers: [{ name: 'é "quoted" \u2028', port: 5432 }] }
  await writeJson(path, value)
  expect(await readJson(path, schema)).toEqual({ state: 'ok', value })
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a missing file is missing, and nothing else', async () => {
  expect(await readJson(join(await temporaryFolder(), 'nothing.json'), schema)).toEqual({ state: 'missing' })
})

test.each([
  ['an empty file', '', 1, 1, 'the file is empty'],
  ['a comma too many', '{\n  "version": 1,\n}', 3, 1, 'Expected double-quoted property name'],
  ['an end too early', '{\n  "version": 1', 2, 15, "Expected ',' or '}' after property value"],
  ['a word that is none', '{\n  "version": one\n}', 2, 14, 'a character or a word that JSON does not have there'],
  ['text after the end', '{}\r\n\r\nx', 3, 1, 'Unexpected non-whitespace character after JSON'],
  ['a comment', '{\n  // note\n}', 2, 3, "Expected property name or '}'"],
  ['a wrong type', '{ "version": 1,\n  "servers": [\n    { "name": "a",\n      "port": "5432" }] }', 4, 15, /^servers\.0\.port: .*number/],
  ['a missing key, at what should hold it', '{ "version": 1, "servers": [\n    { "name": "a" }] }', 2, 5, /^servers\.0\.port: /],
  ['another version', '{\n  "version": 2, "servers": [] }', 2, 14, /^version: /],
  ['a list where an object belongs', '[]', 1, 1, /object/],
])('%s is named with its line, column and reason', async (_, text, line, column, message) => {
  const path = join(await temporaryFolder(), 'settings.json')
  await writeFile(path, text)
  const expected = typeof message === 'string' ? message : expect.stringMatching(message)
  expect(await readJson(path, schema)).toEqual({ state: 'invalid', line, column, message: expected })
})

test('a byte order mark is no error, and bytes that are not UTF-8 are one', async () => {
  const path = join(await temporaryFolder(), 'settings.json')
  await writeFile(path, '\ufeff{ "version": 1, "servers": [] }')
  expect(await readJson(path, schema)).toMatchObject({ state: 'ok' })
  await writeFile(path, Buffer.from([0x7b, 0xff, 0x7d]))
  expect(await readJson(path, schema)).toEqual({ state: 'invalid', line: null, column: null, message: 'the file is not UTF-8 text' })
})

test('a message never repeats what the file holds', async () => {
  const path = join(await temporaryFolder(), 'settings.json')
  for (const text of ['{ "password": hunter2 }', 'hunter2', '{ "version": "hunter2" }', '{ "a": "hunter2\n" }']) {
    await writeFile(path, text)
    expect(JSON.stringify(await readJson(path, schema))).not.toContain('hunter2')
  }
})

test('what cannot be read or written is a FILE error with the path', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'taken.json'))
  await expect(readJson(join(folder, 'taken.json'), schema)).rejects.toMatchObject({
    code: 'FILE',
    message: `${join(folder, 'taken.json')} could not be read: it is a folder.`,
  })
  await expect(writeJson(join(folder, 'no', 'such.json'), {})).rejects.toMatchObject({ code: 'FILE', data: { source: { code: 'ENOENT' } } })
  await expect(writeJson(join(folder, 'taken.json'), {})).rejects.toMatchObject({ code: 'FILE' })
  expect(await readdir(folder)).toEqual(['taken.json'])
})

test.skipIf(process.platform === 'win32')('a file that is a link stays one', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'real.json'), '{}')
  await symlink(join(folder, 'real.json'), join(folder, 'link.json'))
  await writeJson(join(folder, 'link.json'), { a: 1 })
  expect(JSON.parse(await readFile(join(folder, 'real.json'), 'utf8'))).toEqual({ a: 1 })
})

test('a writer killed at any moment leaves the old file or the new one', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'state.json')
  const whole = z.object({ round: z.int(), filler: z.string().length(200_000) })
  const script = `
    import { writeJson } from ${JSON.stringify(new URL('../../../main/data/json-file.ts', import.meta.url).href)}
    for (let round = 0; ; round += 1) {
      await writeJson(process.argv[1], { round, filler: 'x'.repeat(200_000) })
      if (round === 0) process.stdout.write('begun')
    }`
  for (let kill = 0; kill < 12; kill += 1) {
    const writer = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => writer.stdout.once('data', resolve))
    await pause(Math.random() * 30)
    writer.kill('SIGKILL')
    await new Promise((resolve) => writer.once('exit', resolve))
    expect(await readJson(path, whole)).toMatchObject({ state: 'ok' })
  }
})
