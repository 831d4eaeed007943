import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [react()],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Real servers and a real browser on two cores: generous, because no test asserts a time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default of one second is a time that a busy machine does not keep.
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
  },
})
