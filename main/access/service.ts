import { EventEmitter } from 'node:events'
import { networkInterfaces } from 'node:os'
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { access, Reach, Rule } from '../../preload/contract/access.ts'
import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Call } from '../environments/caller.ts'
import { makeChange, type Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { environmentsOn, requireFlag } from '../environments/instance-guard.ts'
import { watchLatest } from '../environments/watch.ts'
import type { Driver } from '../postgres/driver.ts'
import { type Patience, patient } from './await-rules.ts'
import { type Changes, createChanges } from './changes.ts'
import { keyOf } from './instance-key.ts'
import { openJournal } from './journal.ts'
import { type KeptAccess, openKept } from './kept.ts'
import { createMending } from './mending.ts'
import { createMyAddress } from './my-address.ts'
import { reachFrom } from './reach.ts'
import { isExpired, readRule } from './rules.ts'
import { createSubjects } from './subjects.ts'

type Inputs = InferContractRouterInputs<typeof access>
type Outputs = InferContractRouterOutputs<typeof access>

export interface AccessDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Pick<Driver, 'handshake'>
  readonly stateFolder: string
  readonly log: (line: string) => void
  /** Addresses of services that answer with the caller's public address, in the order of trust; two must agree. */
  addressSources(profile: string): readonly string[]
  readonly allowUnlock: boolean
  /** Absent: as long as AWS may need. */
  readonly patience?: Patience
}

export type AccessService = {
  readonly [Name in Exclude<keyof Inputs, 'watch'>]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]>
} & { watch(input: Inputs['watch'], call: Call): AsyncGenerator<Reach, void> }

export interface Access {
  readonly service: AccessService
  /** Whom the environment's instance lets in, and whether this machine is among them. */
  reachOf(environment: Environment, signal: AbortSignal): Promise<Reach>
  /** Sweeps, and allows this machine where that was asked for. */
  start(): Promise<void>
  /** After sleep or another network: the address may be another. */
  wake(): void
  close(): Promise<void>
}

const minute = 60_000
/** How often it is looked whether the machine's own interfaces have changed, and whether an address is due to be asked for. */
const tickMs = 15_000
/** How long a known address is believed while somebody looks at it; on the loopback asking costs nobody anything. */
const addressAgeMs = 3 * minute
const nearAddressAgeMs = 10_000
/** What a window may see at first without asking again, and the overview each time. */
const lookAgeMs = 5_000
const overviewAgeMs = 15_000

/** Who may reach an instance from where. */
export function createAccessService(deps: AccessDeps): Access {
  const { aws, environments, recorder, log, addressSources } = deps
  const emitter = new EventEmitter().setMaxListeners(0)
  const changed = () => void emitter.emit('changed')
  const closing = new AbortController()
  const openedAt = new Date().toISOString()
  const timers: NodeJS.Timeout[] = []
  let interfaces = ownAddresses()

  const looked = () => {
    changed()
    mendNow()
  }
  const subjects = createSubjects({ aws, changed: looked, closing: closing.signal })
  const mine = createMyAddress({
    sourcesOf: addressSources,
    signal: closing.signal,
    changed(profile, before, now) {
      changed()
      if (before !== null && now !== null && before.address !== now.address) inBackground(moved(profile))
    },
  })
  const patience = deps.patience ?? patient
  const opened = Promise.all([openKept(deps.stateFolder, log), openJournal(deps.stateFolder, log)]).then(([kept, journal]) => {
    const changes = createChanges({
      ...deps,
      mine,
      kept,
      journal,
      patience,
      closing: closing.signal,
      changed: (key) => subjects.refresh(key, { anew: true }),
    })
    const isDue = () => journal.standing().length > 0
    return { kept, changes, mending: createMending(isDue, changes.mend, { retries: patience.retries, closing: closing.signal, log }) }
  })
  // Whoever waits for it hears of its failure.
  opened.catch(() => {})

  /** What nobody waits for: its failure goes to the log. */
  function inBackground(work: Promise<unknown>): void {
    void work.catch((error: unknown) => {
      if (!closing.signal.aborted) log(`access: ${error instanceof Error ? error.message : String(error)}`)
    })
  }

  /** Settles what was left half-way, if anything was. */
  const mendNow = () => inBackground(opened.then(({ mending }) => mending.now()))

  const addressAge = (profile: string) =>
    addressSources(profile).every((source) => ['127.0.0.1', 'localhost'].includes(URL.parse(source)?.hostname ?? ''))
      ? nearAddressAgeMs
      : addressAgeMs

  const assemble = (kept: KeptAccess, id: EnvironmentId, key: InstanceKey | null): Reach => {
    const environment = environments.get(id)
    const meant = key ?? keyOf(environment)
    const options = kept.options(id)
    if (meant === null)
      return reachFrom({ environment, options, subject: null, address: nobodyAsked(environment, openedAt), machine: kept.machine })
    return reachFrom({ environment, options, subject: subjects.of(meant), address: mine.now(meant.profile), machine: kept.machine })
  }

  async function* watch({ environment, key }: Inputs['watch'], call: Call): AsyncGenerator<Reach, void> {
    const { kept } = await opened
    const meant = key ?? keyOf(environments.get(environment))
    const end = meant === null ? () => {} : subjects.watch(meant)
    if (meant !== null) {
      inBackground(subjects.refresh(meant, { maxAgeMs: lookAgeMs }))
      inBackground(mine.look(meant.profile, addressAge(meant.profile)))
    }
    try {
      yield* watchLatest(emitter, () => assemble(kept, environment, meant), call.signal)
    } finally {
      end()
    }
  }

  async function refresh({ environment, key }: Inputs['refresh']): Promise<void> {
    const meant = key ?? keyOf(environments.get(environment))
    if (meant === null) return
    await Promise.all([subjects.refresh(meant), mine.look(meant.profile)])
  }

  async function options({ environment, options: next }: Inputs['options'], call: Call): Promise<void> {
    const { kept } = await opened
    const chosenFor = environments.get(environment)
    const { label, connection } = chosenFor
    const key = keyOf(chosenFor)
    if (key !== null) {
      // What it does later it does to all that stand there, and without a window.
      for (const { id } of environmentsOn(environments, { key, endpoint: connection, kin: [] })) environments.allowChange(call, id)
      if (next.onStart || next.onChange || next.expiresAfterHours > 0) requireFlag(deps, key)
    }
    const intent = { environment, target: label, action: 'Change access options', before: describeOptions(kept.options(environment)) }
    await makeChange({ environments, recorder }, call, intent, async () => {
      await kept.setOptions(environment, next)
      return { value: undefined, after: describeOptions(next) }
    })
    changed()
  }

  /** The environments on RDS for which something was chosen. */
  const chosen = (kept: KeptAccess) => environments.all().filter((one) => keyOf(one) !== null && kept.has(one.id))

  /** Expired rules go by their own word; stale ones only where rules were meant to pass. */
  const sweepItself = async (kept: KeptAccess, changes: Changes, { id }: Environment) => {
    await changes.sweep({ environment: id }, null, kept.options(id).expiresAfterHours > 0)
  }

  async function moved(profile: string): Promise<void> {
    const { kept, changes } = await opened
    const affected = chosen(kept).filter((one) => one.rds?.profile === profile && kept.options(one.id).onChange)
    for (const { id } of affected) await changes.allow({ environment: id }, null)
  }

  /** The profiles whose way out somebody looks at, or that is followed by itself. */
  async function caredFor(): Promise<readonly string[]> {
    const { kept } = await opened
    const followed = chosen(kept).flatMap(({ id, rds }) => (rds !== undefined && kept.options(id).onChange ? [rds.profile] : []))
    return [...new Set([...subjects.watched().map(({ profile }) => profile), ...followed])]
  }

  const askForThose = async () => {
    await Promise.all((await caredFor()).map((profile) => mine.look(profile, addressAge(profile))))
  }

  async function tick(): Promise<void> {
    const now = ownAddresses()
    if (now !== interfaces) mine.outdate()
    interfaces = now
    await askForThose()
  }

  function wake(): void {
    mine.outdate()
    mendNow()
    inBackground(askForThose())
    inBackground(Promise.all(subjects.watched().map((key) => subjects.refresh(key, { background: true }))))
  }

  const every = (ms: number, work: () => Promise<unknown>) => timers.push(setInterval(() => inBackground(work()), ms).unref())

  async function sweepAll(): Promise<void> {
    const { kept, changes } = await opened
    for (const one of chosen(kept)) await sweepItself(kept, changes, one)
  }

  async function begin(): Promise<void> {
    const { kept, changes } = await opened
    mendNow()
    for (const one of chosen(kept)) {
      if (kept.options(one.id).onStart) inBackground(changes.allow({ environment: one.id }, null))
      inBackground(sweepItself(kept, changes, one))
    }
  }

  /** What is known to have expired, without asking for more: ending is not to wait for AWS. */
  async function sweepLast(): Promise<void> {
    const { kept, changes } = await opened
    for (const one of chosen(kept)) {
      const key = keyOf(one)
      const look = key === null ? null : subjects.of(key).look
      const viewpoint = { port: 0, address: null, machine: kept.machine, configured: undefined }
      if (look?.rules.some((raw) => isOwnExpired(readRule(raw, viewpoint)))) await changes.sweep({ environment: one.id }, null, false)
    }
  }

  return {
    service: {
      watch,
      refresh,
      options,
      allow: async (input: Inputs['allow'], call: Call) => (await opened).changes.allow(input, call),
      revoke: async (input: Inputs['revoke'], call: Call) => (await opened).changes.revoke(input, call),
      sweep: async (input: Inputs['sweep'], call: Call) => (await opened).changes.sweep(input, call),
    },
    async reachOf(environment, signal) {
      const { kept } = await opened
      const key = keyOf(environment)
      if (key !== null) {
        const known = Promise.all([
          subjects.refresh(key, { maxAgeMs: overviewAgeMs, background: true }),
          mine.look(key.profile, addressAge(key.profile)),
        ])
        await Promise.race([known, aborted(signal)])
      }
      return assemble(kept, environment.id, key)
    },
    async start() {
      await opened
      inBackground(begin())
      every(tickMs, tick)
      every(60 * minute, sweepAll)
    },
    wake,
    async close() {
      for (const timer of timers) clearInterval(timer)
      await Promise.race([sweepLast(), aborted(AbortSignal.timeout(3_000))]).catch((error: unknown) => {
        log(`access: ${error instanceof Error ? error.message : String(error)}`)
      })
      closing.abort()
      const { kept, changes, mending } = await opened
      mending.close()
      await changes.settle()
      await kept.close()
    },
  }
}

const isOwnExpired = (rule: Rule) => rule.mine === 'tag' && isExpired(rule)

/** The addresses of this machine's own interfaces, but for those that come and go without meaning anything. */
function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outward = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  return outward
    .map(({ address }) => address)
    .toSorted()
    .join(' ')
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Failure('CANCELLED', 'It was not waited for any longer.'))
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
  })

const nobodyAsked = ({ label }: Environment, since: string): Reach['address'] => ({
  state: 'unknown',
  problem: { code: 'GONE', message: `Your address was not asked for, because ${label} stands on no RDS instance.` },
  since,
})

function describeOptions({ expiresAfterHours, onStart, onChange }: Reach['options']): string {
  const expiry = expiresAfterHours === 0 ? 'own rules never expire' : `own rules expire after ${expiresAfterHours} h`
  return `${expiry}; on start ${onStart ? 'allowed' : 'not allowed'} by itself; on a change of network ${onChange ? 'allowed' : 'not allowed'} by itself`
}
