import { plainText } from '../../cloudwatch/plain-text.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { UserValues } from '../../preload/contract/logs.ts'
import { createTurns } from '../data/in-turn.ts'
import type { Call } from '../environments/caller.ts'
import { makeChange, type Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver } from '../postgres/driver.ts'

export interface RepairDeps {
  readonly driver: Pick<Driver, 'run'>
  readonly environments: Pick<Environments, 'allowChange' | 'get' | 'target'>
  readonly recorder: Recorder
  /** Called once the table may have changed. */
  changed(environment: string): void
}

export interface Repaired {
  readonly inserted: boolean
  readonly sentence: string
}

/** The statement that repairs a sign-up: its parameters are display_name, handle, email, cognito_user_id. It works with and without a unique constraint. */
export const repairStatement = (): string => consoleSql('logs-repair').trim()

/**
 * Inserts the rows of users who signed up without one. Of two for the same user, also from two windows, the second does nothing.
 * The activity log names the user by cognito_user_id alone.
 */
export function createRepair({ driver, environments, recorder, changed }: RepairDeps) {
  // Without a unique constraint two statements at the same time would each find no row.
  const inTurn = createTurns()

  return async function repair({ environment, values }: { environment: string; values: UserValues }, call: Call): Promise<Repaired> {
    const { host, port, database } = environments.get(environment).connection
    const { display_name, handle, email, cognito_user_id: sub } = values
    const text = repairStatement()
    const intent = {
      environment,
      target: `users, cognito_user_id ${sub} in ${database} @ ${host}:${port}`,
      action: 'Repair a sign-up',
      detail: text,
      before: 'no row known',
    }
    return await makeChange({ environments, recorder }, call, intent, () =>
      inTurn(async () => {
        try {
          const statement = { text, values: [display_name, handle, email, sub] }
          const { rowCount } = await driver.run(environments.target(environment), statement, { timeoutMs: 10_000 })
          return rowCount === 0 ? wasThere(sub) : { value: { inserted: true, sentence: inserted(sub) }, after: '1 row inserted' }
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          if (keyOf(error) === 'cognito_user_id') return wasThere(sub)
          throw explain(error)
        } finally {
          changed(environment)
        }
      }),
    )
  }
}

const inserted = (sub: string): string => `The row with cognito_user_id ${plainText(sub)} is in users now.`

const wasThere = (sub: string) => ({
  value: { inserted: false, sentence: `Nothing was inserted: users has a row with cognito_user_id ${plainText(sub)} already.` },
  after: 'no row inserted: it was there already',
})

/** The column or expression whose uniqueness was violated; null where it was something else. Postgres tells the key alone in its detail. */
function keyOf({ data }: Failure): string | null {
  if (data?.source?.code !== '23505') return null
  return /^Key \((.+?)\)=\(/.exec(data.detail ?? '')?.[1] ?? ''
}

/** Without the values: the sentence is written to the activity log. */
function explain(failure: Failure): Failure {
  const key = keyOf(failure)
  const source = failure.data?.source?.code
  const taken = (message: string) => new Failure('SQL', `Nothing was inserted: ${message}`, { ...failure.data, mend: 'open_table' })
  if (key !== null && /\bhandle\b/.test(key)) return taken('the handle is taken by another row of users. Choose another one.')
  if (key !== null && /\bemail\b/.test(key)) {
    return taken(
      'another row of users has this e-mail. Where the user was deleted in Cognito and signed up again, give that row the new cognito_user_id, or delete it first.',
    )
  }
  if (key !== null) return taken(`another row of users has the same ${key === '' ? 'key' : key}.`)
  // Postgres puts the value itself into these: `invalid input syntax for type uuid: "…"`.
  if (source?.startsWith('22') === true) {
    return new Failure(
      'SQL',
      `Nothing was inserted: a value does not fit the type of its column (${source}). Compare users with the schema.`,
      {
        ...failure.data,
        mend: 'open_table',
      },
    )
  }
  // A trigger of the table's says what it likes.
  if (source?.startsWith('P0') === true) {
    return taken('a trigger of users refuses the row. Look at what it asks for.')
  }
  if (source === '23502' || source === '42703') {
    return new Failure(
      'SQL',
      `Nothing was inserted: ${failure.message}. The table users is not what the statement expects; compare it with the schema.`,
      { ...failure.data, mend: 'open_table' },
    )
  }
  return failure
}
