import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Called by electron-builder once Electron's own files are in place: takes away the app that Electron brings, which nothing should ever load. */
export async function afterExtract({
  appOutDir,
  electronPlatformName,
}: {
  appOutDir: string
  electronPlatformName: string
}): Promise<void> {
  const resources =
    electronPlatformName === 'darwin' ? join(appOutDir, 'Electron.app', 'Contents', 'Resources') : join(appOutDir, 'resources')
  await rm(join(resources, 'default_app.asar'), { force: true })
}
