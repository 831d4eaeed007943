import { Button, Group, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useState } from 'react'
import type { SignUp } from '../../preload/contract/logs.ts'
import { announce } from '../ui/announce.ts'
import { CopyButton } from '../ui/copy.tsx'
import { isLocked, useEnvironments } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { type Problem, toProblem } from '../ui/problem.ts'
import { useRepair } from './sign-up-queries.ts'
import { columnsOfUser, nameOf, valuesOf } from './sign-up-rows.ts'

const modalId = 'repair-sign-up'

const readOnly = (environment: string): Problem => ({
  code: 'LOCKED',
  message: `${environment} is read-only. Unlock it to insert the row.`,
  data: { mend: 'unlock' },
})

interface RepairProps {
  readonly environment: string
  readonly signUp: SignUp
  readonly insert: string
  /** Called once the row is there. */
  readonly onRepaired?: () => void
  readonly close: () => void
}

function RepairForm({ environment, signUp, insert, onRepaired, close }: RepairProps) {
  const told = valuesOf(signUp)
  const [values, setValues] = useState(told)
  const [tried, setTried] = useState(false)
  const state = useEnvironments().data?.find((each) => each.environment.id === environment)
  const repair = useRepair(environment, (sentence) => {
    announce(sentence)
    onRepaired?.()
    close()
  })
  const missing = columnsOfUser.filter((column) => values[column].trim() === '')
  const first = missing[0] ?? 'display_name'
  const locked = state !== undefined && isLocked(state)
  const refused = repair.error !== null && toProblem(repair.error).code === 'LOCKED'

  return (
    <form
      className="repair"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (missing.length === 0 && !repair.isPending) repair.mutate(values)
      }}
    >
      <p>
        Cognito has {nameOf(signUp)} as confirmed, but no row of <code className="mono">users</code> in {environment} holds the sub. This
        statement writes it, and nothing where it is there by then.
      </p>
      <div className="repair-statement">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <section aria-label="The statement" tabIndex={0}>
          <pre className="mono">{insert}</pre>
        </section>
        <CopyButton text={insert} what="the statement" />
      </div>
      {columnsOfUser.map((column, index) => (
        <TextInput
          key={column}
          label={
            <>
              <span className="mono">${index + 1}</span> {column}
            </>
          }
          description={told[column] === '' ? 'The log does not tell it.' : undefined}
          value={values[column]}
          onChange={(event) => {
            const { value } = event.currentTarget
            setValues((now) => ({ ...now, [column]: value }))
          }}
          error={tried && values[column].trim() === '' ? `Type the ${column}; it may not be empty.` : undefined}
          maxLength={1000}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          {...(column === first ? { 'data-autofocus': true } : {})}
        />
      ))}
      {locked && <ErrorNotice compact error={readOnly(environment)} environment={environment} onMended={() => repair.reset()} />}
      {repair.error !== null && !(refused && locked) && (
        <ErrorNotice compact error={repair.error} environment={environment} onMended={() => repair.reset()} />
      )}
      <Group justify="flex-end">
        <Button type="button" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" variant="filled" loading={repair.isPending}>
          Insert the row
        </Button>
      </Group>
    </form>
  )
}

/** Shows the statement that repairs a sign-up and its four values, and runs it. */
export function openRepairDialog(props: Omit<RepairProps, 'close'>): void {
  modals.open({
    modalId,
    size: 'lg',
    title: `Insert the row of ${nameOf(props.signUp)} in ${props.environment}`,
    children: <RepairForm {...props} close={() => modals.close(modalId)} />,
  })
}
