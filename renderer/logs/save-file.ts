import { isDesktop } from '../line/desktop-transport.ts'

/** Whether the page can hand a file to the browser's downloads. The desktop's window loads nothing but its own addresses, so that it cannot. */
export const canSave = (): boolean => !isDesktop()

/** Hands a text to the browser's downloads, as UTF-8. */
export function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has begun by then, and needs the address no longer.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
