import { Failure } from '../../preload/contract/errors.ts'
import type { Statement, Value } from '../postgres/driver.ts'
import { type ClassifiedStatement, classify } from '../postgres/statement-kind.ts'
import { findPlaceholders, namesOf, type Placeholder, type Replaced, replacePlaceholders } from './parameters.ts'

/** One statement of a run, ready to be sent. Offsets count UTF-16 units of the whole text from 0. */
export interface Prepared {
  readonly from: number
  readonly to: number
  /** As the user wrote it. */
  readonly text: string
  readonly sent: Statement
  readonly facts: ClassifiedStatement
  /** Where in the whole text a position that the server gave stands. */
  at(position: number): number
}

export type Parameters = Readonly<Record<string, Value>>

/** What ends a run, with its place: in the whole text, and which statement. */
export class Refused extends Error {
  readonly failure: Failure
  readonly at: number | null
  readonly statement: number | null
  /** When its statement began, by the clock of `performance`; null before any did. */
  readonly since: number | null

  constructor(failure: Failure, at: number | null, statement: number | null = null, since: number | null = null) {
    super(failure.message)
    this.failure = failure
    this.at = at
    this.statement = statement
    this.since = since
  }
}

/** Refused because named parameters have no value. */
export class MissingValues extends Refused {
  /** Every parameter of the text. */
  readonly parameters: readonly string[]

  constructor(failure: Failure, at: number | null, parameters: readonly string[]) {
    super(failure, at)
    this.parameters = parameters
  }
}

/**
 * Splits a text into statements and binds its named parameters; each statement numbers its own from `$1`.
 * @throws Refused where the text is not SQL, or a parameter has no value. Nothing is sent then.
 */
export async function prepare(text: string, parameters: Parameters): Promise<readonly Prepared[]> {
  const placeholders = await findPlaceholders(text)
  const names = namesOf(placeholders)
  const missing = names.filter((name) => !Object.hasOwn(parameters, name))
  if (missing.length > 0) {
    const at = placeholders.find((one) => one.name === missing[0])?.from ?? null
    throw new MissingValues(new Failure('INVALID', `No value was given for ${missing.map((name) => `:${name}`).join(', ')}.`), at, names)
  }
  const whole = replacePlaceholders(text, placeholders, numbering().number)
  const statements = await classified(whole)
  return statements.map((facts) => {
    const from = whole.original(facts.from)
    const to = whole.original(facts.to)
    const own = placeholders.filter((one) => one.from >= from && one.to <= to).map((one) => shifted(one, from))
    const { number, names } = numbering()
    const source = text.slice(from, to)
    const sent = replacePlaceholders(source, own, number)
    return {
      from,
      to,
      text: source,
      facts,
      sent: { text: sent.text, values: names.map((name) => parameters[name] ?? null) },
      at: (position) => from + sent.original(utf16(sent.text, position)),
    }
  })
}

async function classified(whole: Replaced): Promise<readonly ClassifiedStatement[]> {
  try {
    return (await classify(whole.text)).statements
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const position = error.data?.position
    throw new Refused(error, position === undefined ? null : whole.original(utf16(whole.text, position)))
  }
}

/** Gives each name the next number, from 1. */
function numbering() {
  const names: string[] = []
  const number = (name: string): number => {
    if (!names.includes(name)) names.push(name)
    return names.indexOf(name) + 1
  }
  return { number, names }
}

const shifted = (one: Placeholder, by: number): Placeholder => ({ name: one.name, from: one.from - by, to: one.to - by })

/** From the server's characters, counted from 1, to UTF-16 units from 0. */
function utf16(text: string, position: number): number {
  let at = 0
  for (let count = 1; count < position && at < text.length; count++) at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2
  return at
}
