import type { LambdaFailure } from '../../preload/contract/practice.ts'
import type { UserAttributes } from './event.ts'

/** What the function inserts, with the four places for values as its language writes them. */
export function insertText(failure: LambdaFailure, places: readonly string[]): string {
  const handleColumn = failure === 'column missing' ? 'preferred_username' : 'handle'
  const onConflict = failure === 'duplicate' || failure === 'quote in the name' ? '' : '\n    ON CONFLICT (cognito_user_id) DO NOTHING'
  return `
    INSERT INTO users (
        display_name,
        email,
        ${handleColumn},
        cognito_user_id
    )
    VALUES(
        ${places.join(',\n        ')}
    )${onConflict}
`
}

/** In the order of the places. */
export const insertValues = ({ name, email, preferred_username, sub }: UserAttributes): readonly string[] => [
  name,
  email,
  preferred_username,
  sub,
]

/** The journals' way: the values are put into the text as they are. */
export const builtByHand = (attributes: UserAttributes): string =>
  insertText(
    'quote in the name',
    insertValues(attributes).map((value) => `'${value}'`),
  )
