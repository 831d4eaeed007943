import { join } from 'node:path'
import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses'

/** What each fuse of Electron's binary must be. A fuse that a later Electron adds fails the build until it stands here. */
export const fuses = {
  // Otherwise a variable turns the binary into a script host with the app's own keychain identity.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Holds on macOS and Windows; Linux has no such check.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies Record<FuseV1Options, boolean>

interface Packed {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: { readonly appInfo: { readonly productFilename: string }; readonly executableName?: string }
}

/** Where the binary with the fuses is. */
export function binaryOf({ appOutDir, electronPlatformName, packager }: Packed): string {
  const { productFilename } = packager.appInfo
  switch (electronPlatformName) {
    case 'darwin':
    case 'mas':
      return join(appOutDir, `${productFilename}.app`)
    case 'win32':
      return join(appOutDir, `${productFilename}.exe`)
    default:
      return join(appOutDir, packager.executableName ?? productFilename)
  }
}

/** Called by electron-builder between packing and signing. */
export async function afterPack(packed: Packed): Promise<void> {
  const binary = binaryOf(packed)
  await flipFuses(binary, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    // A changed binary needs a new signature, an ad-hoc one where nobody signs.
    resetAdHocDarwinSignature: packed.electronPlatformName === 'darwin',
    ...fuses,
  })
  const wrong = await wrongFuses(binary)
  if (wrong.length > 0) throw new Error(`These fuses of ${binary} are not as they must be: ${wrong.join(', ')}`)
}

/** The names of the fuses that are not as they must be, read back from the binary. */
export async function wrongFuses(binary: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(binary)
  return Object.entries(fuses)
    .map(([index, on]) => ({ index: Number(index) as FuseV1Options, on }))
    .filter(({ index, on }) => wire[index] !== (on ? FuseState.ENABLE : FuseState.DISABLE))
    .map(({ index }) => FuseV1Options[index])
}
