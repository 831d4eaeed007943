import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How Electron marks its fuses in the binary: this text, the version of the wire, its length, and a character for each fuse. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** As Electron comes: run as Node, NODE_OPTIONS, inspect and file privileges are on, and so are the traps of WebAssembly. */
const asItComes = '101100011'

/**
 * Writes a folder in the shape of Electron's distribution for Linux, whose binary is a program that says what it is and ends. It has real
 * fuses, so that packing, setting them and reading them back can be tried where Electron's own cannot be downloaded.
 */
export function writeStandinDistribution(folder: string, version: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true })
  mkdirSync(join(folder, 'locales'), { recursive: true })
  const binary = join(folder, 'electron')
  copyFileSync('/bin/true', binary)
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, asItComes.length]), Buffer.from(asItComes)])
  writeFileSync(binary, Buffer.concat([readFileSync(binary), wire]))
  chmodSync(binary, 0o755)
  writeFileSync(join(folder, 'chrome-sandbox'), '')
  writeFileSync(join(folder, 'version'), version)
  writeFileSync(join(folder, 'LICENSE'), 'A stand-in for Electron, not Electron.\n')
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '<title>A stand-in for Electron</title>\n')
  writeFileSync(join(folder, 'resources', 'default_app.asar'), '')
  for (const name of ['icudtl.dat', 'resources.pak', 'v8_context_snapshot.bin']) writeFileSync(join(folder, name), '')
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '')
}
