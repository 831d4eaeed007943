import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { PathLink } from '../../preload/contract/overview.ts'
import { askCloud, type Cloud, type CloudAnswers, inTime } from '../environments/explain.ts'
import { type InstanceAnswer, type InstanceSaid, readInstance } from '../environments/instance-said.ts'
import { letIn, type ReachAnswer, readNetwork } from '../environments/network-said.ts'
import type { Handshake } from '../postgres/driver.ts'
import { brokenBy, type LinkName, sound } from './sentences.ts'

/** How a connection went: whole, or to the link where it failed. */
export interface Way {
  readonly handshake: Handshake | null
  readonly who: { readonly user: string; readonly superuser: boolean; readonly version: string } | null
  readonly failure: Failure | null
  readonly at: LinkName | null
}

/** After AWS named a reason a connection has so long to prove it wrong, in milliseconds: AWS is told of its changes late. */
const graceMs = 800
/** How long AWS is waited for after the connection has settled. */
const patienceMs = { reached: 1_500, unreached: 6_000 }

/**
 * The links Instance and Network. A connection that succeeds proves both, whatever AWS says; one that fails, or hangs while AWS names a
 * reason, is explained by what AWS says. `way` is null where nothing was tried.
 */
export async function throughCloud(
  cloud: Pick<Cloud, 'instanceOf' | 'reachOf'>,
  environment: Environment,
  connecting: Failure | ((signal: AbortSignal) => Promise<Way>),
  signal: AbortSignal,
): Promise<{ readonly first: PathLink[]; readonly way: Way | null }> {
  const leaving = new AbortController()
  const both = AbortSignal.any([signal, leaving.signal])
  const answers = askCloud(cloud, environment, both)
  // A defect of the questions is told where they are awaited, if they still are.
  answers.instance.catch(() => {})
  answers.reach.catch(() => {})
  try {
    const way = connecting instanceof Failure ? null : await decide(environment, connecting(both), answers)
    const reached = way !== null && way.at !== 'server'
    const limit = reached ? patienceMs.reached : patienceMs.unreached
    const late = new Failure('TIMEOUT', 'AWS has not answered yet.', { mend: 'look_again' })
    const [instance, reach] = await Promise.all([inTime(answers.instance, limit, late), inTime(answers.reach, limit, late)])
    signal.throwIfAborted()
    const failure = connecting instanceof Failure ? connecting : (way?.failure ?? null)
    return { first: linksOf(environment, reached ? null : failure, instance, reach), way }
  } finally {
    leaving.abort(new Failure('CANCELLED', 'It is not needed any more.'))
  }
}

/** The way as the connection found it, or as lost where it still hangs while AWS is sure that it cannot succeed. */
async function decide(environment: Environment, connection: Promise<Way>, answers: CloudAnswers): Promise<Way> {
  const { host, port } = environment.connection
  const lost: Way = {
    handshake: null,
    who: null,
    at: 'server',
    failure: new Failure('UNREACHABLE', `${host}:${port} does not answer.`, { source: { vendor: 'node', code: 'ETIMEDOUT' } }),
  }
  const certain = Promise.withResolvers<Way>()
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => {
    timer ??= setTimeout(() => certain.resolve(lost), graceMs)
  }
  const watching = [
    answers.instance.then((answer) => {
      const { kind } = readInstance(environment, answer)
      if (kind === 'stopped' || kind === 'passing' || kind === 'trouble') giveUp()
    }),
    answers.reach.then((reach) => {
      if (!(reach instanceof Failure) && reach.allowed === false) giveUp()
    }),
  ]
  for (const one of watching) one.catch(certain.reject)
  // Whoever loses the race was told to end, which is no failure.
  connection.catch(() => {})
  try {
    return await Promise.race([connection, certain.promise])
  } finally {
    clearTimeout(timer)
  }
}

const states = { running: 'sound', stopped: 'broken', passing: 'changing', trouble: 'broken', unknown: 'unknown' } as const

function instanceLink(said: InstanceSaid, state: PathLink['state'], sentence = said.sentence): PathLink {
  const mend = state === 'sound' ? null : said.mend
  const command = state === 'sound' || said.command === undefined ? {} : { command: said.command }
  return { link: 'instance', state, sentence, source: state === 'sound' ? null : said.source, mend, ...command }
}

function linksOf(environment: Environment, failure: Failure | null, instance: InstanceAnswer, reach: ReachAnswer): PathLink[] {
  const said = readInstance(environment, instance)
  const { host, port } = environment.connection
  if (failure === null) {
    const contrary = said.kind === 'stopped' || said.kind === 'trouble'
    const words = contrary ? `${said.sentence} It answers all the same.` : said.sentence
    const state = contrary ? 'unknown' : states[said.kind]
    return [
      instanceLink(contrary ? { ...said, mend: 'look_again' } : said, state, words),
      sound('network', `${host}:${port} answers.${letIn(reach)}`),
    ]
  }
  const first = instanceLink(said, states[said.kind])
  if (said.kind === 'stopped' || said.kind === 'passing' || said.kind === 'trouble') return [first]
  if (failure.code === 'FILE') {
    const untried: PathLink = { link: 'network', state: 'unknown', sentence: 'Not tried without its CA.', source: null, mend: null }
    return [first, untried, brokenBy('tls', failure)]
  }
  const { sentence, source, mend, also } = readNetwork(environment, failure, instance, reach)
  return [first, { ...networkLink(sentence, source, mend), ...(also === undefined ? {} : { also }) }]
}

const networkLink = (sentence: string, source: string | null, mend: PathLink['mend']): PathLink => ({
  link: 'network',
  state: 'broken',
  sentence,
  source,
  mend,
})
