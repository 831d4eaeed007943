import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconFilterPlus, IconX } from '@tabler/icons-react'
import { type FormEvent, useEffect, useState } from 'react'
import type { Column } from '../../preload/contract/packed.ts'
import type { Filter } from '../../preload/contract/tables.ts'
import { filterOperators } from '../../preload/contract/tables-words.ts'

const mostFilters = 20

/** Conditions on columns, all of which must hold; applied on the server with Enter or "Apply". */
export function FiltersBar({
  columns,
  filters,
  onApply,
}: {
  columns: readonly Column[]
  filters: readonly Filter[]
  onApply: (filters: Filter[]) => void
}) {
  const [draft, setDraft] = useState<readonly Filter[]>(filters)
  useEffect(() => setDraft(filters), [filters])
  const change = (place: number, part: Partial<Filter>) =>
    setDraft((before) => before.map((one, at) => (at === place ? { ...one, ...part } : one)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onApply([...draft])
  }
  const remove = (place: number) => onApply(draft.filter((_, at) => at !== place))
  const add = () => setDraft((before) => [...before, { column: columns[0]?.name ?? '', operator: '=', value: '' }])
  return (
    <form className="filters-bar" aria-label="Filters" onSubmit={submit}>
      {draft.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a filter is its place
        <span key={place} className="filter">
          <NativeSelect
            size="xs"
            aria-label="Column"
            value={one.column}
            data={[...new Set(columns.map(({ name }) => name))]}
            onChange={(event) => change(place, { column: event.currentTarget.value })}
          />
          <NativeSelect
            size="xs"
            aria-label="Operator"
            value={one.operator}
            data={[...filterOperators]}
            onChange={(event) => change(place, { operator: filterOperators.find((name) => name === event.currentTarget.value) ?? '=' })}
          />
          {one.operator !== 'is null' && one.operator !== 'is not null' && (
            <TextInput
              aria-label="Value"
              className="mono"
              value={one.value ?? ''}
              autoFocus={place >= filters.length}
              onChange={(event) => change(place, { value: event.currentTarget.value })}
            />
          )}
          <ActionIcon variant="subtle" aria-label="Remove the filter" onClick={() => remove(place)}>
            <IconX size={13} aria-hidden />
          </ActionIcon>
        </span>
      ))}
      <Button
        leftSection={<IconFilterPlus size={14} aria-hidden />}
        disabled={draft.length >= mostFilters || columns.length === 0}
        onClick={add}
      >
        Add filter
      </Button>
      {draft.length > 0 && (
        <Button type="submit" variant="filled">
          Apply
        </Button>
      )}
    </form>
  )
}
