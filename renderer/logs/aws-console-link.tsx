import { Anchor, Button } from '@mantine/core'
import { isDesktop } from '../line/desktop-transport.ts'
import { copyText } from '../ui/copy.tsx'

/** Leads to the same place in AWS' console. The desktop's window opens no other: there the address is copied. */
export function AwsConsoleLink({ link }: { link: string }) {
  if (isDesktop()) {
    return (
      <Button size="compact-sm" variant="subtle" onClick={() => void copyText(link, 'the link to the AWS console')}>
        Copy the link to the AWS console
      </Button>
    )
  }
  return (
    <Anchor href={link} target="_blank" rel="noreferrer" size="sm">
      Open in the AWS console
    </Anchor>
  )
}
