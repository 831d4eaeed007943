import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserServer, type BrowserServerOptions, createBrowserServer } from '../../main/http/server.ts'
import { createSeamRouter, newWitness, type Witness } from '../seam/operations.ts'

/** A bundle such as the build makes, small enough to look at. */
export async function writeBundle(folder: string): Promise<void> {
  await mkdir(join(folder, 'assets'), { recursive: true })
  const head = '<meta charset="utf-8"><meta name="style-nonce" content="__STYLE_NONCE__"><title>Basepair</title>'
  await writeFile(join(folder, 'index.html'), `<!doctype html>${head}<script type="module" src="/assets/main-1a2b3c4d.js"></script>`)
  await writeFile(join(folder, 'assets', 'main-1a2b3c4d.js'), 'document.title = "started"')
  await writeFile(join(folder, 'assets', 'main-5e6f7a8b.css'), 'body { margin: 0 }')
  await writeFile(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
}

export interface TestBrowserServer extends BrowserServer, AsyncDisposable {
  readonly witness: Witness
  readonly logged: string[]
  /** Packed pages to be taken; fill it in a test. */
  readonly pages: Map<string, ArrayBuffer>
  /** The windows whose last line closed. */
  readonly left: string[]
  /** Exchanges a new one-time token. */
  signIn(): Promise<string>
}

/** The real server of browser mode over the seam's router. Disposing closes it. */
export async function startBrowserServer(options: Partial<BrowserServerOptions> = {}): Promise<TestBrowserServer> {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-bundle-'))
  await writeBundle(folder)
  const witness = newWitness()
  const logged: string[] = []
  const left: string[] = []
  const pages = new Map<string, ArrayBuffer>()
  const take = (address: string) => {
    const page = pages.get(address) ?? null
    pages.delete(address)
    return page
  }
  const server = await createBrowserServer({
    router: createSeamRouter(witness),
    pages: { take },
    left: (window) => left.push(window),
    bundleFolder: folder,
    port: 0,
    log: (line) => logged.push(line),
    ...options,
  })
  const signIn = async () => {
    const response = await fetch(new URL('/session', server.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: new URL(server.url).origin },
      body: JSON.stringify({ token: server.newLink().split('#')[1] }),
    })
    const { bearer } = (await response.json()) as { bearer: string }
    return bearer
  }
  return {
    ...server,
    witness,
    logged,
    left,
    pages,
    signIn,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
