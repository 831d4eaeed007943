import * as z from 'zod'

/** A user of the practice user pool. */
export const poolUser = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string(),
  handle: z.string(),
  status: z.enum(['UNCONFIRMED', 'CONFIRMED']),
  error: z.string().nullable(),
})
export type PoolUser = z.infer<typeof poolUser>

/** The oldest user first. */
export const userPoolState = z.object({ users: z.array(poolUser) })
export type UserPoolState = z.infer<typeof userPoolState>
export const firstUserPoolState: UserPoolState = { users: [] }
