import * as z from 'zod'
import { type PreferenceChange, type Preferences, preferences } from '../../preload/contract/settings.ts'
import { createTurns } from '../data/in-turn.ts'
import { readJson, writeJson } from '../data/json-file.ts'

const defaults: Preferences = {
  theme: 'auto',
  zone: 'utc',
  sessionsEvery: 2,
  showIdle: true,
  showBackground: false,
  place: '',
  drafts: {},
  accessInstances: {},
  logs: {},
}

const document = z.object({
  preferences: preferences.partial().default({}),
  /** Which project an environment uses, by environment. */
  projects: z.record(z.string(), z.string()).default({}),
  /** The port that browser mode had last, so that the page's address stays the same. */
  port: z.int().nullable().default(null),
})

/** What Basepair remembers by itself. Losing it costs comfort only, so one that does not parse is begun anew. */
export async function openStateFile(path: string) {
  const read = await readJson(path, document)
  let state: z.infer<typeof document> = read.state === 'ok' ? read.value : { preferences: {}, projects: {}, port: null }
  const inTurn = createTurns()

  const update = (change: Partial<typeof state>): Promise<void> => {
    state = { ...state, ...change }
    return inTurn(() => writeJson(path, state))
  }

  return {
    preferences: (): Preferences => ({ ...defaults, ...given(state.preferences) }),
    remember: (change: PreferenceChange) => update({ preferences: { ...state.preferences, ...given(change) } }),
    projects: {
      get: (environment: string) => state.projects[environment],
      set: (environment: string, project: string) => update({ projects: { ...state.projects, [environment]: project } }),
    },
    port: () => state.port,
    rememberPort: (port: number) => update({ port }),
    /** Waits until everything is written. */
    close: () => inTurn(async () => {}),
  }
}
export type StateFile = Awaited<ReturnType<typeof openStateFile>>

/** Only what is really given: an absent value must not hide a default. */
function given(change: PreferenceChange): Partial<Preferences> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
