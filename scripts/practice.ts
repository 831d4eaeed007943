import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { defaultDataFolder, openDataFolder } from '../main/data/folder.ts'
import { lockFolder } from '../main/data/lock.ts'
import { forgetPractice, startPractice } from '../practice/index.ts'

/** The practice cloud alone, for other AWS clients: it and a console use the same state, one at a time. */

interface Options {
  readonly port?: number
  readonly data: string
  readonly speed?: number
  readonly pace?: number
}

function number(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+(\.\d+)?$/.test(text) || value < from || value > to) throw new InvalidArgumentError(`A number from ${from} to ${to}.`)
    return value
  }
}

const folderOf = (dataFolder: string): string => join(dataFolder, 'servers', 'practice')

async function serve(options: Options): Promise<void> {
  const ended = Promise.withResolvers<void>()
  // Heard from the start, so that a signal during the start still stops what was started; later ones change nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve())
  await using opened = new AsyncDisposableStack()
  const dataFolder = await openDataFolder(options.data)
  const lock = await lockFolder(dataFolder)
  opened.defer(() => lock.release())
  const practice = await startPractice({
    folder: folderOf(dataFolder),
    port: options.port,
    speed: options.speed,
    report: (text) => process.stderr.write(`${text}\n`),
  })
  opened.defer(() => practice.close())
  await practice.control.change({ perMinute: options.pace })
  process.stdout.write(`Practice cloud: ${practice.endpoint.endpoint}\n`)
  await ended.promise
}

async function reset(options: Options): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const dataFolder = await openDataFolder(options.data)
  const lock = await lockFolder(dataFolder)
  opened.defer(() => lock.release())
  await forgetPractice(folderOf(dataFolder))
  process.stdout.write('The practice cloud was forgotten; its next start begins anew.\n')
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? `The port is in use: ${message}. Choose another with --port.` : message
}

/** Exits by name: whatever a library left open must not keep an ended cloud alive. */
function run(work: Promise<void>): void {
  work.then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${sentenceOf(error).replaceAll('\n', ' ')}\n`)
      process.exit(1)
    },
  )
}

const program = new Command('npm run practice --')
program
  .command('serve', { isDefault: true })
  .option('--port <number>', 'port to serve on (default: the one of the last time)', number(0, 65_535))
  .option('--data <folder>', 'the data folder, as of npm start', defaultDataFolder())
  .option('--speed <factor>', 'how many times faster than at AWS things go, from 1 to 10000', number(1, 10_000))
  .option('--pace <number>', 'made-up users that sign up in a minute, from 0 to 600, and call the Lambda function', number(0, 600))
  .action((options: Options) => run(serve(options)))
program
  .command('reset')
  .option('--data <folder>', 'the data folder, as of npm start', defaultDataFolder())
  .action((options: Options) => run(reset(options)))
program.showHelpAfterError().parse()
