import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where settings, state and the embedded servers live unless the user says otherwise: the system's place for a user's data. */
export function defaultDataFolder(
  platform: NodeJS.Platform = process.platform,
  variables: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Basepair')
    case 'win32':
      return join(variables['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Basepair')
    default:
      return join(variables['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'basepair')
  }
}
