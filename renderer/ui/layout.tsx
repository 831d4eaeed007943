import type { ReactNode } from 'react'

/** The title of a screen with one sentence under it; `children` stand at its right. */
export function SectionHeader({ title, sentence, children }: { title: ReactNode; sentence?: ReactNode; children?: ReactNode }) {
  return (
    <header className="section-header">
      <div className="grow">
        <h1>{title}</h1>
        {sentence && <p>{sentence}</p>}
      </div>
      {children && <div className="row">{children}</div>}
    </header>
  )
}

export function Toolbar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="toolbar" role="toolbar" aria-label={label}>
      {children}
    </div>
  )
}

/** A panel; `children` of a plain card bring their own padding, as rows do. */
export function Card({
  title,
  extra,
  padded = false,
  label,
  colour,
  children,
}: {
  title?: ReactNode
  extra?: ReactNode
  padded?: boolean
  label?: string
  colour?: string | undefined
  children: ReactNode
}) {
  return (
    <section className="card" aria-label={label} data-colour={colour}>
      {(title || extra) && (
        <header className="card-head">
          {typeof title === 'string' ? <h2>{title}</h2> : title}
          <span className="grow" />
          {extra}
        </header>
      )}
      {padded ? <div className="card-body">{children}</div> : children}
    </section>
  )
}
