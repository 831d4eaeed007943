import type { Chromium, Session as Devtools, Json } from './cdp.ts'

interface Child {
  readonly targetId: string
  readonly devtools: Devtools
}

/** The pages of one Chromium: those that the app creates, and those that a page opens, which wait until someone decides. */
export class Targets {
  readonly #chromium: Chromium
  readonly #attached = new Map<string, { resolve(devtools: Devtools): void }>()
  readonly #sessions = new Map<string, Devtools>()
  readonly #expected = new Set<string>()
  readonly #children: Child[] = []
  readonly #decisions: ('allow' | 'deny')[] = []
  #creating: Promise<unknown> = Promise.resolve()

  constructor(chromium: Chromium) {
    this.#chromium = chromium
  }

  async start(): Promise<void> {
    this.#chromium.browser.on('Target.attachedToTarget', (event: Json) => void this.#arrived(event))
    await this.#chromium.browser.send('Target.setDiscoverTargets', { discover: true })
    await this.#chromium.browser.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: 'page' }],
    })
  }

  /** Creates an empty page and stops it before its first document, until `Runtime.runIfWaitingForDebugger`. */
  async create(): Promise<{ targetId: string; devtools: Devtools }> {
    const created = this.#chromium.browser.send('Target.createTarget', { url: 'about:blank', newWindow: true })
    this.#creating = created.then((result) => this.#expected.add(result.targetId))
    const { targetId } = await created
    await this.#creating
    const known = this.#sessions.get(targetId)
    const devtools = known ?? (await new Promise<Devtools>((resolve) => this.#attached.set(targetId, { resolve })))
    return { targetId, devtools }
  }

  /** Opens a page that the app does not know, as a page does that nobody hinders. */
  async open(url: string): Promise<void> {
    this.decide('allow')
    await this.#chromium.browser.send('Target.createTarget', { url })
  }

  /** Lets the next window that a page opened live or closes it before it loads anything. */
  decide(decision: 'allow' | 'deny'): void {
    this.#decisions.push(decision)
    this.#settle()
  }

  async #arrived({ sessionId, targetInfo }: Json): Promise<void> {
    const devtools = this.#chromium.session(sessionId)
    // Whether we created it is known only once `createTarget` has answered.
    await this.#creating
    const { targetId } = targetInfo
    if (this.#expected.has(targetId)) {
      this.#sessions.set(targetId, devtools)
      this.#attached.get(targetId)?.resolve(devtools)
      return
    }
    this.#children.push({ targetId, devtools })
    this.#settle()
  }

  #settle(): void {
    while (this.#children.length > 0 && this.#decisions.length > 0) {
      const child = this.#children.shift()
      const decision = this.#decisions.shift()
      if (!child) return
      if (decision === 'deny') this.#deny(child).catch(() => undefined)
      else void child.devtools.send('Runtime.runIfWaitingForDebugger')
    }
  }

  /** A window that waits holds up the page that opened it, so it runs on, with every request held back, until it is closed. */
  async #deny({ targetId, devtools }: Child): Promise<void> {
    await Promise.all([
      devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      devtools.send('Runtime.runIfWaitingForDebugger'),
      this.#chromium.browser.send('Target.closeTarget', { targetId }),
    ])
  }
}
