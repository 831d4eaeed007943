import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { PracticeState } from '../../preload/contract/practice.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Part } from './part.tsx'
import { useChange, useSignUp } from './queries.ts'
import { waitingWords } from './words.ts'

type SignUps = PracticeState['signUps']
type Person = SignUps['suggested']
/** Cognito's own limit. */
const longest = 2_048
const fields = [
  ['name', 'Name'],
  ['email', 'E-mail'],
  ['handle', 'Preferred user name'],
] as const

/** The form of an app's sign-up page, filled in with somebody made up, and how many more come by themselves. */
export function SignUpForm({ signUps }: { signUps: SignUps }) {
  const { suggested, perMinute, paces } = signUps
  const change = useChange()
  const signUp = useSignUp()
  // What was typed stays until Cognito took it; without it the made-up person shows.
  const [typed, setTyped] = useState<Person | null>(null)
  const [confirm, setConfirm] = useState(true)
  const person = typed ?? suggested
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (signUp.isPending) return
    // Another one is suggested as soon as this one is in the pool, though Cognito has not answered yet.
    setTyped(person)
    signUp.mutate({ ...person, confirm }, { onSuccess: () => setTyped(null) })
  }
  const told = signUp.data?.error ?? null
  return (
    <Part id="sign-up" label="User pool">
      <form className="practice-form" onSubmit={submit}>
        {fields.map(([field, label]) => (
          <TextInput
            key={field}
            label={label}
            size="xs"
            required
            withAsterisk={false}
            autoComplete="off"
            maxLength={longest}
            value={person[field]}
            onChange={(event) => setTyped({ ...person, [field]: event.currentTarget.value })}
          />
        ))}
        <Checkbox
          label="Confirm"
          description="With the code of the e-mail, which calls the function."
          size="xs"
          checked={confirm}
          onChange={(event) => setConfirm(event.currentTarget.checked)}
        />
        <Button type="submit" loading={signUp.isPending}>
          Sign up a user
        </Button>
        <div aria-live="polite" className="practice-told">
          {signUp.isPending && confirm && <p className="dim">{waitingWords}</p>}
          {!signUp.isPending && signUp.data !== undefined && (
            <p>
              <bdi>{signUp.data.email}</bdi> is {signUp.data.status === 'CONFIRMED' ? 'confirmed' : 'signed up, and not confirmed'}.
              {told === null ? '' : ' Cognito told:'}
            </p>
          )}
          {!signUp.isPending && told !== null && <CognitoError text={told} />}
        </div>
        {signUp.error && <ErrorNotice compact error={signUp.error} />}
      </form>
      <div className="practice-choice">
        <span>Made-up users a minute</span>
        <SegmentedControl
          aria-label="Made-up users a minute"
          size="xs"
          data={paces.map(String)}
          value={String(perMinute)}
          onChange={(next) => change.mutate({ perMinute: Number(next) })}
        />
      </div>
      {change.error && <ErrorNotice compact error={change.error} />}
    </Part>
  )
}

/** What Cognito tells the user's page, as it is. */
export function CognitoError({ text }: { text: string }) {
  return (
    <p className="practice-error mono">
      <VisibleText text={text} keepLines />
    </p>
  )
}
