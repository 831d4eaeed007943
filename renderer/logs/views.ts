/** The ways of looking at a tail, as the address names them after `/logs`. */
export const views = ['', 'lines', 'sign-ups'] as const
export type View = (typeof views)[number]

export const viewTitles: Record<View, string> = { '': 'Invocations', lines: 'Log lines', 'sign-ups': 'Sign-ups' }

/** What the address says of the view. */
export const viewOf = (text: string | undefined): View => views.find((view) => view === text) ?? ''

export const spans = [
  { hours: 0.25, label: '15 min', words: '15 minutes' },
  { hours: 1, label: '1 h', words: 'hour' },
  { hours: 6, label: '6 h', words: '6 hours' },
  { hours: 24, label: '24 h', words: '24 hours' },
  { hours: 168, label: '7 d', words: '7 days' },
] as const

/** `the last hour`. */
export const spanWords = (hours: number): string => `the last ${spans.find((span) => span.hours === hours)?.words ?? `${hours} hours`}`
