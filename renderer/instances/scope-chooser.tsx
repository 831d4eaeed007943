import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useState } from 'react'
import type { Scope } from '../../preload/contract/instances.ts'
import { announce } from '../ui/announce.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { useChoose, useProfiles } from './queries.ts'

const modalId = 'instances-scope'

interface Option {
  readonly value: string
  readonly note?: string
}

function Choices({
  title,
  options,
  chosen,
  onChoose,
}: {
  title: string
  options: readonly Option[]
  chosen: readonly string[]
  onChoose: (chosen: readonly string[]) => void
}) {
  const [filter, setFilter] = useState('')
  const words = filter.trim().toLowerCase()
  const shown = options.filter(({ value, note }) => `${value} ${note ?? ''}`.toLowerCase().includes(words))
  const values = shown.map(({ value }) => value)
  return (
    <fieldset className="scope-choices">
      <legend>
        {title} <span className="dim">{chosen.length} chosen</span>
      </legend>
      <TextInput
        aria-label={`Search ${title.toLowerCase()}`}
        placeholder="Search"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <div className="row">
        <Button variant="subtle" onClick={() => onChoose([...new Set([...chosen, ...values])])}>
          All{words && ' found'}
        </Button>
        <Button variant="subtle" onClick={() => onChoose(chosen.filter((each) => !values.includes(each)))}>
          None{words && ' found'}
        </Button>
      </div>
      <div className="scope-list">
        {shown.map(({ value, note }) => (
          <Checkbox
            key={value}
            label={
              <>
                {value} {note && <span className="dim">{note}</span>}
              </>
            }
            checked={chosen.includes(value)}
            onChange={(event) => onChoose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((each) => each !== value))}
          />
        ))}
        {shown.length === 0 && <EmptyState title="None found" />}
      </div>
    </fieldset>
  )
}

function ScopeChooser({ environment, scope, close }: { environment: string; scope: Scope; close: () => void }) {
  const known = useProfiles(environment)
  const choose = useChoose(environment)
  const [profiles, setProfiles] = useState<readonly string[]>(scope.profiles)
  const [regions, setRegions] = useState<readonly string[]>(scope.regions)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        choose.mutate(
          { profiles: [...profiles], regions: [...regions] },
          {
            onSuccess() {
              announce(`${countOf(profiles.length, 'profile')} in ${countOf(regions.length, 'region')} are asked`)
              close()
            },
          },
        )
      }}
    >
      <Loaded query={known} environment={environment} rows={8}>
        {(found) => {
          const withChosen = (options: readonly Option[], chosen: readonly string[]) => [
            ...options,
            ...chosen.filter((value) => options.every((option) => option.value !== value)).map((value) => ({ value })),
          ]
          return (
            <div className="scope-columns">
              <Choices
                title="Profiles"
                options={withChosen(
                  found.profiles.map(({ name, kind, region }) => ({ value: name, note: [kind, region].filter(Boolean).join(', ') })),
                  scope.profiles,
                )}
                chosen={profiles}
                onChoose={setProfiles}
              />
              <Choices
                title="Regions"
                options={withChosen(
                  found.regions.map((value) => ({ value })),
                  scope.regions,
                )}
                chosen={regions}
                onChoose={setRegions}
              />
            </div>
          )
        }}
      </Loaded>
      {choose.error && <ErrorNotice compact error={choose.error} environment={environment} />}
      <Group justify="flex-end" mt="md">
        <span className="dim grow">{countOf(profiles.length * regions.length, 'place')} will be asked, each every 15 seconds</span>
        <Button type="button" onClick={close}>
          Discard
        </Button>
        <Button type="submit" variant="filled" loading={choose.isPending} disabled={profiles.length === 0 || regions.length === 0}>
          Show
        </Button>
      </Group>
    </form>
  )
}

/** Opens the choice of the profiles and regions whose instances are shown. */
export function openScopeChooser(environment: string, scope: Scope): void {
  modals.open({
    modalId,
    size: 'lg',
    title: 'Profiles and regions',
    children: <ScopeChooser environment={environment} scope={scope} close={() => modals.close(modalId)} />,
  })
}
