import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { makePrivateFolder } from './durable-file.ts'

interface Surroundings {
  readonly platform: string
  readonly home: string
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Where this system wants the data of a program to live. */
export function defaultDataFolder(
  { platform, home, variables }: Surroundings = { platform: process.platform, home: homedir(), variables: process.env },
): string {
  const { XDG_DATA_HOME: xdg, APPDATA: appData } = variables
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Basepair')
    case 'win32':
      return join(appData || join(home, 'AppData', 'Roaming'), 'Basepair')
    default:
      // The XDG rules say that a relative path there is to be ignored.
      return join(xdg?.startsWith('/') ? xdg : join(home, '.local', 'share'), 'basepair')
  }
}

/** Makes the data folder unless it is there, for the user alone, and returns its whole path. Fails with FILE. */
export async function openDataFolder(given?: string): Promise<string> {
  const folder = given === undefined ? defaultDataFolder() : resolve(given)
  await makePrivateFolder(folder)
  return folder
}
