import { spawn } from 'node:child_process'

/** The program that opens an address in the user's browser, or null where there is no display to open it on. */
function opener(
  platform: NodeJS.Platform,
  variables: NodeJS.ProcessEnv,
): { readonly file: string; readonly args: readonly string[] } | null {
  switch (platform) {
    case 'darwin':
      return { file: 'open', args: [] }
    case 'win32':
      return { file: 'rundll32', args: ['url.dll,FileProtocolHandler'] }
    default:
      return variables['DISPLAY'] || variables['WAYLAND_DISPLAY'] ? { file: 'xdg-open', args: [] } : null
  }
}

/** Opens an address in the user's browser, if there is one. `failed` hears why it could not be. */
export function openBrowser(url: string, failed: (reason: string) => void): void {
  const found = opener(process.platform, process.env)
  if (found === null) return
  const child = spawn(found.file, [...found.args, url], { stdio: 'ignore', detached: true })
  child.on('error', (error) => failed(error.message))
  child.unref()
}
