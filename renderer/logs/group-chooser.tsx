import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown, IconStar, IconStarFilled } from '@tabler/icons-react'
import { useState } from 'react'
import type { LogGroup } from '../../preload/contract/logs.ts'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { formatBytes } from '../ui/quantities.ts'
import { groupFacts, listGroups, mostGroups } from './group-list.ts'
import { PlaceChooser } from './place-chooser.tsx'
import { shortGroup } from './shown-marks.ts'
import { useGroups } from './use-choice.ts'

interface ChooserProps {
  readonly environment: string
  readonly chosen: LogsChoice
  readonly onChange: (part: Partial<LogsChoice>) => void
  readonly opened: boolean
  readonly onOpened: (opened: boolean) => void
}

/** The chosen log groups, and the choice of others. */
export function GroupChooser({ environment, chosen, onChange, opened, onOpened }: ChooserProps) {
  const [first] = chosen.groups
  const words =
    first === undefined
      ? 'Choose log groups'
      : chosen.groups.length === 1
        ? first
        : `${shortGroup(first)} and ${chosen.groups.length - 1} more`
  return (
    <Popover opened={opened} onChange={onOpened} position="bottom-start" width={520} shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <Button
          className="log-groups-button mono"
          size="compact-sm"
          rightSection={<IconChevronDown size={13} aria-hidden />}
          title={chosen.groups.join('\n')}
          aria-label={`Log groups: ${words}`}
          onClick={() => onOpened(!opened)}
        >
          {words}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Log groups">
        <Choices environment={environment} chosen={chosen} onChange={onChange} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({ environment, chosen, onChange }: Pick<ChooserProps, 'environment' | 'chosen' | 'onChange'>) {
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), 200)
  const [elsewhere, setElsewhere] = useState(false)
  // The order is that of the choice when it was opened: nothing moves under the pointer.
  const [first] = useState(chosen)
  const query = useGroups(environment, chosen.place ?? null, wanted)
  const typed = search.trim()
  const place = query.data?.place ?? null

  const toggle = (name: string, on: boolean) => {
    const groups = on ? [...chosen.groups.filter((each) => each !== name), name] : chosen.groups.filter((each) => each !== name)
    if (groups.length > 0 && groups.length <= mostGroups) onChange({ groups })
  }
  const star = (name: string, on: boolean) =>
    onChange({ favourites: on ? [...chosen.favourites, name].slice(-50) : chosen.favourites.filter((each) => each !== name) })

  return (
    <div className="log-groups">
      <TextInput
        data-autofocus
        aria-label="Search log groups and functions"
        placeholder="Search, or type a group's whole name"
        value={search}
        maxLength={512}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Loaded query={query} environment={environment} rows={4}>
        {({ groups, problems }) => {
          const listed = listGroups(groups, chosen, first, typed)
          return (
            <>
              {problems.map((problem) => (
                <ErrorNotice key={`${problem.code} ${problem.message}`} compact error={problem} environment={environment} />
              ))}
              <ul className="log-groups-list">
                {listed.map((group) => (
                  <GroupItem
                    key={group.name}
                    group={group}
                    isChosen={chosen.groups.includes(group.name)}
                    isFull={chosen.groups.length >= mostGroups}
                    isLast={chosen.groups.length === 1}
                    isFavourite={chosen.favourites.includes(group.name)}
                    onToggle={toggle}
                    onOnly={(name) => onChange({ groups: [name] })}
                    onStar={star}
                  />
                ))}
              </ul>
              {listed.length === 0 && place !== null && (
                <EmptyState title={typed === '' ? 'This account and region has no log group' : 'None found'}>
                  {typed === '' && 'CloudWatch makes one with the first line that a function writes.'}
                </EmptyState>
              )}
              {typed !== '' && !listed.some(({ name }) => name === typed) && place !== null && (
                <Button variant="subtle" onClick={() => toggle(typed, true)} disabled={chosen.groups.length >= mostGroups}>
                  Follow {typed}, whether or not it may be listed
                </Button>
              )}
            </>
          )
        }}
      </Loaded>
      <div className="log-groups-place">
        <span className="dim">{place === null ? 'No AWS account is asked' : `${place.profile} · ${place.region}`}</span>
        <span className="grow" />
        {chosen.place !== undefined && (
          <Button variant="subtle" onClick={() => onChange({ place: undefined, groups: [] })}>
            Where {environment} stands
          </Button>
        )}
        <Button variant="subtle" aria-expanded={elsewhere} onClick={() => setElsewhere(!elsewhere)}>
          Another profile or region
        </Button>
      </div>
      {elsewhere && (
        <PlaceChooser
          environment={environment}
          place={place}
          onChoose={(next) => {
            setElsewhere(false)
            onChange({ place: next, groups: [] })
          }}
        />
      )}
    </div>
  )
}

function GroupItem({
  group,
  isChosen,
  isFull,
  isLast,
  isFavourite,
  onToggle,
  onOnly,
  onStar,
}: {
  group: LogGroup
  isChosen: boolean
  isFull: boolean
  isLast: boolean
  isFavourite: boolean
  onToggle: (name: string, on: boolean) => void
  onOnly: (name: string) => void
  onStar: (name: string, on: boolean) => void
}) {
  const { name } = group
  return (
    <li>
      <Checkbox
        label={
          <>
            <span className="mono">{name}</span>
            <span className="log-group-facts">{groupFacts(group, formatBytes).join(' · ')}</span>
          </>
        }
        checked={isChosen}
        disabled={isChosen ? isLast : isFull}
        onChange={(event) => onToggle(name, event.currentTarget.checked)}
      />
      <span className="grow" />
      {!(isChosen && isLast) && (
        <Button variant="subtle" size="compact-xs" aria-label={`Only ${name}`} onClick={() => onOnly(name)}>
          Only
        </Button>
      )}
      <ActionIcon variant="subtle" aria-pressed={isFavourite} aria-label={`Favourite ${name}`} onClick={() => onStar(name, !isFavourite)}>
        {isFavourite ? <IconStarFilled size={14} aria-hidden /> : <IconStar size={14} aria-hidden />}
      </ActionIcon>
    </li>
  )
}
