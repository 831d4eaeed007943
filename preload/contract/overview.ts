import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { mend, operation } from './errors.ts'

/** One link of the path from the instance to the data. An environment that is not on RDS has `server` in the place of `instance` and `network`, and no `sign-ups`. */
export const pathLink = z.object({
  link: z.enum(['instance', 'network', 'server', 'tls', 'sign-in', 'database', 'schema', 'data', 'sign-ups']),
  /**
   * `waiting`: an earlier link is broken, so this one was not tried. `changing`: it becomes sound or broken by itself, look again soon.
   * `unknown`: it could not be asked; the links after it were tried all the same.
   */
  state: z.enum(['sound', 'broken', 'waiting', 'changing', 'unknown']),
  /** One sentence: what is so, or what is wrong and what to do. */
  sentence: z.string(),
  /** The vendor's code behind a broken link, for whoever wants to look it up. */
  source: z.string().nullable(),
  mend: mend.nullable(),
  /** Another way to mend it, where one click can do more. */
  also: mend.optional(),
  /** A command that mends it, to run in a terminal: `aws sso login --profile work`. */
  command: z.string().optional(),
})
export type PathLink = z.infer<typeof pathLink>

export const overview = {
  /** Probes one environment from the server to its data. Query; costs a few catalogue reads. */
  path: operation.input(inEnvironment).output(z.object({ links: z.array(pathLink), probedAt: z.iso.datetime() })),
}
