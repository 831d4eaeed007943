import type { LogEvent } from './event.ts'
import type { Invocation } from './invocation.ts'
import { lineOf } from './lambda-line.ts'
import { type Literal, readLiteral } from './literal.ts'
import type { Person, Trigger } from './sign-up.ts'

export interface Told {
  readonly person: Person
  /** As the event's `triggerSource` says; `unknown` where no line has it. */
  readonly trigger: Trigger
}

const nobody: Person = { sub: null, email: null, name: null, handle: null }

/** A value may be spread over several events, one a line. */
const eventsTogether = 80
const lookedAt = 32_000
const attemptsAtMost = 60
/** Of all attempts at one invocation together. */
const charactersAtMost = 400_000
const longestValue = 2_048

const textOf = (value: Literal | undefined): string | null =>
  typeof value === 'string' && value !== '' && value.length <= longestValue ? value : null

const isMap = (value: Literal | undefined): value is ReadonlyMap<string, Literal> => value instanceof Map

/** Cognito's user attributes within a printed value: itself, its `userAttributes`, or those of the request in an event. */
function attributesIn(value: Literal, depth = 0): ReadonlyMap<string, Literal> | null {
  if (!isMap(value) || depth > 4) return null
  const given = value.get('userAttributes')
  if (isMap(given)) return given
  for (const key of ['request', 'event', 'message', 'detail', 'user']) {
    const inner = value.get(key)
    const found = inner === undefined ? null : attributesIn(inner, depth + 1)
    if (found !== null) return found
  }
  const isUser =
    textOf(value.get('sub')) !== null || (textOf(value.get('email')) !== null && textOf(value.get('preferred_username')) !== null)
  return isUser ? value : null
}

const sources: Readonly<Record<string, Trigger>> = {
  PostConfirmation_ConfirmSignUp: 'sign_up',
  PostConfirmation_ConfirmForgotPassword: 'password_reset',
}
const triggerOf = (source: unknown): Trigger =>
  typeof source === 'string' && Object.hasOwn(sources, source) ? (sources[source] ?? 'unknown') : 'unknown'

function triggerIn(value: Literal, depth = 0): Trigger {
  if (!isMap(value) || depth > 2) return 'unknown'
  const own = triggerOf(value.get('triggerSource'))
  if (own !== 'unknown') return own
  const inner = value.get('event') ?? value.get('message')
  return inner === undefined ? 'unknown' : triggerIn(inner, depth + 1)
}

const triggerLine = /^(?:trigger ?source\s{0,4}[:=]?\s{0,4})?["']?(PostConfirmation_\w{1,40})["']?,?\s*$/i

const personIn = (attributes: ReadonlyMap<string, Literal>): Person => ({
  sub: textOf(attributes.get('sub')),
  email: textOf(attributes.get('email')),
  name: textOf(attributes.get('name')),
  handle: textOf(attributes.get('preferred_username')),
})

/** A label may stand before a printed value: `userAttributes: {…`. */
const labelled = /^[^'"{}[\]<>\r\n]{0,80}\{/

const columns: Readonly<Record<string, keyof Person>> = {
  cognito_user_id: 'sub',
  cognito_id: 'sub',
  sub: 'sub',
  email: 'email',
  display_name: 'name',
  name: 'name',
  full_name: 'name',
  handle: 'handle',
  preferred_username: 'handle',
  username: 'handle',
}

const insertHead = /^[\s"']{0,40}INSERT\s{1,40}INTO\s{1,40}[\w."]{1,120}\s{0,40}\(([\w\s,"]{1,1000})\)\s{0,40}VALUES\s{0,40}\(\s{0,40}'/i

/** The values of a statement that was printed, by its columns. A quote in a value does not matter as long as the values can be counted. */
function personInSql(text: string): Person | null {
  const head = insertHead.exec(text.slice(0, lookedAt))
  if (head?.[1] === undefined) return null
  const names = head[1].split(',').map((name) => name.trim().replaceAll('"', '').toLowerCase())
  const rest = text.slice(head[0].length, lookedAt)
  const end = rest.lastIndexOf("'")
  if (end < 0 || !/^'\s*\)/.test(rest.slice(end, end + 200))) return null
  const values = rest.slice(0, end).split(/'\s{0,200},\s{0,200}'/)
  if (values.length !== names.length) return null
  const person: Record<keyof Person, string | null> = { ...nobody }
  for (const [index, name] of names.entries()) {
    const key = Object.hasOwn(columns, name) ? columns[name] : undefined
    if (key !== undefined && person[key] === null) person[key] = textOf(values[index]?.replaceAll("''", "'"))
  }
  return person
}

const names = ({ sub, email }: Person) => sub !== null || email !== null

/** Later lines may add to the person of the first one, never change it. */
function merged(first: Person, next: Person): Person {
  if (!names(first)) return next
  const same = first.sub !== null && next.sub !== null ? first.sub === next.sub : first.email !== null && first.email === next.email
  if (!same) return first
  return {
    sub: first.sub ?? next.sub,
    email: first.email ?? next.email,
    name: first.name ?? next.name,
    handle: first.handle ?? next.handle,
  }
}

interface Text {
  readonly own: string
  /** With the lines after it. */
  whole(): string
}

function textsOf(events: readonly LogEvent[]): Text[] {
  const lines = events.map((event) => lineOf(event))
  const texts = lines.map(({ kind, text }) => (kind === 'application' ? text : null))
  return texts.flatMap((own, index) =>
    own === null
      ? []
      : [
          {
            own,
            whole() {
              const parts: string[] = []
              let length = 0
              for (const part of texts.slice(index, index + eventsTogether)) {
                if (part === null || length > lookedAt) break
                parts.push(part.slice(0, lookedAt))
                length += part.length + 1
              }
              return parts.join('\n')
            },
          },
        ],
  )
}

/** What the lines of one invocation tell of it. */
export function toldIn(events: readonly LogEvent[]): Told {
  let person = nobody
  let trigger: Trigger = 'unknown'
  let attempts = 0
  let characters = 0
  const texts = textsOf(events)
  for (const text of texts) {
    if (trigger === 'unknown') trigger = triggerOf(text.own.length < 200 ? triggerLine.exec(text.own.trim())?.[1] : null)
    const found = attempts < attemptsAtMost && characters < charactersAtMost ? labelled.exec(text.own) : null
    if (found === null) continue
    const whole = text.whole()
    attempts += 1
    characters += whole.length
    const value = readLiteral(whole, found[0].length - 1)
    if (value === undefined) continue
    const attributes = attributesIn(value)
    if (attributes !== null) person = merged(person, personIn(attributes))
    if (trigger === 'unknown') trigger = triggerIn(value)
  }
  if (names(person)) return { person, trigger }
  for (const text of texts) {
    const sql = attempts < 2 * attemptsAtMost && /^[\s"']{0,40}INSERT\s/i.test(text.own) ? personInSql(text.whole()) : null
    attempts += sql === null ? 0 : 1
    if (sql !== null && names(sql)) return { person: sql, trigger }
  }
  return { person, trigger }
}

/** What was read of an invocation goes when the invocation goes. */
const read = new WeakMap<Invocation, Told>()

/** Whom an invocation is about, and what called it, as far as its lines tell. */
export function toldBy(invocation: Invocation): Told {
  const known = read.get(invocation) ?? toldIn(invocation.events)
  read.set(invocation, known)
  return known
}
