import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { styleNoncePlaceholder } from './headers.ts'

export interface BundleFile {
  readonly body: Buffer
  readonly type: string
  /** Its name holds a hash of its content, so that it may be kept for ever. */
  readonly hashed: boolean
}

/** The built page, read whole at start: what is not in this map cannot be asked for, and no path is ever put together from a request. */
export interface Bundle {
  /** `index.html` with a nonce for the styles of this answer. */
  index(nonce: string): Buffer
  /** Every other file by its path as a request names it: `/assets/main-1a2b3c4d.js`. */
  readonly files: ReadonlyMap<string, BundleFile>
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}
const hashedName = /^\/assets\/.+-[\w-]{8}\.\w+$/

/** Reads the folder that the build wrote. Fails where it holds no `index.html`; files of an unknown kind and source maps stay out. */
export async function readBundle(folder: string): Promise<Bundle> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, BundleFile>()
  let html: string | null = null
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = file.slice(folder.length).replaceAll('\\', '/')
    const type = types[extname(entry.name)]
    if (path === '/index.html') html = await readFile(file, 'utf8')
    else if (type !== undefined) files.set(path, { body: await readFile(file), type, hashed: hashedName.test(path) })
  }
  if (html === null) throw new Error(`The built page is missing: ${join(folder, 'index.html')} is not there. Run npm run build.`)
  const parts = html.split(styleNoncePlaceholder)
  return { index: (nonce) => Buffer.from(parts.join(nonce)), files }
}
