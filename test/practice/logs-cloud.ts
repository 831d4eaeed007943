import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { onTestFinished } from 'vitest'
import { ConnectionDropped, createFaults } from '../../practice/faults.ts'
import { type LogsOptions, openLogs } from '../../practice/logs/logs.ts'
import { openWire } from '../../practice/wire/server.ts'

/** CloudWatch Logs of the practice cloud alone, behind the real wire. It ends with the test, or before. */
export async function startLogs(folder: string, options: Partial<LogsOptions> = {}) {
  const log: string[] = []
  const report = (text: string) => void log.push(text)
  const logs = openLogs({ folder, report, ...options })
  const faults = createFaults()
  const wire = await openWire({
    port: 0,
    services: { logs: faults.before('logs', logs.service) },
    plain: () => null,
    hangsUp: (error) => error instanceof ConnectionDropped,
    log: report,
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await wire.close()
    logs.close()
  }
  onTestFinished(close)
  return { endpoint: `http://127.0.0.1:${wire.port}`, logs, writer: logs.writer, faults, log, close }
}

/** The SDK's client, pointed there. One attempt, so that a test sees what was answered. */
export function logsClient(endpoint: string, region = 'ca-central-1'): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({
    endpoint,
    region,
    maxAttempts: 1,
    disableHostPrefix: true,
    credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' },
  })
  onTestFinished(() => client.destroy())
  return client
}
