import { ActionIcon } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { announce } from './announce.ts'

/** Puts text on the clipboard and says so in the status bar. `what` completes "Copied ...". */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    announce(`Copied ${what}`)
  } catch {
    announce(`The browser did not let ${what} be copied; allow the clipboard for this page.`, { tone: 'bad', notice: true })
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <ActionIcon variant="subtle" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={() => void copyText(text, what)}>
      <IconCopy size={14} aria-hidden />
    </ActionIcon>
  )
}
