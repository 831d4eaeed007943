import { EventEmitter } from 'node:events'

/** What JavaScript itself, Node's inspection and promises ask of any object. */
const asked = new Set<string>(['then', 'catch', 'toJSON', 'constructor', 'prototype', 'inspect', 'asymmetricMatch', 'nodeType', '$$typeof'])

/** The same object, but asking for something that it does not have is an error instead of `undefined`. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key in object || asked.has(key)) {
        const value = Reflect.get(object, key, object)
        return typeof value === 'function' && !/^class\s/.test(Function.prototype.toString.call(value)) ? value.bind(object) : value
      }
      throw new Error(`The stand-in for Electron has no ${name}.${key}`)
    },
    set(object, key, value) {
      if (typeof key === 'symbol' || key in object) return Reflect.set(object, key, value, object)
      throw new Error(`The stand-in for Electron has no ${name}.${key} to set`)
    },
  })
}

/** An event emitter that refuses listeners for events that the stand-in does not know, because they would wait for ever. */
export class StrictEmitter extends EventEmitter {
  readonly #name: string
  readonly #known: ReadonlySet<string>

  constructor(name: string, known: readonly string[]) {
    super()
    this.#name = name
    this.#known = new Set(known)
    this.on('newListener', (event) => {
      if (typeof event === 'string' && event !== 'newListener' && !this.#known.has(event))
        throw new Error(`The stand-in for Electron never emits '${event}' on ${this.#name}`)
    })
  }
}

/** Refuses options that the stand-in would silently ignore. */
export function requireKnown(name: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw new Error(`The stand-in for Electron does not know the option ${name}.${key}`)
}

/** An event whose default can be prevented, as Electron hands it to listeners. */
export interface Preventable {
  defaultPrevented: boolean
  preventDefault(): void
}

export function preventable<T extends object>(details: T): T & Preventable {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}
