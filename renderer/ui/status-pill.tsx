import { IconAlertTriangle, IconCheck, IconLoader2, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'plain'

const icons = { ok: IconCheck, warn: IconAlertTriangle, bad: IconX, busy: IconLoader2 }

/** A state in one or two words: the icon says the same as the colour. */
export function StatusPill({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  const Icon = tone === 'plain' ? null : icons[tone]
  return (
    <span className="pill" data-tone={tone} title={title}>
      {Icon && <Icon size={12} stroke={2.5} aria-hidden className={tone === 'busy' ? 'turning' : undefined} />}
      {children}
    </span>
  )
}
