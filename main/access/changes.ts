import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Rule } from '../../preload/contract/access.ts'
import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { createTurns } from '../data/in-turn.ts'
import type { Caller } from '../environments/caller.ts'
import { type Intent, makeChange, type Recorder, requireTyped } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { allowInstanceChange, environmentsOn, namesInstance } from '../environments/instance-guard.ts'
import type { Driver, Target } from '../postgres/driver.ts'
import { type PublicAddress, parseAddress } from './address.ts'
import { awaitRules, type Patience } from './await-rules.ts'
import { keyOf } from './instance-key.ts'
import type { Journal } from './journal.ts'
import { type KeptAccess, ownerName } from './kept.ts'
import { type Look, look as lookAt } from './look.ts'
import { addressOf, type MyAddresses } from './my-address.ts'
import { namedFor } from './named.ts'
import { perform, requireUnchanged } from './perform.ts'
import { type Plan, planAllow } from './plan.ts'
import { describeRule, isExpired, readRule, tagOf, tags } from './rules.ts'
import { createSettling } from './settle.ts'
import { allowSharing } from './sharing.ts'
import { revokeRule, setTag } from './write-rule.ts'

export interface ChangesDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Pick<Driver, 'handshake'>
  readonly allowUnlock: boolean
  readonly mine: MyAddresses
  readonly kept: KeptAccess
  readonly journal: Journal
  readonly patience: Patience
  readonly closing: AbortSignal
  /** Called after a change, done or not: what was known of the instance is out of date. */
  changed(key: InstanceKey): Promise<unknown>
}

/** Where a change is made, and who asks; null is Basepair itself, by an option that was set while the environment was unlocked. */
interface On {
  readonly environment: EnvironmentId
  readonly key?: InstanceKey | undefined
}
type Asker = Caller | null

/** An instance in its turn. */
interface Found {
  readonly look: Look
  readonly asker: Asker
  /** The environment that the change is written down under. */
  readonly recordedIn: EnvironmentId
  /** The environments whose database it holds, the one in view first. */
  readonly belongsTo: readonly Environment[]
  /** The first of them, or the one in view. */
  readonly environment: Environment
}

/** The changes to the rules of groups, one after the other. Each is in the activity log before it is made. */
export function createChanges(deps: ChangesDeps) {
  const { aws, environments, recorder, mine, kept, journal, patience, closing } = deps
  const inTurn = createTurns()
  const owner = ownerName()
  const settling = createSettling({
    ...deps,
    machine: kept.machine,
    async changed(key) {
      await deps.changed(key)
      for (const one of environments.all()) if (namesInstance(one, key)) environments.recheck(one.id)
    },
    addressOn: async (profile) => addressOf(await mine.look(profile, 60_000)),
    targetOn(look, environment) {
      const belongsTo = environmentsOn(environments, look.server, environment)
      return targetFor({ environment: belongsTo[0] ?? { id: environment }, belongsTo, look })
    },
  })

  /** The instance that is meant, after a first look at the guard: one that is locked is told so before AWS is asked. */
  function meant({ environment, key: asked }: On, asker: Asker): InstanceKey {
    const inView = environments.get(environment)
    const own = keyOf(inView)
    const key = asked ?? own
    if (key === null)
      throw new Failure('GONE', `${inView.label} stands on no RDS instance that Basepair knows. Name it in the settings.`, {
        mend: 'open_settings',
      })
    if (asker !== null && namesInstance(inView, key)) environments.allowChange(asker, environment)
    return key
  }

  /** Works on the instance in its turn, once AWS has said where it belongs and the guard of all that it belongs to has let it pass. */
  function on<T>(input: On, asker: Asker, work: (found: Found) => Promise<T>): Promise<T> {
    const key = meant(input, asker)
    return inTurn(async () => {
      const look = await lookAt(aws, key)
      const recordedIn = asker === null ? input.environment : allowInstanceChange(deps, asker, input.environment, look.server)
      const belongsTo = environmentsOn(environments, look.server, input.environment)
      if (asker === null) requireChosen(input.environment, belongsTo)
      return work({ look, asker, recordedIn, belongsTo, environment: belongsTo[0] ?? environments.get(input.environment) })
    })
  }

  /** What one environment chose is no leave to act on another that is guarded, and chose nothing. Fails with LOCKED. */
  function requireChosen(environment: EnvironmentId, belongsTo: readonly Environment[]): void {
    const other = belongsTo.find(({ id, guard }) => id !== environment && guard === 'guarded' && !kept.has(id))
    if (other !== undefined)
      throw new Failure(
        'LOCKED',
        `Nothing was changed by itself for ${environment}, because ${other.label} stands there too and is guarded.`,
      )
  }

  /** Makes one change, and has the instance looked at anew whatever came of it. */
  async function change<T>(
    { asker, recordedIn, look, belongsTo }: Found,
    intent: Omit<Intent, 'environment' | 'target'> & { readonly group: string },
    work: () => Promise<{ readonly value: T; readonly after?: string }>,
  ): Promise<T> {
    const { group, ...rest } = intent
    const { key } = look.server
    const target = `security group ${group} of ${key.identifier} in ${key.region}`
    try {
      return await makeChange({ environments, recorder }, asker, { environment: recordedIn, target, ...rest }, work)
    } finally {
      await deps.changed(key)
      for (const { id } of belongsTo) environments.recheck(id)
    }
  }

  async function addressFor(typed: string | undefined, profile: string): Promise<PublicAddress> {
    if (typed !== undefined) {
      const parsed = parseAddress(typed)
      if ('refused' in parsed)
        throw new Failure('INVALID', `Nothing was done: the address typed ${parsed.refused}. Type one like 203.0.113.7.`)
      return parsed
    }
    const found = await mine.look(profile)
    const address = addressOf(found)
    if (address !== null) return address
    throw new Failure(
      'WRONG_STATE',
      found.state === 'unknown' ? found.problem.message : 'Your public address is not known yet. Look again in a moment.',
    )
  }

  /** Where the database is tried: as its environment connects, or at the endpoint, without a word of who comes. */
  function targetFor({
    environment,
    belongsTo,
    look: { server },
  }: Pick<Found, 'belongsTo' | 'look'> & { readonly environment: Pick<Environment, 'id'> }): Target {
    if (belongsTo.length > 0) return environments.target(environment.id)
    const { host, port } = server.endpoint ?? { host: '', port: 0 }
    const tls = { ca: null, verify: false, servername: host }
    return { environment: environment.id, host, port, database: 'postgres', user: 'postgres', tls }
  }

  const expiryFor = (environment: EnvironmentId): string | null => {
    const { expiresAfterHours } = kept.options(environment)
    return expiresAfterHours === 0 ? null : new Date(Date.now() + expiresAfterHours * 3_600_000).toISOString()
  }

  /** What was left half-way in these groups ends first, so that a change begins from the rules as they were before it. */
  async function settleThere(found: Found, wanted: PublicAddress): Promise<Found> {
    const { key, groups } = found.look.server
    const there = journal
      .standing()
      .filter((one) => one.key.profile === key.profile && one.key.region === key.region && groups.includes(one.group))
    for (const one of there) await settling.settle(one, wanted)
    return there.length === 0 ? found : { ...found, look: await lookAt(aws, key) }
  }

  /** Writes down what the plan changes, before it is changed. */
  const writeDown = (plan: Extract<Plan, { does: 'replace' | 'make' }>, { look, recordedIn }: Found) => {
    const shared = { key: look.server.key, environment: recordedIn, port: look.server.endpoint?.port ?? 0, cidr: plan.cidr }
    if (plan.does === 'make') {
      const there = look.rules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? [])
      return journal.open({ ...shared, group: plan.group, before: null, description: plan.description, there })
    }
    const { SecurityGroupRuleId = '', GroupId = '', IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, Description } = plan.rule
    const before = { SecurityGroupRuleId, GroupId, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, Description }
    return journal.open({ ...shared, group: GroupId, before, description: null, there: [] })
  }

  /** Lets one address to the instance's port by one rule. */
  async function allow(input: On & { readonly address?: string | undefined }, asker: Asker): Promise<{ rule: string; sentence: string }> {
    const address = await addressFor(input.address, meant(input, asker).profile)
    return on(input, asker, async (before) => {
      const found = await settleThere(before, address)
      const { look, environment } = found
      const { key } = look.server
      const plan = planAllow({ look, address, machine: kept.machine, owner, rds: namedFor(environment, look.server) })
      const expires = expiryFor(environment.id)
      if (plan.does === 'nothing') return { rule: plan.rule.id, sentence: plan.sentence }
      if (plan.does === 'renew') return renew(plan, found, expires)
      const intent = {
        group: plan.does === 'make' ? plan.group : (plan.rule.GroupId ?? ''),
        action: asker === null ? 'Allow my address, by itself' : 'Allow my address',
        detail: plan.sentence,
        before: plan.before,
      }
      return change(found, intent, async () => {
        const own = { [tags.machine]: kept.machine, [tags.owner]: owner, ...(expires !== null && { [tags.expires]: expires }) }
        const target = targetFor(found)
        if (plan.does === 'replace') await requireUnchanged(aws, key, plan.rule, closing)
        const standing = await writeDown(plan, found)
        const { rule, sentence } = await perform(deps, plan, { look, machine: kept.machine, tags: own, target, standing })
        const note = plan.does === 'replace' ? await renewTag(plan.rule, key, expires) : ''
        return { value: { rule, sentence: `${sentence}${note}` }, after: plan.does === 'make' ? `${rule}: ${plan.after}` : plan.after }
      })
    })
  }

  function renew({ rule, sentence }: Extract<Plan, { does: 'renew' }>, found: Found, expires: string | null) {
    const intent = { group: rule.group, action: 'Renew my rule', before: `expired ${rule.expiresAt}` }
    return change(found, intent, async () => {
      await setTag(aws, found.look.server.key, rule.id, tags.expires, expires)
      return { value: { rule: rule.id, sentence: `${sentence} Its time is renewed.` }, after: `expires ${expires ?? 'never'}` }
    })
  }

  /** A rule that stands is not taken back because its time could not be set: that is said instead. */
  async function renewTag(rule: SecurityGroupRule, key: InstanceKey, expires: string | null): Promise<string> {
    const before = tagOf(rule, tags.expires)
    const own = tagOf(rule, tags.machine) === kept.machine
    if (!own || (before === null && expires === null)) return ''
    try {
      await setTag(aws, key, rule.SecurityGroupRuleId ?? '', tags.expires, expires)
      return ''
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return ` Its time could not be set anew: ${error.message}`
    }
  }

  const view = ({ look, environment }: Found): Rule[] => {
    const address = addressOf(mine.now(look.server.key.profile))
    const configured = namedFor(environment, look.server)?.securityGroupRule
    const port = look.server.endpoint?.port ?? environment.connection.port
    return look.rules.map((raw) => readRule(raw, { port, address, machine: kept.machine, configured }))
  }

  function takeAway(rule: Rule, found: Found, action: string): Promise<void> {
    return change(found, { group: rule.group, action, before: describeRule(rule) }, async () => {
      const { key, groups } = found.look.server
      const isThere = (rules: readonly SecurityGroupRule[]) => rules.some((one) => one.SecurityGroupRuleId === rule.id)
      await revokeRule(aws, key, rule.group, rule.id)
      const gone = await awaitRules({ aws, patience }, key, groups, (rules) => (isThere(rules) ? null : true), closing)
      if (gone === null) throw new Failure('AWS', `AWS took the request to revoke ${rule.id}, but still lists it. Look again in a minute.`)
      return { value: undefined, after: 'no such rule' }
    })
  }

  return {
    allow,

    /** Takes one rule away; one that is not this machine's own needs its id typed. */
    async revoke(input: On & { readonly rule: string; readonly confirm: string | null }, asker: Caller): Promise<void> {
      await on(input, asker, async (found) => {
        const rule = view(found).find(({ id }) => id === input.rule)
        if (rule === undefined)
          throw new Failure('GONE', `${input.rule} is no inbound rule of ${found.look.server.key.identifier} any more. Look again.`)
        if (rule.mine !== 'tag') {
          requireTyped(rule.id, input.confirm)
          await allowSharing(deps, asker, found.look.server, rule.group)
        }
        await takeAway(rule, found, 'Revoke rule')
      })
    },

    /** Takes away this machine's own rules that have expired, and the stale ones too where asked for. */
    async sweep(input: On, asker: Asker, stale = true): Promise<{ revoked: string[] }> {
      if (stale) await mine.look(meant(input, asker).profile, 60_000)
      return on(input, asker, async (found) => {
        const due = view(found).filter((rule) => rule.mine === 'tag' && (isExpired(rule) || (stale && rule.stale)))
        for (const rule of due) await takeAway(rule, found, rule.stale ? 'Remove stale rule' : 'Remove expired rule')
        return { revoked: due.map(({ id }) => id) }
      })
    },

    /** Settles every change that was left half-way. Putting back what was once allowed needs no window. Fails as the first one that stands did. */
    mend: () =>
      inTurn(async () => {
        const failures: unknown[] = []
        for (const one of journal.standing()) {
          if (!closing.aborted) await settling.settle(one).catch((error: unknown) => failures.push(error))
        }
        if (failures.length > 0) throw failures[0]
      }),

    /** Waits until what is under way has ended. */
    settle: () => inTurn(() => settling.close()),
  }
}
export type Changes = ReturnType<typeof createChanges>
