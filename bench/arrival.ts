import { randomUUID } from 'node:crypto'
import { awsVersion, startAwsTail } from './aws-tail.ts'
import { measuresIn } from './logs-in-page.ts'
import type { LogsStage } from './logs-stage.ts'

export interface Arrival {
  readonly page: readonly number[]
  readonly aws: readonly number[] | null
  readonly version: string | null
  /** At the wire, of the console alone. */
  readonly requestsPerSecond: number
}

/** From the moment at which PutLogEvents is sent to the frame that shows the line, and to the line that `aws logs tail --follow` prints. */
export async function measureArrival({ cloud, page, wire }: LogsStage, puts: number): Promise<Arrival> {
  const version = awsVersion()
  await using opened = new AsyncDisposableStack()
  const peer = version === null ? null : opened.use(startAwsTail(cloud.endpoint))
  const measures = measuresIn(page)
  const times = { page: [] as number[], aws: [] as number[] }
  // The first is not counted: the peer has to start.
  let begun = 0
  for (let put = -1; put < puts; put += 1) {
    if (put === 0) begun = Date.now()
    const text = `event ${randomUUID()}`
    const seen = measures.seen(text)
    const printed = peer?.printed(text)
    // Not in step with anybody's looks.
    await page.waitForTimeout(Math.random() * 1_000)
    const sent = performance.timeOrigin + performance.now()
    await cloud.put([{ timestamp: Date.now(), message: text }])
    const [shown, told] = await Promise.all([seen, printed])
    process.stderr.write(`\rput ${put + 1} of ${puts}`)
    if (put < 0) continue
    times.page.push(shown - sent)
    if (told !== undefined) times.aws.push(told - sent)
  }
  process.stderr.write('\n')
  const ended = Date.now()
  const looks = wire.looks.filter((at) => at >= begun && at < ended)
  return {
    page: times.page,
    aws: peer === null ? null : times.aws,
    version,
    requestsPerSecond: looks.length / ((ended - begun) / 1_000),
  }
}
