import type { Reach } from '../../preload/contract/access.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure, type Mend } from '../../preload/contract/errors.ts'
import type { InstanceAnswer } from './instance-said.ts'

/** What AWS says of the way to an instance, or why it cannot be asked. */
export type ReachAnswer = Reach | Failure

/** Why the way to the instance is cut, as one sentence, and what mends it. */
export interface NetworkSaid {
  readonly sentence: string
  readonly source: string | null
  readonly mend: Mend | null
  readonly also?: Mend
}

const nowhere = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'])
const silence = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])

const place = ({ host, port }: { readonly host: string; readonly port: number }): string => `${host}:${port}`

/**
 * Why a connection to an instance that runs, as far as AWS says, failed on the way. Only silence is explained by rules and routes;
 * a name without an address and a refused port have causes of their own.
 */
export function readNetwork(environment: Environment, failure: Failure, instance: InstanceAnswer, reach: ReachAnswer): NetworkSaid {
  const { connection } = environment
  const source = failure.data?.source?.code ?? null
  const endpoint = instance === null || instance instanceof Failure ? null : instance.endpoint
  const elsewhere = endpoint === null || place(endpoint) === place(connection) ? null : endpoint
  if (source !== null && nowhere.has(source)) {
    const where = elsewhere === null ? '' : ` AWS says that the endpoint is ${place(elsewhere)}.`
    return { sentence: `${failure.message}${where}`, source, mend: 'open_settings' }
  }
  if (source === 'ECONNREFUSED') {
    const where = elsewhere === null ? '' : ` AWS says that the endpoint is ${place(elsewhere)}.`
    return {
      sentence: `Nothing listens on ${place(connection)}.${where} Check host and port in the settings.`,
      source,
      mend: 'open_settings',
    }
  }
  if (source === null || !silence.has(source)) {
    return { sentence: failure.message, source, mend: failure.data?.mend ?? 'look_again' }
  }
  return { ...readSilence(place(connection), reach), source }
}

function readSilence(to: string, reach: ReachAnswer): Pick<NetworkSaid, 'sentence' | 'mend' | 'also'> {
  if (reach instanceof Failure) {
    return { sentence: `${to} does not answer, and AWS cannot be asked why: ${reach.message}`, mend: reach.data?.mend ?? 'open_access' }
  }
  const { address, allowed, instance, groups, problem } = reach
  const me = address.state === 'known' ? address.address : 'this machine'
  if (instance?.publiclyAccessible === false) {
    return {
      sentence: `${to} does not answer: ${instance.key.identifier} is not publicly accessible, so that it is reached from inside its VPC or through a VPN only.`,
      mend: 'open_instances',
      also: 'look_again',
    }
  }
  if (allowed === false) {
    const which = groups.length === 1 ? `rule of ${groups[0]?.id}` : 'rule of its security groups'
    return { sentence: `${to} does not answer: no ${which} lets ${me} in.`, mend: 'allow_address' }
  }
  if (allowed === true) {
    return {
      sentence: `${to} does not answer, although a rule lets ${me} in. Look at the VPN, the routes of its subnets, and a firewall on the way.`,
      mend: 'look_again',
      also: 'open_access',
    }
  }
  const why = problem?.message ?? (address.state === 'unknown' ? address.problem.message : 'its rules are not known yet.')
  return {
    sentence: `${to} does not answer. Whether a rule lets this machine in cannot be told: ${why}`,
    mend: 'open_access',
    also: 'look_again',
  }
}

/** The rule that lets this machine in, in words; empty where it is not known. */
export function letIn(reach: ReachAnswer | null): string {
  if (reach === null || reach instanceof Failure || reach.address.state !== 'known') return ''
  const rule = reach.rules.find((one) => one.coversMe)
  return rule === undefined ? '' : ` ${rule.id} lets ${reach.address.address} in.`
}
