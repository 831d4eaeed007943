import type { Json } from './cdp.ts'
import { toApp } from './scheme-map.ts'

/** One frame of a page as main sees it. A new document in it makes the earlier one `null` for events that come late. */
export class WebFrameMain {
  readonly frameTreeNodeId: string
  readonly parent: WebFrameMain | null
  url = ''
  origin = 'null'
  detached = false

  constructor(id: string, parent: WebFrameMain | null) {
    this.frameTreeNodeId = id
    this.parent = parent
  }

  get top(): WebFrameMain {
    return this.parent?.top ?? this
  }
}

/** The frames of one page, kept up by DevTools events, and the isolated worlds in them. */
export class Frames {
  readonly #frames = new Map<string, WebFrameMain>()
  readonly #worlds = new Map<number, WebFrameMain>()
  #main: WebFrameMain | undefined

  get main(): WebFrameMain {
    if (!this.#main) throw new Error('The page has no frame yet')
    return this.#main
  }

  start(tree: Json): void {
    this.#main = new WebFrameMain(tree.frame.id, null)
    this.#frames.set(tree.frame.id, this.#main)
    this.navigated(tree.frame)
  }

  get(id: string): WebFrameMain | undefined {
    return this.#frames.get(id)
  }

  attached({ frameId, parentFrameId }: Json): void {
    this.#frames.set(frameId, new WebFrameMain(frameId, this.#frames.get(parentFrameId) ?? null))
  }

  detached({ frameId }: Json): void {
    const frame = this.#frames.get(frameId)
    if (frame) frame.detached = true
    this.#frames.delete(frameId)
  }

  navigated(frame: Json): void {
    const known = this.#frames.get(frame.id)
    if (!known) return
    known.url = toApp(frame.url)
    // Chromium writes an opaque origin as '://'.
    known.origin = frame.securityOrigin === '://' ? 'null' : toApp(frame.securityOrigin)
  }

  /** Notes a new execution context if it is a world of the preload's name. */
  worldCreated({ id, name, auxData }: Json, world: string): void {
    const frame = this.#frames.get(auxData?.frameId)
    if (name === world && frame) this.#worlds.set(id, frame)
  }

  worldGone(id: number): void {
    this.#worlds.delete(id)
  }

  worldsGone(): number[] {
    const gone = [...this.#worlds.keys()]
    this.#worlds.clear()
    return gone
  }

  /** The frame whose preload lives in this execution context; undefined once its document is gone. */
  ofWorld(id: number): WebFrameMain | undefined {
    return this.#worlds.get(id)
  }
}
