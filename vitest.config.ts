import { readFileSync, statfsSync } from 'node:fs'
import { freemem, platform } from 'node:os'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const gibibytes = 2 ** 30

/** Temporary folders in memory, where there is room: each test server writes a thousand files. */
function inMemory(): Record<string, string> {
  if (platform() !== 'linux') return {}
  const folder = '/dev/shm'
  try {
    const mounted = readFileSync('/proc/mounts', 'utf8').split('\n')
    const options = mounted
      .map((line) => line.split(' '))
      .findLast(([, at]) => at === folder)?.[3]
      ?.split(',') ?? ['noexec']
    const { bavail, bsize } = statfsSync(folder)
    const room = Math.min(bavail * bsize, freemem())
    return options.includes('rw') && !options.includes('noexec') && room > 6 * gibibytes ? { TMPDIR: folder } : {}
  } catch {
    return {}
  }
}

export default defineConfig({
  plugins: [react()],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Real servers and a real browser on two cores: generous, because no test asserts a time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default of one second is a time that a busy machine does not keep.
    expect: { poll: { timeout: 20_000 } },
    env: inMemory(),
    pool: 'forks',
    // One more than cores: most tests wait for a server, a page or a silence.
    maxWorkers: 3,
    reporters: ['default'],
  },
})
