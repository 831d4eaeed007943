import { cpus, loadavg } from 'node:os'
import { Command } from 'commander'
import { measureArrival } from './arrival.ts'
import { fill } from './cloud.ts'
import { measureFind, questions } from './find.ts'
import { installLogMeasures } from './logs-in-page.ts'
import { type LogsStage, linesIn, loaded, startLogsStage } from './logs-stage.ts'
import { measureMemory } from './memory.ts'
import { type Measured, median, report } from './report.ts'
import { measureScroll } from './scroll.ts'

/** Measures following and finding in the real page, beside `aws logs tail` where it is installed. By hand, as the other bench. */

const parts = ['arrival', 'find', 'scroll', 'memory'] as const
const program = new Command('npm run bench:logs --')
  .option('--only <parts>', `some of ${parts.join(', ')}`, parts.join(','))
  .option('--puts <number>', 'events that are put and waited for', '50')
  .option('--rounds <number>', 'how often each question is asked', '7')
  .option('--lines <number>', 'loaded lines to find and scroll in', '50000')
  .option('--events <number>', 'events of a day, for the memory: half of them are read back, the others come', '2000000')
  .option('--per-second <number>', 'how many of them come in a second', '2500')
  .parse()
const options = program.opts<Record<'only' | 'puts' | 'rounds' | 'lines' | 'events' | 'perSecond', string>>()
const wanted = new Set(options.only.split(','))

/** With so many lines of the last hour, and all of them loaded. */
async function stageWith(lines: number): Promise<LogsStage> {
  const now = Date.now()
  const stage = await startLogsStage(1, (cloud) => fill(cloud, lines, now - 50 * 60_000, now - 60_000))
  await loaded(stage.page, Math.min(lines, 199_000) * 0.95)
  await stage.page.evaluate(installLogMeasures)
  return stage
}

const say = (text: string) => console.log(`\n${text}`)
const count = (value: number) => value.toLocaleString('en')

async function arrival(): Promise<void> {
  await using stage = await stageWith(1_000)
  const { page, aws, version, requestsPerSecond } = await measureArrival(stage, Number(options.puts))
  const line: Measured = { work: 'an event put, on the screen', limit: 1_000, peer: aws, console: page }
  say(
    `Put by the SDK to painted, ${options.puts} times; ${version ?? 'the AWS CLI is not installed'}${version === null ? '' : ': logs tail --follow'}.`,
  )
  console.log(report([line], 'aws logs tail'))
  console.log(`${requestsPerSecond.toFixed(2)} requests a second for its one group: ${requestsPerSecond <= 1 ? 'met' : 'MISSED'}`)
}

async function find(): Promise<void> {
  await using stage = await stageWith(Number(options.lines))
  const { lines, times } = await measureFind(stage, Number(options.rounds))
  say(`Found in ${count(lines)} loaded lines, whole answer painted; medians of ${options.rounds}.`)
  const measured = questions.map(([kind, text], place) => ({
    work: `${kind}: ${text}`,
    limit: 100,
    peer: null,
    console: times[place] ?? [],
  }))
  console.log(report(measured, ''))
}

async function scroll(): Promise<void> {
  for (const lines of [Number(options.lines), 200_000]) {
    await using stage = await stageWith(lines)
    say(`Scrolled over ${count(await linesIn(stage.page))} lines; a stall is more than 100 ms between two frames.`)
    for (const { work, gaps, blank } of await measureScroll(stage)) {
      const stalls = gaps.filter((gap) => gap > 100).length
      console.log(
        `${work.padEnd(30)} median ${median(gaps).toFixed(0)} ms, longest ${Math.max(0, ...gaps).toFixed(0)} ms, ${stalls} stalls, ${blank} lines not drawn`,
      )
    }
  }
}

async function memory(): Promise<void> {
  say(`A day of ${count(Number(options.events))} events, in MB above an empty page, and above a console that has just started.`)
  await measureMemory(Number(options.events), Number(options.perSecond), (text) => console.log(text))
}

console.log(
  `${cpus().length} cores, load ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`,
)
if (wanted.has('arrival')) await arrival()
if (wanted.has('find')) await find()
if (wanted.has('scroll')) await scroll()
if (wanted.has('memory')) await memory()
