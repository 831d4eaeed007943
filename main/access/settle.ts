import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { OpenRecord, Recorder } from '../environments/changes.ts'
import type { Target } from '../postgres/driver.ts'
import { asCidr, type PublicAddress } from './address.ts'
import { awaitRules } from './await-rules.ts'
import type { Entry, Journal } from './journal.ts'
import { type Look, look as lookAt, readRules } from './look.ts'
import { answers, isSame, type PerformDeps, withAddress } from './perform.ts'
import { describeRule, isAsMade, readRule, tagOf, tags } from './rules.ts'
import { replaceAddress, revokeRule } from './write-rule.ts'

export interface SettleDeps extends PerformDeps {
  readonly recorder: Recorder
  readonly journal: Journal
  readonly machine: string
  /** The address of this machine; null where it is not known. */
  addressOn(profile: string): Promise<PublicAddress | null>
  /** Where the database is tried. */
  targetOn(look: Look, environment: string): Target
  /** Called after a rule was put back. */
  changed(key: InstanceKey): Promise<unknown>
}

type Verdict =
  | { readonly is: 'before' }
  | { readonly is: 'ours'; readonly rule: SecurityGroupRule }
  | { readonly is: 'other'; readonly sentence: string }

/** Settles changes that were left half-way: keeps what serves, puts back what does not, and leaves what somebody else has changed since. */
export function createSettling(deps: SettleDeps) {
  const { aws, closing, journal, machine, patience, recorder } = deps
  // Attempts that follow one another are one change: its record stays open until it ended.
  const records = new Map<string, { readonly record: OpenRecord; trouble: string }>()

  const describe = (rule: SecurityGroupRule, { port }: Entry) =>
    describeRule(readRule(rule, { port, address: null, machine, configured: undefined }))

  function judge(entry: Entry, rules: readonly SecurityGroupRule[]): Verdict {
    const { before, cidr } = entry
    if (before !== null) {
      const now = rules.find((one) => one.SecurityGroupRuleId === before.SecurityGroupRuleId)
      if (now === undefined) return { is: 'other', sentence: `${before.SecurityGroupRuleId} is not there any more` }
      if (isSame(now, before)) return { is: 'before' }
      if (isSame(now, withAddress(before, cidr))) return { is: 'ours', rule: now }
      return { is: 'other', sentence: `the rule is now ${describe(now, entry)}` }
    }
    const made = rules.filter(
      ({ SecurityGroupRuleId = '', GroupId, Tags }) =>
        GroupId === entry.group && !entry.there.includes(SecurityGroupRuleId) && tagOf({ Tags }, tags.machine) === machine,
    )
    const [first] = made
    if (first === undefined) return { is: 'before' }
    const rule = made.find((one) => isAsMade(one, entry))
    return rule === undefined ? { is: 'other', sentence: `the rule is now ${describe(first, entry)}` } : { is: 'ours', rule }
  }

  /** What AWS says of it. A write may show late: that nothing was done is believed only once that time has passed. */
  async function see(entry: Entry): Promise<Verdict> {
    const now = judge(entry, await readRules(aws, entry.key, [entry.group], { signal: closing }))
    const showsAfter = patience.looks.reduce((sum, wait) => sum + wait, 0)
    if (now.is !== 'before' || Math.abs(Date.now() - Date.parse(entry.at)) > showsAfter) return now
    const shown = (rules: readonly SecurityGroupRule[]) => {
      const verdict = judge(entry, rules)
      return verdict.is === 'before' ? null : verdict
    }
    return (await awaitRules(deps, entry.key, [entry.group], shown, closing)) ?? now
  }

  /** Why the change may stay: what was never decided stays where it serves this machine; null where it is to go. */
  async function reasonToKeep(entry: Entry, wanted: PublicAddress | null): Promise<string | null> {
    if (entry.state === 'back' && wanted === null) return null
    const address = wanted ?? (await deps.addressOn(entry.key.profile))
    if (address === null || asCidr(address) !== entry.cidr) return null
    const look = await lookAt(aws, entry.key, { signal: closing }).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'GONE') return null
      throw error
    })
    if (look === null || look.server.endpoint?.port !== entry.port) return null
    const { host, port } = look.server.endpoint
    const answer = await answers(deps, { look, target: deps.targetOn(look, entry.environment) }, `${host}:${port}`)
    return answer.state === 'silent' ? null : answer.sentence
  }

  async function recordOf(entry: Entry, action: string, before?: string): Promise<{ readonly record: OpenRecord; trouble: string }> {
    const known = records.get(entry.id)
    if (known !== undefined) return known
    const { environment, group, key } = entry
    const target = `security group ${group} of ${key.identifier} in ${key.region}`
    const detail = `A change of ${entry.at} was left half-way.`
    const opened = { record: await recorder.open({ environment, target, action, detail, before }), trouble: '' }
    records.set(entry.id, opened)
    return opened
  }

  async function end(entry: Entry, work: Promise<void>): Promise<void> {
    await work
    records.delete(entry.id)
    await journal.close(entry.id)
  }

  async function putBack(entry: Entry, rule: SecurityGroupRule): Promise<void> {
    const { before, group, key } = entry
    const kept = await recordOf(entry, 'Put back rule', describe(rule, entry))
    try {
      if (before === null) await revokeRule(aws, key, group, rule.SecurityGroupRuleId ?? '')
      else await replaceAddress(aws, key, before, before.CidrIpv4 ?? before.CidrIpv6 ?? '')
      const isBack = (rules: readonly SecurityGroupRule[]) => (judge(entry, rules).is === 'before' ? true : null)
      const back = await awaitRules(deps, key, [group], isBack, closing)
      if (back === null) throw new Failure('AWS', 'AWS took the request to put the rule back, but does not show it yet.')
    } catch (error) {
      kept.trouble = error instanceof Error ? error.message : String(error)
      throw error
    }
    await end(entry, kept.record.done(before === null ? 'no such rule' : describe(before, entry)))
    await deps.changed(key)
  }

  return {
    /** Settles one change; `wanted` is an address that somebody asks to let in now. Fails as AWS does, and the entry then stands. */
    async settle(entry: Entry, wanted: PublicAddress | null = null): Promise<void> {
      const verdict = await see(entry)
      if (verdict.is === 'before') {
        const { record } = await recordOf(entry, 'Put back rule')
        return end(entry, record.done('Nothing was to be done: everything is as it was before.'))
      }
      if (verdict.is === 'other') {
        const { record } = await recordOf(entry, 'Put back rule')
        const sentence = `It was left as it is, because it is no longer what Basepair wrote: ${verdict.sentence}.`
        return end(entry, record.cancelled(sentence))
      }
      const reason = records.has(entry.id) ? null : await reasonToKeep(entry, wanted)
      if (reason === null) return putBack(entry, verdict.rule)
      const said = describe(verdict.rule, entry)
      const { record } = await recordOf(entry, 'Keep my rule', said)
      await end(entry, record.done(`${said}. ${reason}`))
    },
    /** Says of what could not be put back that it was not, before Basepair ends. */
    async close(): Promise<void> {
      for (const { record, trouble } of records.values()) await record.failed(`${trouble} The next start tries again.`)
      records.clear()
    },
  }
}
