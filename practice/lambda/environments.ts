import { randomBytes } from 'node:crypto'

/** An execution environment: it runs one invocation after the other, and writes one stream. */
export interface Environment {
  readonly stream: string
  state: 'new' | 'warm' | 'to start again'
  memoryMb: number
}

/** The environments of one function. */
export interface Environments {
  /** One that is free, the last used first; otherwise a new one. */
  take(now: number): Environment
  give(environment: Environment, now: number): void
  /** None of them is used again. */
  replace(): void
}

/** Lambda says of its own only that it is some minutes. */
const idleMs = 5 * 60_000

export function createEnvironments(): Environments {
  let free: { readonly environment: Environment; readonly since: number }[] = []
  let current = new Set<Environment>()
  return {
    take(now) {
      free = free.filter(({ since }) => now - since < idleMs)
      const found = free.pop()
      if (found !== undefined) return found.environment
      const made: Environment = { stream: streamName(now), state: 'new', memoryMb: 0 }
      current.add(made)
      return made
    },
    give(environment, now) {
      if (current.has(environment)) free.push({ environment, since: now })
    },
    replace() {
      free = []
      current = new Set()
    },
  }
}

/** `2026/11/21/[$LATEST]` and 32 hexadecimal digits. */
const streamName = (now: number): string =>
  `${new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`
