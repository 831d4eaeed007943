import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { SignUps } from '../../preload/contract/logs.ts'
import type { overview, PathLink } from '../../preload/contract/overview.ts'
import type { Call } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import { type Cloud, inTime } from '../environments/explain.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, Target } from '../postgres/driver.ts'
import { quoteQualified } from '../postgres/identifier.ts'
import { maintenanceDatabase } from '../postgres/maintenance-database.ts'
import { throughCloud, type Way } from './cloud-links.ts'
import { broken, brokenBy, enumerate, type LinkName, linkOf, plural, sound, tlsLink, waiting } from './sentences.ts'
import { signUpsLink } from './sign-ups-link.ts'

type Input = InferContractRouterInputs<typeof overview>['path']
type Output = InferContractRouterOutputs<typeof overview>['path']

/** What an environment's project brings, as far as it can be told without running its scripts. */
export interface ProjectFacts {
  /** The tables that its schema creates, in the script's order. `schema` is null where the script names none. */
  readonly tables: readonly { readonly schema: string | null; readonly name: string }[]
  /** Whether it has a seed. */
  readonly seeds: boolean
}

/** Reads the project of an environment. Fails with FILE where that cannot be done. */
export type ReadProject = (environment: Environment) => Promise<ProjectFacts>

/** What the overview needs. */
export interface OverviewDeps {
  readonly driver: Pick<Driver, 'run' | 'handshake'>
  readonly environments: Pick<Environments, 'get' | 'target'>
  readonly project: ReadProject
  /** What AWS says of an environment on RDS. */
  readonly cloud: Pick<Cloud, 'instanceOf' | 'reachOf'>
  /** What the log tells of sign-ups, after a few seconds at most; null where the environment stands on no AWS account. */
  signUpsOf(environment: Environment, signal: AbortSignal): Promise<SignUps | null>
}

const inside: readonly LinkName[] = ['tls', 'sign-in', 'database', 'schema', 'data']
const near: readonly LinkName[] = ['server', ...inside]
const onRds: readonly LinkName[] = ['instance', 'network', ...inside, 'sign-ups']
/** Milliseconds for each question: the path is looked at while something is wrong, when waiting tells nothing. */
const timeoutMs = 5_000
/** Milliseconds that the path waits for what the log tells, once the database has answered. */
const signUpsPatienceMs = 4_000

interface Table {
  readonly wanted: string
  /** The schema it stands in; null where it is missing. */
  readonly schema: string | null
  readonly name: string
  readonly readable: boolean
}

/** Walks the way from the server to the data. What breaks on the way is a link, not a failure of the operation. */
export function createOverviewService({ driver, environments, project, cloud, signUpsOf }: OverviewDeps) {
  /** A link that cannot be told from what went wrong is a failure of the operation after all. */
  async function attempt(link: LinkName, work: () => Promise<PathLink>): Promise<PathLink> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure && (linkOf(error) !== null || error.code === 'FILE')) return brokenBy(link, error)
      throw error
    }
  }

  /** Who signed in where. Null where even the maintenance database does not let the role in. */
  async function whoIsThere(target: Target, signal: AbortSignal) {
    const { rows } = await driver.run(target, { text: consoleSql('overview-server') }, { signal, timeoutMs })
    const [user, superuser, version] = rows[0] ?? []
    return { user: user ?? '', superuser: superuser === 't', version: version ?? '' }
  }

  /** A fresh connection: an idle one from the pool would say nothing about the way to the server. */
  async function connect(environment: Environment, target: Target, signal: AbortSignal): Promise<Way> {
    try {
      const handshake = await driver.handshake(target, { signal, timeoutMs })
      const who = await whoIsThere(target, signal)
      return { handshake, who, failure: null, at: null }
    } catch (error) {
      const at = error instanceof Failure ? linkOf(error) : null
      if (!(error instanceof Failure) || at === null) throw error
      if (at !== 'database') return { handshake: null, who: null, failure: error, at }
      const maintenance = environments.target(environment.id, maintenanceDatabase)
      const [handshake, who] = await Promise.all([
        optional(driver.handshake(maintenance, { signal, timeoutMs })),
        optional(whoIsThere(maintenance, signal)),
      ])
      return { handshake, who, failure: error, at }
    }
  }

  /** The links from the server's door to the sign-in, up to the broken one. */
  function approach(environment: Environment, target: Target, first: readonly PathLink[], way: Way): PathLink[] {
    const { handshake, who, failure, at } = way
    const links = [
      ...first,
      tlsLink(environment, handshake, target.tls?.authority),
      sound('sign-in', who ? `Signed in as ${who.user}${who.superuser ? ', a superuser' : ''}.` : `Signed in as ${target.user}.`),
    ]
    if (failure === null || at === null) return links
    const end = links.findIndex(({ link }) => link === at)
    return [...(end < 0 ? links : links.slice(0, end)), brokenBy(at, failure)]
  }

  async function databaseLink(target: Target, signal: AbortSignal): Promise<PathLink> {
    const { rows } = await driver.run(target, { text: consoleSql('overview-database') }, { signal, timeoutMs })
    return sound('database', `${target.database}, ${rows[0]?.[0] ?? 'size unknown'}.`)
  }

  async function findTables(target: Target, facts: ProjectFacts, signal: AbortSignal): Promise<Table[]> {
    const statement = { text: consoleSql('overview-tables'), values: [JSON.stringify(facts.tables)] }
    const { rows } = await driver.run(target, statement, { signal, timeoutMs })
    return rows.map(([schema, name, found, readable]) => ({
      wanted: schema == null || schema === 'public' ? (name ?? '') : `${schema}.${name}`,
      schema: found ?? null,
      name: name ?? '',
      readable: readable === 't',
    }))
  }

  function schemaLink(facts: ProjectFacts, tables: readonly Table[], projectName: string): PathLink {
    if (facts.tables.length === 0) return sound('schema', `The schema of ${projectName} creates no tables.`)
    const missing = tables.filter((one) => one.schema === null).map((one) => one.wanted)
    const names = tables.map((one) => one.wanted)
    if (missing.length === 0) return sound('schema', `${enumerate(names)} ${plural(names, 'is', 'are')} there.`)
    const some = missing.length < tables.length ? `${missing.length} of ${tables.length} tables: ` : ''
    const link = broken('schema', `${some}${enumerate(missing)} ${plural(missing, 'is', 'are')} missing.`, 'load_schema')
    return facts.seeds && missing.length === tables.length ? { ...link, also: 'set_up' } : link
  }

  /** `EXISTS` stops at the first row of each table; a count would read all of them. */
  async function dataLink(target: Target, facts: ProjectFacts, tables: readonly Table[], signal: AbortSignal): Promise<PathLink> {
    const readable = tables.flatMap(({ schema, name, wanted, readable }) => (readable && schema !== null ? [{ schema, name, wanted }] : []))
    if (tables.length === 0) return sound('data', 'Nothing is expected here.')
    if (readable.length === 0) {
      const names = tables.map((one) => one.wanted)
      return broken('data', `${target.user} may not read ${enumerate(names)}: grant SELECT on ${plural(names, 'it', 'them')}.`)
    }
    // One row per table: a select list would end at 1,664 columns.
    const text = readable
      .map(({ schema, name }, index) => `SELECT ${index}, EXISTS (SELECT FROM ${quoteQualified(schema, name)})`)
      .join('\nUNION ALL\n')
    const { rows } = await driver.run(target, { text }, { signal, timeoutMs, readOnly: true })
    const filled = new Set(rows.filter(([, any]) => any === 't').map(([index]) => Number(index)))
    const full = readable.filter((_, index) => filled.has(index)).map((one) => one.wanted)
    const empty = readable.filter((_, index) => !filled.has(index)).map((one) => one.wanted)
    const emptyWords = `${enumerate(empty)} ${plural(empty, 'is', 'are')} empty`
    if (full.length === 0) {
      return facts.seeds ? broken('data', `${emptyWords}.`, 'seed') : broken('data', `${emptyWords}, and the project has no seed.`)
    }
    return sound('data', `${enumerate(full)} ${plural(full, 'holds', 'hold')} rows${empty.length > 0 ? `; ${emptyWords}` : ''}.`)
  }

  /** Where to connect, or why that cannot be told: the CA file of the settings is not there. */
  function reachable({ id }: Environment): Target | Failure {
    try {
      return environments.target(id)
    } catch (error) {
      if (error instanceof Failure && error.code === 'FILE') return error
      throw error
    }
  }

  async function walk(environment: Environment, signal: AbortSignal): Promise<PathLink[]> {
    const target = reachable(environment)
    if (environment.rds !== undefined) {
      const connecting = target instanceof Failure ? target : (own: AbortSignal) => connect(environment, target, own)
      const { first, way } = await throughCloud(cloud, environment, connecting, signal)
      if (target instanceof Failure || way === null || way.at === 'server') return first
      return await behind(environment, target, approach(environment, target, first, way), way, signal)
    }
    // What is needed before the server can be asked at all.
    if (target instanceof Failure) return [brokenBy('server', target)]
    const way = await connect(environment, target, signal)
    return await behind(environment, target, approach(environment, target, [serverLink(environment, way.who)], way), way, signal)
  }

  async function behind(environment: Environment, target: Target, links: PathLink[], way: Way, signal: AbortSignal): Promise<PathLink[]> {
    if (way.failure !== null) return links
    links.push(await attempt('database', () => databaseLink(target, signal)))
    if (links.at(-1)?.state === 'broken') return links
    let facts: ProjectFacts = { tables: [], seeds: false }
    let tables: readonly Table[] = []
    links.push(
      await attempt('schema', async () => {
        facts = await project(environment)
        tables = facts.tables.length === 0 ? [] : await findTables(target, facts, signal)
        return schemaLink(facts, tables, basenameOf(environment.project))
      }),
    )
    if (links.at(-1)?.state === 'broken') return links
    links.push(await attempt('data', () => dataLink(target, facts, tables, signal)))
    // Whether users have a row is asked of empty tables too: then more than ever.
    if (environment.rds !== undefined) links.push(await askSignUps(environment, signal))
    return links
  }

  async function askSignUps(environment: Environment, signal: AbortSignal): Promise<PathLink> {
    const leaving = new AbortController()
    const late = new Failure('TIMEOUT', 'The log of the sign-ups has not been read yet.')
    try {
      const answer = signUpsOf(environment, AbortSignal.any([signal, leaving.signal]))
      return signUpsLink(await inTime(answer, signUpsPatienceMs, late), Date.now())
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Failure) return signUpsLink(error, Date.now())
      throw error
    } finally {
      leaving.abort(new Failure('CANCELLED', 'It is not needed any more.'))
    }
  }

  return {
    async path({ environment: id }: Input, call: Call): Promise<Output> {
      const environment = environments.get(id)
      const links = await walk(environment, call.signal)
      const order = environment.rds === undefined ? near : onRds
      return { links: [...links, ...order.slice(links.length).map(waiting)], probedAt: new Date().toISOString() }
    },
  }
}

/** The first link where the environment stands on no instance that AWS knows. */
function serverLink(environment: Environment, who: Way['who']): PathLink {
  const { host, port } = environment.connection
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return sound('server', who ? `PostgreSQL ${who.version} at ${address}${startedBy(environment)}.` : `${address} answers.`)
}

const startedBy = ({ origin }: Environment): string => {
  if (origin === 'embedded') return ', started by Basepair'
  return origin === 'practice' ? ', the practice instance' : ''
}

const basenameOf = (project: string): string => project.split(/[\\/]/).findLast((part) => part !== '') ?? project

/** What decorates a sentence may be missing; the sentence itself is told either way. */
const optional = <T>(work: Promise<T>): Promise<T | null> =>
  work.catch((error: unknown) => {
    if (error instanceof Failure && error.code !== 'CANCELLED') return null
    throw error
  })
