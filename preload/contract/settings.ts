import * as z from 'zod'
import { operation } from './errors.ts'
import { instanceKey, place } from './instances.ts'
import { logGroupName } from './logs.ts'

/** What the page remembers of its user. Kept in the data folder, not in the browser. */
export const preferences = z.object({
  theme: z.enum(['auto', 'light', 'dark']),
  zone: z.enum(['utc', 'local']),
  /** Seconds between two looks at the sessions; 0 stops. */
  sessionsEvery: z.number().min(0).max(60),
  showIdle: z.boolean(),
  showBackground: z.boolean(),
  /** Where the user was last, as the page's own address. */
  place: z.string().max(2000),
  /** The editor's text by environment. */
  drafts: z.record(z.string().max(100), z.string().max(1_000_000)),
  /** Whose rules Access shows where an environment stands on no instance, by environment. */
  accessInstances: z.record(z.string().max(100), instanceKey),
  /** What Logs shows, by environment. */
  logs: z.record(
    z.string().max(100),
    z.object({
      /** Where the log groups are, where the environment's own place is not meant. */
      place: place.optional(),
      groups: z.array(logGroupName).max(10),
      favourites: z.array(logGroupName).max(50),
      /** How many hours back are loaded. */
      hours: z
        .number()
        .min(0.05)
        .max(24 * 30),
      live: z.boolean(),
    }),
  ),
})
export type LogsChoice = Preferences['logs'][string]
export type Preferences = z.infer<typeof preferences>
export const preferenceChange = preferences.partial()
export type PreferenceChange = z.infer<typeof preferenceChange>

export const console = z.object({
  version: z.string(),
  mode: z.enum(['desktop', 'browser']),
  /** Where settings, state and the embedded servers live. */
  dataFolder: z.string(),
  settingsFile: z.string(),
  /** Why the settings file was not used; it is kept as it is. */
  settingsProblem: z.object({ message: z.string(), line: z.int().nullable() }).nullable(),
  /** Where passwords are kept, as a sentence. */
  secrets: z.string(),
  /** What the user should know of the last run: a reset that was interrupted, a server taken over. */
  notices: z.array(z.object({ id: z.string(), level: z.enum(['info', 'warning']), text: z.string() })),
  preferences,
})

export type Console = z.infer<typeof console>

export const settings = {
  /** What this console is, where its files are, and what it remembers. Query. */
  read: operation.output(console),
  /** Changes some preferences. */
  remember: operation.input(preferenceChange).output(preferences),
  /** Reads the settings file anew, after the user mended it. */
  reload: operation.output(console),
  /** Browser mode: a new one-time address of this console, to open it in another browser. */
  link: operation.output(z.object({ url: z.string() })),
  /** Takes a notice away until the next start. */
  dismiss: operation.input(z.object({ notice: z.string().max(100) })).output(z.void()),
}
