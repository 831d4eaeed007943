import { randomInt } from 'node:crypto'
import type { NewUser } from './user-pool.ts'

const given =
  'Andrew Zoë Miles Siobhán José Amélie Björn Grace Ada Łukasz Renée Omar Ngozi Yuki Ines Søren Priya Thomas Chloé Ana Mehmet Katarína Li Fatima'
const family = [
  ...'Brown Müller Nguyễn García Lefèvre Okafor Tanaka Kowalski Andersson Haddad Silva Tremblay Novák Sato Öztürk Bouchard Martin Patel'.split(
    ' ',
  ),
  "O'Brien",
  "D'Angelo",
  'van den Berg',
  'Saint-Laurent',
]
const others: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', ı: 'i' }

const one = <T>(list: readonly T[], otherwise: T): T => list[randomInt(list.length)] ?? otherwise

/** Letters and digits that every address may have. */
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[øłı]/g, (letter) => others[letter] ?? letter)
    .replace(/[^a-z0-9]/g, '')

/** Somebody who is not there, with an address that leads nowhere. */
export function makeUpPerson(): NewUser {
  const first = one(given.split(' '), 'Ada')
  const last = one(family, 'Brown')
  const number = randomInt(1, 10_000)
  return {
    name: `${first} ${last}`,
    email: `${plain(first)}.${plain(last)}${number}@example.${one(['com', 'org'], 'com')}`,
    handle: `${plain(first)}${plain(last)}${number}`,
  }
}
