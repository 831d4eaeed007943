import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { type PaletteAction, useAllActions } from '../ui/actions.ts'
import { useShellActions } from './shell-actions.ts'

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
  useShellActions()
  const groups = Map.groupBy(useAllActions(), (action) => action.group)
  return (
    <Spotlight
      shortcut={['mod + K']}
      triggerOnContentEditable
      tagsToIgnore={[]}
      actions={[...groups].map(([group, actions]) => ({ group, actions: actions.map(toSpotlight) }))}
      nothingFound="Nothing has this name"
      highlightQuery
      centered={false}
      attributes={{ content: { 'aria-label': 'Everything' } }}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.3 }}
      limit={60}
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={15} aria-hidden />, placeholder: 'Screen or action', 'aria-label': 'Screen or action' }}
    />
  )
}
