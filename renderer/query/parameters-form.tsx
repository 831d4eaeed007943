import { Button, Checkbox, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

export type ParameterValues = Readonly<Record<string, string | null>>

/** Asks for the values of named parameters. They are bound by the server, never pasted into the text. */
export function ParametersForm({
  names,
  values,
  onRun,
  onClose,
}: {
  names: readonly string[]
  values: ParameterValues
  onRun: (values: ParameterValues) => void
  onClose: () => void
}) {
  const [draft, setDraft] = useState<ParameterValues>(values)
  const set = (name: string, value: string | null) => setDraft((before) => ({ ...before, [name]: value }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onRun(Object.fromEntries(names.map((name) => [name, draft[name] === undefined ? '' : draft[name]])))
  }
  return (
    <form className="parameters" aria-label="Parameters" onSubmit={submit}>
      {names.map((name, place) => (
        <div key={name} className="parameter">
          <TextInput
            label={name}
            autoFocus={place === 0}
            disabled={draft[name] === null}
            value={draft[name] ?? ''}
            onChange={(event) => set(name, event.currentTarget.value)}
          />
          <Checkbox
            label="NULL"
            aria-label={`${name} is NULL`}
            checked={draft[name] === null}
            onChange={(event) => set(name, event.currentTarget.checked ? null : '')}
          />
        </div>
      ))}
      <div className="row">
        <Button type="submit" variant="filled">
          Run with these values
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </form>
  )
}
