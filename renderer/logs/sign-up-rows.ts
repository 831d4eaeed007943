import type { SignUp, SignUps, UserValues } from '../../preload/contract/logs.ts'

/** `missing`: those whose user has no row. */
export type SignUpFilter = 'missing' | 'all'

export interface SignUpChoice {
  readonly filter: SignUpFilter
  readonly showResets: boolean
  /** Keys of those that were repaired here: they stay in view, so that the row is seen to be there. */
  readonly repaired: ReadonlySet<string>
}

export interface ShapedSignUps {
  readonly rows: readonly SignUp[]
  readonly missing: number
  readonly all: number
  /** Password resets that only their switch shows. */
  readonly resets: number
}

/** Whoever signed up again later needs none for the first time. */
export const needsRow = ({ row, supersededBy }: SignUp): boolean => row === 'missing' && supersededBy === undefined

/**
 * The sign-ups to show, in the order given. A password reset calls the same trigger and is no sign-up: it counts apart, but for one
 * that alone tells of a user without a row.
 */
export function shapeSignUps(signUps: readonly SignUp[], { filter, showResets, repaired }: SignUpChoice): ShapedSignUps {
  const signedUp = new Set(signUps.flatMap(({ trigger, sub }) => (trigger === 'password_reset' || sub === null ? [] : [sub])))
  const told = new Set<string>()
  const rows: SignUp[] = []
  let [missing, all, resets] = [0, 0, 0]
  for (const one of signUps) {
    if (one.trigger === 'password_reset') {
      const alone = one.row === 'missing' && one.sub !== null && !signedUp.has(one.sub) && !told.has(one.sub)
      if (alone && one.sub !== null) told.add(one.sub)
      if (!alone) {
        resets += 1
        if (showResets && filter === 'all') rows.push(one)
        continue
      }
    }
    all += 1
    if (needsRow(one)) missing += 1
    if (filter === 'all' || needsRow(one) || repaired.has(one.key)) rows.push(one)
  }
  return { rows, missing, all, resets }
}

/** What the list begins with: users without a row where there are any. Null while the log is still being read. */
export function firstFilter({ state, signUps }: Pick<SignUps, 'state' | 'signUps'>): SignUpFilter | null {
  if (signUps.some(needsRow)) return 'missing'
  return state === 'reading' ? null : 'all'
}

/** Why it cannot be told whether the row is there; null where it can. */
export function whyUnknown(signUp: SignUp, table: SignUps['table']): string | null {
  if (signUp.row !== 'unknown') return null
  if (!table.readable) return table.problem?.message ?? 'The users table cannot be read.'
  return signUp.sub === null && signUp.email === null
    ? 'The log does not tell who it was.'
    : 'It has not been looked for yet, or the log tells too little to find it.'
}

/** What the log tells of the row; what it does not tell is empty, for the user to type. */
export const valuesOf = ({ name, handle, email, sub }: SignUp): UserValues => ({
  display_name: name ?? '',
  handle: handle ?? '',
  email: email ?? '',
  cognito_user_id: sub ?? '',
})

/** The columns in the order of the statement's parameters. */
export const columnsOfUser = ['display_name', 'handle', 'email', 'cognito_user_id'] as const satisfies readonly (keyof UserValues)[]

/** `ada.l`, `ada@example.com`: how a person is called in a sentence. */
export const nameOf = ({ email, handle, name, sub }: SignUp): string =>
  email ?? handle ?? name ?? sub ?? 'someone whom the log does not name'
