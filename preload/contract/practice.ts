import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { operation } from './errors.ts'

/** A network that the practice panel can move this machine to. */
export const network = z.object({ id: z.string().max(40), label: z.string(), address: z.string() })

/** What the practice cloud does at the moment. */
export const practiceState = z.object({
  /** Where other AWS clients reach it. */
  endpoint: z.string(),
  networks: z.array(network),
  network: z.string(),
  /** While it is true, four of five calls are refused as too many. */
  throttling: z.boolean(),
  /** While it is true, every call is refused for its credentials. */
  credentialsExpired: z.boolean(),
  /** How many times faster than at AWS time goes: 1 is real, 60 makes a minute a second. */
  speed: z.number(),
  speeds: z.array(z.number()),
  /** The instances that are stopped, by identifier. */
  stopped: z.array(z.string()),
})
export type PracticeState = z.infer<typeof practiceState>

export const practice = {
  /** The practice cloud's state at once and after each change; null where there is none. Stream. */
  watch: operation.output(eventIterator(practiceState.nullable())),
  /** Changes how the practice cloud behaves. Touches nothing real. */
  change: operation
    .input(
      z.object({
        network: z.string().max(40).optional(),
        throttling: z.boolean().optional(),
        credentialsExpired: z.boolean().optional(),
        speed: z.number().min(1).max(10_000).optional(),
      }),
    )
    .output(z.void()),
  /** Lets the practice cloud start a stopped instance as AWS does after seven days. */
  forceStart: operation.input(z.object({ identifier: z.string().max(63) })).output(z.void()),
}
