import * as z from 'zod'

/** A user of the practice user pool. */
export const poolUser = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string(),
  handle: z.string(),
  status: z.enum(['UNCONFIRMED', 'CONFIRMED']),
  error: z.string().nullable(),
  /** Milliseconds since 1970; 0 for who signed up before that was kept. */
  createdAt: z.int().min(0).default(0),
  /** When the user was confirmed, or last changed. */
  modifiedAt: z.int().min(0).default(0),
})
export type PoolUser = z.infer<typeof poolUser>

/** The oldest user first. */
export const userPoolState = z.object({ users: z.array(poolUser) })
export type UserPoolState = z.infer<typeof userPoolState>
export const firstUserPoolState: UserPoolState = { users: [] }
