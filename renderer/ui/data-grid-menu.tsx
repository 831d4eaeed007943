import { Menu } from '@mantine/core'
import { type CopyFormat, copyFormats } from './data-grid-copy.ts'
import { countOf } from './quantities.ts'

export interface MenuPlace {
  readonly x: number
  readonly y: number
}

/** What can be done with a cell and the selected rows. */
export function GridMenu({
  place,
  selected,
  onClose,
  onOpen,
  onCopyCell,
  onCopyRows,
  onFilter,
}: {
  place: MenuPlace
  selected: number
  onClose: () => void
  onOpen: () => void
  onCopyCell: () => void
  onCopyRows: (format: CopyFormat) => void
  onFilter: (() => void) | undefined
}) {
  return (
    <Menu opened onClose={onClose} position="bottom-start" offset={0} returnFocus shadow="md">
      <Menu.Target>
        <button type="button" tabIndex={-1} aria-label="Cell" className="grid-menu-place" style={{ left: place.x, top: place.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onOpen} rightSection={<kbd>Enter</kbd>}>
          Open the value
        </Menu.Item>
        <Menu.Item onClick={onCopyCell}>Copy the value</Menu.Item>
        {onFilter && <Menu.Item onClick={onFilter}>Filter by this value</Menu.Item>}
        <Menu.Divider />
        <Menu.Label>{countOf(selected, 'row')}</Menu.Label>
        {copyFormats.map(({ format, label }) => (
          <Menu.Item key={format} onClick={() => onCopyRows(format)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
