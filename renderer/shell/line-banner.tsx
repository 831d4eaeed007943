import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { line, useLine } from '../client.ts'

/** Stands over everything while the page has no line to main. */
export function LineBanner() {
  if (useLine().state !== 'lost') return null
  return (
    <div className="line-banner" role="alert">
      <IconPlugConnectedX size={15} aria-hidden />
      <span>Lost the console; reconnecting</span>
      <Button onClick={line.tryNow}>Try now</Button>
    </div>
  )
}
