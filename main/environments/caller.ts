/** Who asks: a window of the console's own page. */
export interface Caller {
  /** Names the window that an unlock belongs to. */
  readonly window: string
}

/** What every service function gets beside its input. */
export interface Call extends Caller {
  readonly signal: AbortSignal
}
