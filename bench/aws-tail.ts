import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { group, keys, region } from './cloud.ts'

/** `AWS_CLI` names one that is not the first on the path. */
const program = process.env['AWS_CLI'] ?? 'aws'

/** What is installed, as it names itself; null where nothing is. */
export function awsVersion(): string | null {
  const { status, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? ((stdout || stderr).split(' ', 1)[0] ?? null) : null
}

export interface AwsTail extends AsyncDisposable {
  /** When it has printed a line with that text, in milliseconds since 1970. */
  printed(text: string): Promise<number>
}

/** `aws logs tail --follow` on the same endpoint. */
export function startAwsTail(endpoint: string): AwsTail {
  const child = spawn(program, ['logs', 'tail', group, '--follow', '--since', '1m', '--format', 'short', '--endpoint-url', endpoint], {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      PYTHONUNBUFFERED: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const waiting = new Map<string, (at: number) => void>()
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    const at = performance.timeOrigin + performance.now()
    text = (text + part).slice(-10_000)
    for (const [wanted, resolve] of waiting) {
      if (!text.includes(wanted)) continue
      waiting.delete(wanted)
      resolve(at)
    }
  })
  return {
    printed: (wanted) => new Promise((resolve) => waiting.set(wanted, resolve)),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill()) await ended
    },
  }
}
