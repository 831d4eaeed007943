import { setTimeout as wait } from 'node:timers/promises'
import { eventIterator } from '@orpc/contract'
import { AsyncIteratorClass, implement } from '@orpc/server'
import * as z from 'zod'
import type { Caller } from '../../main/environments/caller.ts'
import { Failure, operation } from '../../preload/contract/errors.ts'

/** One operation of every kind, with every way to end. */
export const seamContract = {
  items: {
    /** Query: echoes what it was asked for, and which window asked. */
    read: operation
      .input(z.object({ name: z.string().min(1), wait: z.number().optional() }))
      .output(z.object({ name: z.string(), window: z.string(), nothing: z.string().nullable() })),
    /** Command: counts how often it was carried out. */
    change: operation.input(z.object({ by: z.int() })).output(z.object({ total: z.int() })),
    /** Stays until it is cancelled; `roughly` then fails with an error of its own. */
    hold: operation.input(z.object({ name: z.string(), roughly: z.boolean().optional() })).output(z.void()),
    /** Stream of `count` numbers; without a count it waits after `first` until it is ended. */
    count: operation.input(z.object({ name: z.string(), count: z.int(), endless: z.boolean().optional() })).output(eventIterator(z.int())),
    /** Stream of `count` texts of `bytes` bytes each. */
    wide: operation.input(z.object({ count: z.int(), bytes: z.int() })).output(eventIterator(z.string())),
    /** Stream of one number and then of nothing, whose work never asks whether it should end. */
    deaf: operation.input(z.object({ name: z.string() })).output(eventIterator(z.int())),
    /** Fails as told. */
    fail: operation.input(z.object({ how: z.enum(['failure', 'unknown', 'stream', 'stream-unknown']) })).output(z.unknown()),
    /** Gives what its own schema forbids. */
    lie: operation.output(z.object({ count: z.int() })),
  },
}

/** What the server saw: a test waits for it to say that work began and ended. */
export interface Witness {
  readonly begun: string[]
  readonly ended: string[]
  total: number
  /** How many calls of `read` began, and how many events `wide` gave. */
  reads: number
  given: number
}

export const newWitness = (): Witness => ({ begun: [], ended: [], total: 0, reads: 0, given: 0 })

/** A secret that must not cross, and the file name by which a stack would be told. */
export const secret = 'postgres://app:hunter2@db.example/cruddur'

export function createSeamRouter(witness: Witness) {
  const os = implement(seamContract).$context<Caller>()
  const held = async (name: string, signal: AbortSignal | undefined, roughly = false) => {
    witness.begun.push(name)
    try {
      await wait(600_000, undefined, { signal })
    } catch (error) {
      throw roughly ? new Error('Connection terminated unexpectedly') : error
    } finally {
      witness.ended.push(name)
    }
  }
  const failing = async function* (error: Error) {
    yield 1
    throw error
  }
  return os.router({
    items: {
      read: os.items.read.handler(async ({ input, context, signal }) => {
        witness.reads += 1
        if (input.wait !== undefined) await wait(input.wait, undefined, { signal })
        return { name: input.name, window: context.window, nothing: null }
      }),
      change: os.items.change.handler(({ input }) => {
        witness.total += input.by
        return { total: witness.total }
      }),
      hold: os.items.hold.handler(({ input, signal }) => held(input.name, signal, input.roughly)),
      count: os.items.count.handler(async function* ({ input, signal }) {
        witness.begun.push(input.name)
        try {
          for (let number = 0; number < input.count; number += 1) yield number
          if (input.endless === true) await wait(600_000, undefined, { signal })
        } finally {
          witness.ended.push(input.name)
        }
      }),
      wide: os.items.wide.handler(async function* ({ input }) {
        for (let number = 0; number < input.count; number += 1) {
          witness.given += 1
          yield `${number} `.padEnd(input.bytes, 'x')
        }
      }),
      deaf: os.items.deaf.handler(({ input }) => {
        witness.begun.push(input.name)
        let asked = 0
        return new AsyncIteratorClass<number>(
          () => (asked++ === 0 ? Promise.resolve({ done: false, value: 0 }) : new Promise(() => {})),
          async () => void witness.ended.push(input.name),
        )
      }),
      lie: os.items.lie.handler(() => ({ count: 1.5 })),
      fail: os.items.fail.handler(({ input }) => {
        const refusal = new Failure('SQL', 'relation "users" does not exist', {
          source: { vendor: 'postgres', code: '42P01' },
          position: 15,
          mend: 'load_schema',
        })
        switch (input.how) {
          case 'failure':
            throw refusal
          case 'unknown':
            throw new TypeError(`Cannot read ${secret}`)
          case 'stream':
            return failing(refusal)
          case 'stream-unknown':
            return failing(new TypeError(`Cannot read ${secret}`))
          default:
            return input.how satisfies never
        }
      }),
    },
  })
}
