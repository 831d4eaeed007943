import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Rule } from '../../preload/contract/access.ts'
import type { Environment, EnvironmentId, Rds } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { createTurns } from '../data/in-turn.ts'
import type { Caller } from '../environments/caller.ts'
import { makeChange, type Recorder, requireTyped } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver, Target } from '../postgres/driver.ts'
import { type PublicAddress, parseAddress } from './address.ts'
import { awaitRules, type Patience } from './await-rules.ts'
import { allowOn, environmentsOn, keyOf } from './belongings.ts'
import { type KeptAccess, ownerName } from './kept.ts'
import { type Look, look as lookAt } from './look.ts'
import { addressOf, type MyAddresses } from './my-address.ts'
import { perform } from './perform.ts'
import { type Plan, planAllow } from './plan.ts'
import { describeRule, isExpired, readRule, tags } from './rules.ts'
import { revokeRule, setTag } from './write-rule.ts'

export interface ChangesDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Pick<Driver, 'handshake'>
  readonly allowUnlock: boolean
  readonly mine: MyAddresses
  readonly kept: KeptAccess
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

/** The changes to the rules of groups, one after the other. Each is in the activity log before it is made. */
export function createChanges(deps: ChangesDeps) {
  const { aws, environments, recorder, mine, kept, patience, closing } = deps
  const inTurn = createTurns()
  const owner = ownerName()

  /** The instance that is meant, in one turn: checks the guard before and after AWS has said which one it is. */
  function on<T>(
    { environment, key: asked }: On,
    asker: Asker,
    work: (found: { look: Look; environment: Environment; recordedIn: EnvironmentId }) => Promise<T>,
  ): Promise<T> {
    const inView = environments.get(environment)
    const own = keyOf(inView)
    const key = asked ?? own
    if (key === null)
      throw new Failure('GONE', `${inView.label} stands on no RDS instance that Basepair knows. Name it in the settings.`, {
        mend: 'open_settings',
      })
    if (asker !== null && own !== null && JSON.stringify(own) === JSON.stringify(key)) environments.allowChange(asker, environment)
    return inTurn(async () => {
      const look = await lookAt(aws, key)
      const recordedIn = asker === null ? environment : allowOn(deps, asker, look.server, environment)
      try {
        return await work({ look, environment: environmentsOn(environments, look.server, environment)[0] ?? inView, recordedIn })
      } finally {
        await deps.changed(key)
        for (const { id } of environmentsOn(environments, look.server, environment)) environments.recheck(id)
      }
    })
  }

  const change = <T>(
    asker: Asker,
    intent: Parameters<typeof makeChange>[2],
    work: () => Promise<{ readonly value: T; readonly after?: string }>,
  ): Promise<T> =>
    makeChange({ environments: asker === null ? { allowChange() {} } : environments, recorder }, asker ?? { window: '' }, intent, work)

  const targetOf = (group: string, { server }: Look) => `security group ${group} of ${server.key.identifier} in ${server.key.region}`

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
  function targetFor(environment: Environment, { server }: Look): Target {
    if (environmentsOn(environments, server, environment.id).length > 0) return environments.target(environment.id)
    const { host, port } = server.endpoint ?? { host: '', port: 0 }
    const tls = { ca: null, verify: false, servername: host }
    return { environment: environment.id, host, port, database: 'postgres', user: 'postgres', tls }
  }

  const expiryFor = (environment: EnvironmentId): string | null => {
    const { expiresAfterHours } = kept.options(environment)
    return expiresAfterHours === 0 ? null : new Date(Date.now() + expiresAfterHours * 3_600_000).toISOString()
  }

  /** Lets one address to the instance's port by one rule. */
  async function allow(input: On & { readonly address?: string | undefined }, asker: Asker): Promise<{ rule: string; sentence: string }> {
    if (input.address !== undefined) await addressFor(input.address, '')
    return on(input, asker, async ({ look, environment, recordedIn }) => {
      const { key } = look.server
      const address = await addressFor(input.address, key.profile)
      const plan = planAllow({ look, address, machine: kept.machine, owner, rds: rdsFor(environment, key) })
      const expires = expiryFor(environment.id)
      if (plan.does === 'nothing') return { rule: plan.rule.id, sentence: plan.sentence }
      if (plan.does === 'renew') return renew(plan, look, recordedIn, expires, asker)
      const group = plan.does === 'make' ? plan.group : (plan.rule.GroupId ?? '')
      const intent = {
        environment: recordedIn,
        target: targetOf(group, look),
        action: asker === null ? 'Allow my address, by itself' : 'Allow my address',
        detail: plan.sentence,
        before: plan.before,
      }
      return change(asker, intent, async () => {
        const made = {
          [tags.machine]: kept.machine,
          [tags.owner]: owner,
          ...(expires !== null && { [tags.expires]: expires }),
        }
        const { rule, outcome } = await perform(deps, plan, {
          look,
          machine: kept.machine,
          tags: made,
          target: targetFor(environment, look),
        })
        const note = plan.does === 'replace' ? await renewTag(plan.rule, key, expires) : ''
        return {
          value: { rule, sentence: `${plan.sentence} ${outcome}${note}` },
          after: plan.does === 'make' ? `${rule}: ${plan.after}` : plan.after,
        }
      })
    })
  }

  function renew(
    { rule, sentence }: Extract<Plan, { does: 'renew' }>,
    look: Look,
    recordedIn: EnvironmentId,
    expires: string | null,
    asker: Asker,
  ) {
    const intent = {
      environment: recordedIn,
      target: targetOf(rule.group, look),
      action: 'Renew my rule',
      before: `expired ${rule.expiresAt}`,
    }
    return change(asker, intent, async () => {
      await setTag(aws, look.server.key, rule.id, tags.expires, expires)
      return { value: { rule: rule.id, sentence: `${sentence} Its time is renewed.` }, after: `expires ${expires ?? 'never'}` }
    })
  }

  /** A rule that stands is not taken back because its time could not be set: that is said instead. */
  async function renewTag(rule: SecurityGroupRule, key: InstanceKey, expires: string | null): Promise<string> {
    const before = rule.Tags?.find((tag) => tag.Key === tags.expires)?.Value ?? null
    const own = rule.Tags?.some((tag) => tag.Key === tags.machine && tag.Value === kept.machine) === true
    if (!own || (before === null && expires === null)) return ''
    try {
      await setTag(aws, key, rule.SecurityGroupRuleId ?? '', tags.expires, expires)
      return ''
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return ` Its time could not be set anew: ${error.message}`
    }
  }

  const view = (look: Look, environment: Environment): Rule[] => {
    const address = addressOf(mine.now(look.server.key.profile))
    const configured = rdsFor(environment, look.server.key)?.securityGroupRule
    const port = look.server.endpoint?.port ?? environment.connection.port
    return look.rules.map((raw) => readRule(raw, { port, address, machine: kept.machine, configured }))
  }

  async function takeAway(rule: Rule, look: Look, recordedIn: EnvironmentId, asker: Asker, action: string): Promise<void> {
    const intent = { environment: recordedIn, target: targetOf(rule.group, look), action, before: describeRule(rule) }
    await change(asker, intent, async () => {
      const { key, groups } = look.server
      await revokeRule(aws, key, rule.group, rule.id)
      const gone = await awaitRules(
        { aws, patience },
        key,
        groups,
        (rules) => (rules.some((one) => one.SecurityGroupRuleId === rule.id) ? null : true),
        closing,
      )
      if (gone === null) throw new Failure('AWS', `AWS took the request to revoke ${rule.id}, but still lists it. Look again in a minute.`)
      return { value: undefined, after: 'no such rule' }
    })
  }

  return {
    allow,

    /** Takes one rule away; one that is not this machine's own needs its id typed. */
    async revoke(input: On & { readonly rule: string; readonly confirm: string | null }, asker: Caller): Promise<void> {
      await on(input, asker, async ({ look, environment, recordedIn }) => {
        const rule = view(look, environment).find(({ id }) => id === input.rule)
        if (rule === undefined) throw new Failure('GONE', `${input.rule} is no inbound rule of ${look.server.key.identifier} any more.`)
        if (rule.mine !== 'tag') requireTyped(rule.id, input.confirm)
        await takeAway(rule, look, recordedIn, asker, 'Revoke rule')
      })
    },

    /** Takes away this machine's own rules that have expired, and the stale ones too where asked for. */
    async sweep(input: On, asker: Asker, stale = true): Promise<{ revoked: string[] }> {
      return on(input, asker, async ({ look, environment, recordedIn }) => {
        await mine.look(look.server.key.profile, 60_000)
        const due = view(look, environment).filter((rule) => rule.mine === 'tag' && (isExpired(rule) || (stale && rule.stale)))
        for (const rule of due) await takeAway(rule, look, recordedIn, asker, rule.stale ? 'Remove stale rule' : 'Remove expired rule')
        return { revoked: due.map(({ id }) => id) }
      })
    },

    /** Waits until what is under way has ended. */
    settle: () => inTurn(async () => {}),
  }
}
export type Changes = ReturnType<typeof createChanges>

/** What the environment says of groups and rules, where the instance is its own. */
export function rdsFor({ rds }: Environment, key: InstanceKey): Rds | null {
  return rds !== undefined && rds.instance === key.identifier && rds.region === key.region ? rds : null
}
