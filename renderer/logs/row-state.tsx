import type { SignUp } from '../../preload/contract/logs.ts'

interface RowStateProps {
  readonly state: SignUp['row']
  /** Why it is unknown; shown under it unless that stands elsewhere already. */
  readonly why?: string | null
  /** When the row was written, as the server tells. */
  readonly createdAt?: string | null
  readonly brief?: boolean
}

/** Whether the user's row is in `users`: a sign and a word, never colour alone. */
export function RowState({ state, why = null, createdAt = null, brief = false }: RowStateProps) {
  switch (state) {
    case 'there':
      return (
        <span className="row-state" data-tone="ok" title={createdAt === null ? undefined : `created_at ${createdAt}`}>
          <i aria-hidden>✓</i> written
        </span>
      )
    case 'missing':
      return (
        <span className="row-state" data-tone="bad">
          <i aria-hidden>✕</i> missing
        </span>
      )
    case 'unknown':
      return (
        <span className="row-state" title={why ?? undefined}>
          <i aria-hidden>?</i> unknown
          {why !== null && !brief && <small>{why}</small>}
        </span>
      )
    default:
      return state satisfies never
  }
}
