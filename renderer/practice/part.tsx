import { Accordion } from '@mantine/core'
import type { ReactNode } from 'react'
import { setOpenParts, useOpenParts } from './open.ts'

/** The parts of the panel, each of which can be folded away; what is folded stays so while the screens change. */
export function Parts({ children }: { children: ReactNode }) {
  const open = useOpenParts()
  return (
    <Accordion
      multiple
      value={[...open]}
      onChange={setOpenParts}
      order={3}
      transitionDuration={0}
      chevronPosition="left"
      chevronSize={14}
      classNames={{
        item: 'practice-item',
        control: 'practice-control',
        chevron: 'practice-chevron',
        label: 'practice-label',
        content: 'practice-part',
      }}
    >
      {children}
    </Accordion>
  )
}

export function Part({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>{label}</Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  )
}
