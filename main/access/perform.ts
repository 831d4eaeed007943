import { setTimeout as pause } from 'node:timers/promises'
import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import { Failure } from '../../preload/contract/errors.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Driver, Target } from '../postgres/driver.ts'
import { awaitRules, type Patience } from './await-rules.ts'
import type { Standing } from './journal.ts'
import { type Look, look as lookAt, readRules } from './look.ts'
import type { Plan } from './plan.ts'
import { isAsMade, tagOf, tags } from './rules.ts'
import { authorize, replaceAddress, revokeRule } from './write-rule.ts'

export interface PerformDeps {
  readonly aws: Aws
  readonly driver: Pick<Driver, 'handshake'>
  readonly patience: Patience
  /** Ends the waiting when the console ends; what was begun is then taken back. */
  readonly closing: AbortSignal
}

export interface Performing {
  readonly look: Look
  readonly machine: string
  /** For a rule that is made. */
  readonly tags: Readonly<Record<string, string>>
  /** Where the database is tried. */
  readonly target: Target
  /** Its entry in the journal: it outlives this where everything could not be put back. */
  readonly standing: Standing
}

export interface Performed {
  readonly rule: string
  /** What came of it. */
  readonly sentence: string
}

type Change = Extract<Plan, { does: 'replace' | 'make' }>

/** Whether AWS said that it did nothing. After any other failure it may have done what it was asked for. */
function isRefusal({ code, data }: Failure): boolean {
  if (['INVALID', 'CREDENTIALS', 'THROTTLED', 'CLOCK'].includes(code)) return true
  return data?.source?.vendor === 'aws' && !/^(Internal|ServiceUnavailable|Unavailable|RequestTimeout|Unknown)/.test(data.source.code)
}

/** Carries a plan out: writes it, waits until AWS says it and the database answers, and otherwise puts everything back as it was. */
export async function perform(deps: PerformDeps, plan: Change, performing: Performing): Promise<Performed> {
  const { look, standing } = performing
  const { aws } = deps
  const { key, endpoint } = look.server
  const place: Place = { profile: key.profile, region: key.region }
  const groups = look.server.groups
  const where = endpoint === null ? key.identifier : `${endpoint.host}:${endpoint.port}`

  const until = <T>(found: (rules: readonly SecurityGroupRule[]) => T | null, signal?: AbortSignal) =>
    awaitRules(deps, key, groups, found, signal)

  const written = plan.does === 'replace' ? replacing(plan) : making(plan)

  function replacing({ rule, cidr }: Extract<Change, { does: 'replace' }>) {
    const id = rule.SecurityGroupRuleId ?? ''
    const before = rule.CidrIpv4 ?? rule.CidrIpv6 ?? ''
    const isNow = (address: string) => (rules: readonly SecurityGroupRule[]) => {
      const now = rules.find((one) => one.SecurityGroupRuleId === id)
      return now !== undefined && isSame(now, withAddress(rule, address)) ? id : null
    }
    return {
      did: `rule ${id} was changed from ${before} to ${cidr}`,
      write: () => replaceAddress(aws, place, rule, cidr),
      seen: isNow(cidr),
      back: async () => {
        await replaceAddress(aws, place, rule, before)
        return (await until(isNow(before))) !== null
      },
    }
  }

  function making({ group, cidr, port, description }: Extract<Change, { does: 'make' }>) {
    const there = new Set(look.rules.map((one) => one.SecurityGroupRuleId))
    let id: string | null = null
    const isOurs = (one: SecurityGroupRule) =>
      !there.has(one.SecurityGroupRuleId) && one.GroupId === group && tagOf(one, tags.machine) === performing.machine
    const ours = (rules: readonly SecurityGroupRule[]) => {
      const now = rules.find((one) => (id === null ? isOurs(one) : one.SecurityGroupRuleId === id))
      return now !== undefined && isAsMade(now, { cidr, port, description }) ? (now.SecurityGroupRuleId ?? null) : null
    }
    return {
      did: `a rule for ${cidr} was made in ${group}`,
      write: async () => {
        id = await authorize(aws, place, { group, cidr, port, description, tags: performing.tags })
      },
      seen: ours,
      back: async () => {
        // Without its id it is looked for: what AWS did not answer may have been done, and be seen later.
        const made = id ?? (await until((rules) => rules.find(isOurs)?.SecurityGroupRuleId ?? null))
        if (made === null) return true
        await revokeRule(aws, place, group, made).catch((error: unknown) => {
          if (!(error instanceof Failure && error.code === 'GONE')) throw error
        })
        return (await until((rules) => (rules.some((one) => one.SecurityGroupRuleId === made) ? null : made))) !== null
      },
    }
  }

  /** Puts everything back; says in a sentence how that went. */
  async function goBack(): Promise<string> {
    let reason = 'AWS does not show it'
    await standing.goingBack()
    for (const wait of [0, 500, 1500, 3000]) {
      await pause(wait)
      try {
        if (await written.back()) {
          await standing.close()
          return 'It was put back: everything is as it was before.'
        }
      } catch (error) {
        reason = error instanceof Failure ? error.message : 'it failed'
      }
    }
    const { before, after } = plan
    return `It could not be put back (${reason}). It should be: ${before}; it may be: ${after}. Basepair puts it back as soon as AWS can be asked, also after a restart.`
  }

  try {
    await written.write()
  } catch (error) {
    const refused = error instanceof Failure && isRefusal(error)
    if (refused) await standing.close()
    if (!(error instanceof Failure) || refused) throw error
    throw new Failure(error.code, `${error.message} ${await goBack()}`, error.data)
  }
  let failure: Failure
  try {
    const seen = await until((rules) => {
      const rule = written.seen(rules)
      return rule === null ? null : { rule, others: changedBeside(rule, look.rules, rules) }
    }, deps.closing)
    if (seen !== null) {
      const answer = await answers(deps, performing, where)
      const beside = seen.others.length === 0 ? '' : ` Changed by somebody else meanwhile: ${seen.others.join(', ')}.`
      if (answer.state !== 'silent') {
        await standing.close()
        return { rule: seen.rule, sentence: `${capital(written.did)}. ${answer.sentence}${beside}` }
      }
      failure = new Failure('UNREACHABLE', `${capital(written.did)}, but ${answer.sentence}`)
    } else failure = new Failure('AWS', `AWS took the change (${written.did}), but does not show it.`)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    failure = error
  }
  throw new Failure(failure.code, `${failure.message} ${await goBack()}`, failure.data)
}

type Answer = { readonly state: 'answered' | 'asleep' | 'silent'; readonly sentence: string }

/** Whether the database can be reached now. A failure of TLS comes from a server that answered. */
export async function answers(deps: PerformDeps, { look, target }: Pick<Performing, 'look' | 'target'>, where: string): Promise<Answer> {
  const until = Date.now() + deps.patience.answer
  let status = look.server.status
  let said = ''
  // An open port is no database: also where nothing is encrypted, only the answer to “may we?” tells.
  const asked = target.tls === null ? { ...target, tls: { ca: null, verify: false, servername: target.host } } : target
  do {
    try {
      await deps.driver.handshake(asked, { timeoutMs: 3_000, signal: deps.closing })
      return { state: 'answered', sentence: `The database answers at ${where}.` }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'TLS' && target.tls === null) return { state: 'answered', sentence: `The database answers at ${where}.` }
      if (error.code === 'TLS')
        return { state: 'answered', sentence: `A server answers at ${where}, though its TLS does not hold: ${error.message}` }
      if (deps.closing.aborted) throw new Failure('CANCELLED', 'Basepair was ended meanwhile.')
      said = error.message
    }
    if (status !== 'available') break
    await pause(400)
  } while (Date.now() < until)
  status = await lookAt(deps.aws, look.server.key).then(
    (now) => now.server.status,
    () => status,
  )
  if (status !== 'available') {
    const sentence = `The database does not answer, because ${look.server.key.identifier} is ${status}; the rule stands.`
    return { state: 'asleep', sentence }
  }
  const reason = look.server.publiclyAccessible
    ? ''
    : ` ${look.server.key.identifier} is not publicly accessible, so a public address does not reach it.`
  return { state: 'silent', sentence: `the database did not answer at ${where}: ${said}${reason}` }
}

/** The rule with another single address; all else as it is. */
export const withAddress = (rule: SecurityGroupRule, cidr: string): SecurityGroupRule =>
  rule.CidrIpv4 === undefined ? { ...rule, CidrIpv6: cidr } : { ...rule, CidrIpv4: cidr }

const compared = ['SecurityGroupRuleId', 'GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIpv4', 'CidrIpv6', 'Description'] as const

/** Whether AWS says the same of both, but for tags. */
export const isSame = (a: SecurityGroupRule, b: SecurityGroupRule): boolean => compared.every((name) => (a[name] ?? '') === (b[name] ?? ''))

/**
 * Passes where the rule is still as it was read: EC2 writes over whatever is there, and knows no condition. Fails with WRONG_STATE, GONE where
 * there is no such rule any more, and as AWS does.
 */
export async function requireUnchanged(aws: Aws, place: Place, rule: SecurityGroupRule, signal: AbortSignal): Promise<void> {
  const { GroupId = '', SecurityGroupRuleId = '' } = rule
  const rules = await readRules(aws, { profile: place.profile, region: place.region }, [GroupId], { signal })
  const now = rules.find((one) => one.SecurityGroupRuleId === SecurityGroupRuleId)
  if (now === undefined)
    throw new Failure('GONE', `Nothing was changed: somebody else took ${SecurityGroupRuleId} away at the same moment. Look again.`)
  if (!isSame(now, rule))
    throw new Failure(
      'WRONG_STATE',
      `Nothing was changed: somebody else changed ${SecurityGroupRuleId} at the same moment. Look at it again before you allow your address.`,
    )
}

/** The other rules that are no longer, or not yet, as they were: exactly one was to change. */
function changedBeside(id: string, before: readonly SecurityGroupRule[], after: readonly SecurityGroupRule[]): string[] {
  const ids = new Set([...before, ...after].map((one) => one.SecurityGroupRuleId ?? ''))
  ids.delete(id)
  const find = (rules: readonly SecurityGroupRule[], wanted: string) => rules.find((one) => one.SecurityGroupRuleId === wanted)
  return [...ids].filter((other) => {
    const [was, is] = [find(before, other), find(after, other)]
    return was === undefined || is === undefined || !isSame(was, is)
  })
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
