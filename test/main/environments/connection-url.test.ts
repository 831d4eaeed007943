import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConnectionUrl } from '../../../main/environments/connection-url.ts'
import { Failure } from '../../../preload/contract/errors.ts'

const parse = (text: string, guarded = false) => parseConnectionUrl(text, 'CONNECTION_URL', guarded)
const refusal = (text: string, guarded = false): Failure => {
  try {
    parse(text, guarded)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error(`${text} was taken`)
}

describe('a connection URL', () => {
  test('is read into discrete fields', () => {
    expect(parse('postgresql://postgres:pass%2Fword@localhost:5433/cruddur')).toEqual({
      connection: { host: 'localhost', port: 5433, database: 'cruddur', user: 'postgres', tls: 'off' },
      password: 'pass/word',
    })
  })

  test('gives the database as the server knows it, whatever the user is called', () => {
    expect(parse('postgres://cruddur:pw@db/cruddur_prod').connection).toMatchObject({
      user: 'cruddur',
      host: 'db',
      database: 'cruddur_prod',
      port: 5432,
    })
  })

  test('to a far host is verified, however the URL asks', () => {
    expect(parse('postgres://u@db.example.com/x', true).connection.tls).toBe('verify-full')
    expect(parse('postgres://u@db.example.com/x?sslmode=require', true).connection.tls).toBe('verify-full')
    for (const mode of ['disable', 'allow', 'prefer'])
      expect(refusal(`postgres://u@db.example.com/x?sslmode=${mode}`, true).code).toBe('INVALID')
    expect(refusal('postgres://u@db.example.com/x?sslmode=no-verify', true).code).toBe('INVALID')
  })

  test.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['user:secret@prod-host/db', 'has no scheme'],
    ['mysql://u:secret@h/db', 'has no scheme'],
    ['postgres://u:sec#ret@h/db', 'In a password'],
    ['postgres://u:sec/ret@h/db', 'In a password'],
    ['postgres://u:sec?ret@h/db', 'In a password'],
    ['postgres://u:sec%ret@h/db', 'Write % as %25'],
    ['postgres://h/db', 'names no user'],
    ['postgres://u:secret@h', 'names no database'],
    ['postgres://u:secret@h/', 'names no database'],
    ['postgres://u:secret@h:99999/db', 'cannot be read'],
    ['postgres://u:secret@h/db?host=elsewhere', 'carries the option host'],
    ['postgres://u:secret@h/db?options=-csearch_path%3Dx', 'carries the option options'],
    ['postgres://u:secret@h/db?sslrootcert=/etc/passwd', 'carries the option sslrootcert'],
    ['postgres://u:secret@h/db?sslmode=never', 'is not one of'],
    [`postgres://u:secret@h/${'d'.repeat(64)}`, 'more than 63 bytes'],
  ])('%j is refused with a reason and without its password', (text, reason) => {
    const failure = refusal(text)
    expect(failure.code).toBe('INVALID')
    expect(failure.message).toContain('CONNECTION_URL')
    expect(failure.message).toContain(reason)
    expect(failure.message).not.toMatch(/sec.?ret|secret/)
  })

  test('keeps every user, password and database through escaping', () => {
    const part = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    return fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        fc.pre(!database.includes('/') && new TextEncoder().encode(database).length <= 63)
        const text = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@localhost/${encodeURIComponent(database)}`
        const parsed = parse(text)
        expect([parsed.connection.user, parsed.password, parsed.connection.database]).toEqual([user, password, database])
      }),
      {
        examples: [
          ['u', 'p', '.'],
          ['u', 'p', '..'],
        ],
      },
    )
  })
})
