/** What the preload script puts on `window.basepair`. The page cannot have more of Electron than this. */
export interface Host {
  /** As `process.platform` has it: `darwin` writes ⌘ where others write Ctrl. */
  readonly platform: string
}

/** The name under which the page hands its message port to its own window, and the preload script to main. */
export const lineChannel = 'basepair:line'
