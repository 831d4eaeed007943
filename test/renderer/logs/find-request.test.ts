import { expect, test } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { parseFind } from '../../../renderer/logs/find.ts'
import { createRequestContext } from '../../../renderer/logs/find-request.ts'
import { createLogStore } from '../../../renderer/logs/log-store.ts'

const one = '7f0c1f0e-2a4b-4c3d-9e8f-0123456789a1'
const two = '00000000-1111-4222-8333-444444444444'
let at = 0
const event = (message: string, stream = 's'): LogEvent => ({ id: `${++at}`, stream, at, ingested: at, message })
const run = (id: string, ...messages: readonly string[]): LogEvent[] => [
  event(`START RequestId: ${id} Version: $LATEST\n`),
  ...messages.map((message) => event(message)),
  event(`END RequestId: ${id}\n`),
  event(`REPORT RequestId: ${id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 58 MB\t\n`),
]

test('the lines of a request are those between its START and REPORT, whether they name it or not', () => {
  const store = createLogStore()
  store.add('g', [...run(one, 'printed in one\n'), ...run(two, `printed in two, about ${one}\n`), event('elsewhere', 'other')])
  const context = createRequestContext(store)
  const found = (text: string) => {
    const { matches } = parseFind(text, { zone: 'utc', now: 0 })
    return store.lines.filter((line) => matches(line, context)).map(({ message }) => message.split(/[\s:]/)[0])
  }
  expect(found(`request:${two}`)).toEqual(['START', 'printed', 'END', 'REPORT'])
  // The id itself in the text of another run is found too: it is what was asked for.
  expect(found(one)).toEqual(['START', 'printed', 'END', 'REPORT', 'printed'])
  expect(found(`-${one} printed`)).toEqual([])
})

test('lines that come later belong to it too', () => {
  const store = createLogStore()
  const [start, printed, ...end] = run(one, 'printed\n')
  if (start === undefined || printed === undefined) throw new Error('a run has lines')
  store.add('g', [start])
  const context = createRequestContext(store)
  const isOf = (event: LogEvent) => context.isOfRequest(one, { ...event, group: 'g' })
  expect([isOf(start), isOf(printed)]).toEqual([true, false])
  store.add('g', [printed, ...end])
  expect([isOf(start), isOf(printed), ...end.map(isOf)]).toEqual([true, true, true, true])
  expect(isOf(event('never loaded', 'unknown'))).toBe(false)
})
