import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { announce } from '../ui/announce.ts'
import { copyText } from '../ui/copy.tsx'
import { countOf } from '../ui/quantities.ts'
import { type ExportFormat, exportFormats, fileName, formatLines } from './export.ts'
import { canSave, saveFile } from './save-file.ts'
import type { Line } from './sorted-lines.ts'

/** Copies lines, or saves them as a file. */
export function ExportMenu({
  lines,
  link,
}: {
  /** Changed in place: they are read when something is chosen. */
  lines: readonly Line[]
  /** The address of the same place in AWS' console; null where there is none. */
  link: string | null
}) {
  const copy = (format: ExportFormat) => void copyText(formatLines(format, lines), countOf(lines.length, 'line'))
  const save = (format: ExportFormat, extension: string, type: string) => {
    const name = fileName(lines, extension, Date.now())
    // Spreadsheets read UTF-8 as such after this mark alone.
    saveFile(name, type, `${format === 'spreadsheet' ? '\ufeff' : ''}${formatLines(format, lines)}`)
    announce(`Saved ${countOf(lines.length, 'line')} as ${name}`)
  }
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={13} aria-hidden />} disabled={lines.length === 0}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{countOf(lines.length, 'line')}</Menu.Label>
        {exportFormats.map(({ format, label }) => (
          <Menu.Item key={format} onClick={() => copy(format)}>
            Copy as {label}
          </Menu.Item>
        ))}
        {canSave() && (
          <>
            <Menu.Divider />
            {exportFormats.map(({ format, label, extension, type }) => (
              <Menu.Item key={format} onClick={() => save(format, extension, type)}>
                Save as {label}
              </Menu.Item>
            ))}
          </>
        )}
        {link !== null && (
          <>
            <Menu.Divider />
            {canSave() && (
              <Menu.Item component="a" href={link} target="_blank" rel="noreferrer noopener">
                Open in the AWS console
              </Menu.Item>
            )}
            <Menu.Item onClick={() => void copyText(link, 'the link to the AWS console')}>Copy the link to the AWS console</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
