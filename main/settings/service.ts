import type * as z from 'zod'
import { Failure } from '../../preload/contract/errors.ts'
import type { console as consoleSchema, PreferenceChange, Preferences } from '../../preload/contract/settings.ts'
import type { StateFile } from './state-file.ts'

type Console = z.infer<typeof consoleSchema>
export type Notice = Console['notices'][number]

export interface SettingsDeps {
  readonly version: string
  readonly mode: Console['mode']
  readonly dataFolder: string
  readonly settingsFile: { readonly path: string; problem(): Console['settingsProblem'] }
  readonly secrets: { describe(): string }
  readonly state: Pick<StateFile, 'preferences' | 'remember'>
  readonly notices: Notice[]
  /** Reads the settings file anew. */
  readonly reload: () => Promise<void>
  /** A new one-time address of this console; null where there is none (desktop). */
  readonly link: () => string | null
}

/** What this console is, where its files are, and what it remembers of its user. */
export function createSettingsService(deps: SettingsDeps) {
  const read = async (): Promise<Console> => ({
    version: deps.version,
    mode: deps.mode,
    dataFolder: deps.dataFolder,
    settingsFile: deps.settingsFile.path,
    settingsProblem: deps.settingsFile.problem(),
    secrets: deps.secrets.describe(),
    notices: [...deps.notices],
    preferences: deps.state.preferences(),
  })
  return {
    read,
    async remember(change: PreferenceChange): Promise<Preferences> {
      await deps.state.remember(change)
      return deps.state.preferences()
    },
    async reload() {
      await deps.reload()
      return read()
    },
    async link() {
      const url = deps.link()
      if (url === null) throw new Failure('INVALID', 'The desktop window has no address to open elsewhere.')
      return { url }
    },
    async dismiss({ notice }: { notice: string }) {
      const at = deps.notices.findIndex((one) => one.id === notice)
      if (at >= 0) deps.notices.splice(at, 1)
    },
  }
}
