import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds'
import type { EnvironmentId } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import type { Finding, PostureChange } from '../../../preload/contract/posture.ts'
import type { Aws } from '../../aws/aws.ts'
import type { Call } from '../../environments/caller.ts'
import { makeChange, requireTyped } from '../../environments/changes.ts'
import type { Changing } from '../changing.ts'
import { type Description, describe } from '../description.ts'
import { newerMinor, offeredVersions } from '../engine-support.ts'
import { knownPart } from '../part.ts'
import { seenInstance } from '../seen.ts'
import { interrupts, modificationOf, offerOf } from './changes.ts'
import { type Evidence, gather, newestAuthority } from './evidence.ts'
import { rules } from './rules.ts'

export interface PostureDeps {
  readonly aws: Pick<Aws, 'rds' | 'ec2'>
  readonly changing: Changing
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Every rule of the security list, judged by what is known. */
export function findingsOf(evidence: Evidence): Finding[] {
  // The keys of an object are typed as any text.
  const names = Object.keys(rules) as Finding['rule'][]
  return names.map((rule) => {
    const { title, why, judge } = rules[rule]
    const { verdict, sentence, change } = judge(evidence)
    const offer = change === undefined ? null : offerOf(change, evidence.instance, evidence.key.kind === 'cluster')
    return { rule, title, verdict, sentence, why, change: offer }
  })
}

interface Mending {
  readonly environment: EnvironmentId
  readonly key: InstanceKey
  readonly change: PostureChange
  readonly confirm: string | null
}

/** What is good, bad or not known of an instance's security, and the changes that mend it. */
export function createPosture({ aws, changing, now }: PostureDeps) {
  const newestFor = async (change: PostureChange, key: InstanceKey, instance: Description, signal: AbortSignal) => {
    const place = { profile: key.profile, region: key.region }
    const engine = instance.Engine ?? ''
    const authority = change === 'rotate_certificate' ? await newestAuthority(aws, place, signal) : null
    if (change !== 'upgrade_minor') return { authority, minor: null }
    const minor = newerMinor(engine, instance.EngineVersion ?? '', knownPart(await offeredVersions(aws, place, engine, signal)))
    if (!minor.known) throw new Failure('AWS', `${minor.reason} Nothing was changed.`)
    return { authority, minor: minor.value }
  }

  return {
    /** Asks AWS, and judges. Fails as AWS does where the instance itself cannot be seen; everything else that is denied is unknown. */
    async posture({ key }: { readonly key: InstanceKey }, { signal }: { readonly signal: AbortSignal }) {
      const at = now()
      return { findings: findingsOf(await gather(aws, key, at, signal)), checkedAt: new Date(at).toISOString() }
    },

    /** Makes one change at once, not in the maintenance window. Fails with WRONG_STATE where the instance is not available or has it already. */
    async mendPosture(input: Mending, call: Call): Promise<void> {
      const { key, change, confirm } = input
      changing.allow(call, input, confirm)
      if (interrupts(change)) requireTyped(key.identifier, confirm)
      if (key.kind === 'cluster')
        throw new Failure('WRONG_STATE', `${key.identifier} is a cluster, which Basepair does not change. Change it at AWS.`)
      const instance = await describe(aws, key, call.signal)
      // Whose database it holds may show in its endpoint alone.
      const environment = changing.allow(call, { ...input, as: seenInstance(key, instance) ?? undefined }, confirm)
      if (instance.DBInstanceStatus !== 'available') {
        const status = instance.DBInstanceStatus ?? 'in no state that AWS says'
        throw new Failure('WRONG_STATE', `${key.identifier} is ${status}. AWS changes it while it is available only. Nothing was changed.`)
      }
      const { input: fields, before, after } = modificationOf(change, instance, await newestFor(change, key, instance, call.signal))
      const place = { profile: key.profile, region: key.region }
      const intent = { environment, target: key.identifier, action: 'Modify instance', detail: key.region, before }
      await makeChange(changing, call, intent, async () => {
        await changing.follow(key, 'modify', () =>
          aws.rds({ place, what: `modify ${key.identifier}` }, (client, options) =>
            client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: key.identifier, ApplyImmediately: true, ...fields }), options),
          ),
        )
        return { value: undefined, after }
      })
    },
  }
}
