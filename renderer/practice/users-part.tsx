import { Button } from '@mantine/core'
import type { PracticeUser } from '../../preload/contract/practice.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { visibleWords } from '../ui/data-grid-text.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Part } from './part.tsx'
import { useConfirm, useRemoveUser, useResetPassword } from './queries.ts'
import { CognitoError } from './sign-up-form.tsx'
import { waitingWords } from './words.ts'

/** The users who signed up last, with what can be done to them. */
export function UsersPart({ users }: { users: readonly PracticeUser[] }) {
  return (
    <Part id="users" label="Users of the pool">
      {users.length === 0 ? (
        <p className="dim">Nobody has signed up yet.</p>
      ) : (
        <ul className="practice-users" aria-label="Users of the pool">
          {users.map((user) => (
            <User key={user.sub} user={user} />
          ))}
        </ul>
      )}
    </Part>
  )
}

function User({ user }: { user: PracticeUser }) {
  const { sub, name, email, status, confirming, error } = user
  const confirm = useConfirm()
  const reset = useResetPassword()
  const remove = useRemoveUser()
  const refused = confirm.error ?? reset.error ?? remove.error
  const isBusy = confirming || remove.isPending
  // One of them was tried last: what the others said is past.
  const attempt = (one: typeof confirm | typeof reset | typeof remove) => {
    for (const each of [confirm, reset, remove]) each.reset()
    one.mutate({ sub })
  }
  return (
    <li>
      <div className="practice-user">
        <bdi className="practice-name">
          <VisibleText text={name} />
        </bdi>
        <span className={status === 'CONFIRMED' ? 'practice-confirmed' : 'dim'}>{status}</span>
      </div>
      <bdi className="practice-email dim">
        <VisibleText text={email} />
      </bdi>
      {error !== null && <CognitoError text={error} />}
      {confirming && <p className="dim">{waitingWords}</p>}
      <div className="practice-acts">
        <Button
          size="compact-xs"
          variant="default"
          disabled={isBusy}
          aria-label={`Confirm ${visibleWords(email)}`}
          onClick={() => attempt(confirm)}
        >
          Confirm
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={isBusy}
          aria-label={`Reset password of ${visibleWords(email)}`}
          onClick={() => attempt(reset)}
        >
          Reset password
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={isBusy}
          aria-label={`Delete ${visibleWords(email)}`}
          onClick={() => attempt(remove)}
        >
          Delete
        </Button>
      </div>
      {refused && <ErrorNotice compact error={refused} />}
    </li>
  )
}
