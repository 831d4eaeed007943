import type { MyAddress, Reach } from '../../preload/contract/access.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure, problemOf } from '../../preload/contract/errors.ts'
import { ownerName } from './kept.ts'
import { addressOf } from './my-address.ts'
import { namedFor } from './named.ts'
import { planAllow } from './plan.ts'
import { readRule } from './rules.ts'
import type { Subject } from './subjects.ts'

export interface ReachParts {
  readonly environment: Environment
  /** Null where the environment stands on no RDS instance. */
  readonly subject: Subject | null
  readonly address: MyAddress
  readonly machine: string
  readonly options: Reach['options']
}

/** What is known of an instance and of this machine, as the page sees it. */
export function reachFrom({ environment, subject, address, machine, options }: ReachParts): Reach {
  const look = subject?.look ?? null
  const problem = subject === null || subject.failure === null ? null : problemOf(subject.failure)
  const nothing = { allowed: null, plan: null, refusal: null }
  if (look === null) return { instance: null, address, groups: [], rules: [], ...nothing, problem, options, seenAt: null }
  const { server } = look
  const { key, endpoint, publiclyAccessible } = server
  const rds = namedFor(environment, server)
  const port = endpoint?.port ?? environment.connection.port
  const mine = addressOf(address)
  const viewpoint = { port, address: mine, machine, configured: rds?.securityGroupRule }
  const rules = look.rules.map((raw) => readRule(raw, viewpoint))
  const known = { instance: { key, port, publiclyAccessible }, address, groups: [...look.groups], rules, problem, options, seenAt: look.at }
  if (mine === null) return { ...known, ...nothing }
  const allowed = rules.some(({ coversMe }) => coversMe)
  try {
    const plan = planAllow({ look, address: mine, machine, owner: ownerName(), rds })
    const changes = plan.does === 'make' || plan.does === 'replace'
    return { ...known, allowed, plan: changes ? { before: plan.before, after: plan.after, sentence: plan.sentence } : null, refusal: null }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { ...known, allowed, plan: null, refusal: problemOf(error) }
  }
}
