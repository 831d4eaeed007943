import type { Reach, Rule } from '../../preload/contract/access.ts'
import type { Tone } from '../ui/status-pill.tsx'

/** Whom a rule lets in, in words. */
export function whoOf({ sourceKind, wide, mine, owner }: Rule): string {
  if (mine === 'tag') return 'this machine'
  if (owner !== null) return owner
  if (wide !== null) return wide
  switch (sourceKind) {
    case 'group':
      return 'members of that group'
    case 'prefix-list':
      return 'a prefix list'
    case 'ipv4':
    case 'ipv6':
      return mine === 'configured' ? 'the configured rule' : 'one address'
    default:
      return sourceKind satisfies never
  }
}

/** `tcp 5432`, `tcp 0 to 65535`, `all`. */
export function portsOf({ protocol, fromPort, toPort }: Rule): string {
  if (protocol === 'all') return 'every protocol'
  if (fromPort === null) return protocol
  return fromPort === toPort ? `${protocol} ${fromPort}` : `${protocol} ${fromPort} to ${toPort}`
}

export interface Flag {
  readonly text: string
  readonly tone: Tone
  readonly why: string
}

/** What is to be known of a rule at a glance. */
export function flagsOf(rule: Rule, now: number): Flag[] {
  const flags: Flag[] = []
  if (rule.coversMe) flags.push({ text: 'lets you in', tone: 'ok', why: 'Your address, on the instance’s port' })
  if (rule.mine === 'tag') flags.push({ text: 'mine', tone: 'plain', why: 'Basepair made it for this machine' })
  if (rule.mine === 'configured') flags.push({ text: 'configured', tone: 'plain', why: 'The settings name this rule' })
  if (rule.stale) flags.push({ text: 'stale', tone: 'warn', why: 'An address that this machine no longer has' })
  if (isExpired(rule, now)) flags.push({ text: 'expired', tone: 'warn', why: `Its time ended at ${rule.expiresAt}` })
  if (rule.wide !== null)
    flags.push({ text: 'wide', tone: rule.wide.startsWith('anyone') ? 'bad' : 'warn', why: `It lets in ${rule.wide}` })
  if (!rule.coversPort) flags.push({ text: 'other port', tone: 'plain', why: 'It does not reach the instance’s port' })
  return flags
}

export const isExpired = ({ expiresAt }: Rule, now: number): boolean => expiresAt !== null && Date.parse(expiresAt) <= now

/** The rules that a sweep would take away. */
export const sweepable = (rules: readonly Rule[], now: number): Rule[] =>
  rules.filter((rule) => rule.mine === 'tag' && (rule.stale || isExpired(rule, now)))

/** Whether this machine is let in, as a sentence. */
export function standingOf({ instance, address, allowed, rules }: Reach): { tone: Tone; sentence: string } {
  if (instance === null) return { tone: 'busy', sentence: 'The rules are being read.' }
  const where = `port ${instance.port} of ${instance.key.identifier}`
  if (address.state === 'looking') return { tone: 'busy', sentence: 'Your public address is being asked for.' }
  if (address.state === 'unknown')
    return { tone: 'warn', sentence: `Whether you may reach ${where} cannot be told, because your address is not known.` }
  const letting = rules.filter(({ coversMe }) => coversMe)
  const by = letting.find(({ wide }) => wide === null) ?? letting[0]
  if (allowed === true && by !== undefined) {
    const others = by.wide === null ? '' : `, which lets in ${by.wide}`
    return { tone: by.wide === null ? 'ok' : 'warn', sentence: `${address.address} may reach ${where}, by rule ${by.id}${others}.` }
  }
  return { tone: 'bad', sentence: `No rule lets ${address.address} to ${where}. Connections from here get no answer.` }
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** What is wrong with a typed address before it is sent; null where nothing is. Main judges it anew. */
export function typedProblem(text: string): string | null {
  const address = text.trim()
  if (address === '') return 'Type one address'
  if (address.includes('/')) return 'One address, without a range after it'
  if (ipv4.test(address) || /^[0-9a-f:]{3,39}$/i.test(address)) return null
  return 'One address like 203.0.113.7'
}
