import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import { type PaletteAction, useActions, useAllActions } from '../ui/actions.ts'
import { useEnvironments } from '../ui/environment.ts'
import { screens } from './screens.ts'

/** Every screen of every environment. */
function useScreenActions(): void {
  const navigate = useNavigate()
  const { data } = useEnvironments()
  const ids = data?.map((each) => each.environment.id).join(' ') ?? ''
  const actions = useMemo(
    () =>
      ids
        .split(' ')
        .filter(Boolean)
        .flatMap((id) =>
          screens.map(
            ({ path, title, letter }): PaletteAction => ({
              id: `screen ${id} ${path}`,
              group: id,
              label: `${title} of ${id}`,
              keywords: ['go to', 'open'],
              keys: `g ${letter}`,
              run: () => void navigate(`/${id}/${path}`),
            }),
          ),
        ),
    [ids, navigate],
  )
  useActions(actions)
}

function toSpotlight({ id, label, description, keywords = [], keys, run }: PaletteAction): SpotlightActionData {
  return {
    id,
    label,
    keywords: [...keywords],
    onClick: run,
    ...(description ? { description } : {}),
    ...(keys ? { rightSection: <kbd>{keys}</kbd> } : {}),
  }
}

/** Ctrl/Cmd+K: every screen and every action by its name. */
export function Palette() {
  useScreenActions()
  const groups = Map.groupBy(useAllActions(), (action) => action.group)
  return (
    <Spotlight
      shortcut={['mod + K']}
      triggerOnContentEditable
      tagsToIgnore={[]}
      actions={[...groups].map(([group, actions]) => ({ group, actions: actions.map(toSpotlight) }))}
      nothingFound="Nothing has this name"
      highlightQuery
      limit={40}
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={15} aria-hidden />, placeholder: 'Screen or action', 'aria-label': 'Screen or action' }}
    />
  )
}
