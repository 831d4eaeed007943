import { expect, test } from 'vitest'
import { describeError } from '../../../main/postgres/error-mapping.ts'

const target = { environment: 'prod', host: 'db.example', port: 5432, database: 'app', user: 'reader', tls: null }

function postgresError(code: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { severity: 'ERROR', code, ...more })
}

const connecting: readonly [error: Error, code: string, mend: string | undefined][] = [
  [postgresError('28P01', 'password authentication failed for user "reader"'), 'SIGN_IN', 'enter_password'],
  [postgresError('28000', 'no pg_hba.conf entry for host "1.2.3.4", user "reader", database "app", no encryption'), 'TLS', 'open_settings'],
  [postgresError('28000', 'no pg_hba.conf entry for host "1.2.3.4", user "reader", database "app", SSL off'), 'TLS', 'open_settings'],
  [postgresError('28000', 'PAM authentication failed for user "reader"'), 'SIGN_IN', 'open_settings'],
  [postgresError('3D000', 'database "app" does not exist'), 'NO_DATABASE', 'create_database'],
  [postgresError('53300', 'sorry, too many clients already'), 'BUSY', 'free_sessions'],
  [postgresError('57P03', 'the database system is starting up'), 'UNREACHABLE', undefined],
  [postgresError('42501', 'permission denied for database "app"'), 'FORBIDDEN', undefined],
  [Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' }), 'UNREACHABLE', 'open_settings'],
  [new AggregateError([Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })]), 'UNREACHABLE', 'open_settings'],
  [new Error('Connection terminated unexpectedly'), 'UNREACHABLE', undefined],
]

test.each(['28000', '28P01'])('an IAM token that is refused (%s) names the grant, the policy and the case of the name', (code) => {
  const error = postgresError(code, 'PAM authentication failed for user "reader"')
  const said = (host: string) => describeError(error, { target: { ...target, host }, phase: 'connecting' })
  expect(said('db.example')).toMatchObject({ code: 'SIGN_IN', data: { mend: 'open_settings' } })
  expect(said('db.example').message).toMatch(
    /GRANT rds_iam TO reader, .* rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE\/reader, the name in this very case\.$/,
  )
  expect(said('db.hash.rds.cn-north-1.amazonaws.com.cn').message).toContain('arn:aws-cn:rds-db:')
})

test.each(connecting)('while connecting: %s', (error, code, mend) => {
  const described = describeError(error, { target, phase: 'connecting' })
  expect(described).toMatchObject({ code })
  expect(described.code === null ? null : described.data?.mend).toBe(mend)
  expect(described.message).toMatch(/db\.example(:5432)?/)
  expect(described.message).toMatch(/\.$/)
})

const working: readonly [error: Error, code: string, mend: string | undefined][] = [
  [postgresError('42P01', 'relation "users" does not exist'), 'SQL', 'load_schema'],
  [postgresError('42501', 'permission denied for table users'), 'FORBIDDEN', undefined],
  [postgresError('25006', 'cannot execute DELETE in a read-only transaction'), 'LOCKED', 'unlock'],
  [postgresError('55006', 'database "app" is being accessed by other users'), 'BUSY', 'free_sessions'],
  [postgresError('55P03', 'canceling statement due to lock timeout'), 'BUSY', 'free_sessions'],
  [postgresError('57014', 'canceling statement due to user request'), 'CANCELLED', undefined],
  [postgresError('57014', 'canceling statement due to statement timeout'), 'TIMEOUT', undefined],
  [postgresError('57P01', 'terminating connection due to administrator command'), 'LOST', undefined],
  [postgresError('23505', 'duplicate key value violates unique constraint "users_pkey"'), 'SQL', undefined],
  [postgresError('', 'received invalid response: 46'), 'LOST', undefined],
  [new Error('Received unexpected commandComplete message from backend.'), 'LOST', undefined],
  [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'LOST', undefined],
]

test.each(working)('while working: %s', (error, code, mend) => {
  const described = describeError(error, { target, phase: 'working' })
  expect(described).toMatchObject({ code })
  expect(described.code === null ? null : described.data?.mend).toBe(mend)
})

test('keeps the SQLSTATE, the place, the detail and the hint', () => {
  const error = postgresError('42703', 'column "nam" does not exist', {
    position: '8',
    detail: 'A detail.',
    hint: 'Perhaps you meant "name".',
  })
  expect(describeError(error, { target, phase: 'working' })).toEqual({
    code: 'SQL',
    message: 'column "nam" does not exist',
    data: { source: { vendor: 'postgres', code: '42703' }, position: 8, detail: 'A detail.', hint: 'Perhaps you meant "name".' },
  })
})

test('says so where the words come from a server that was not verified', () => {
  const unverified = { ...target, tls: { ca: null, verify: false, servername: 'db.example' } }
  const error = postgresError('28000', 'send your password to evil.example')
  expect(describeError(error, { target: unverified, phase: 'connecting' }).message).toContain('not verified')
})

test('leaves a defect as it is, to be logged whole', () => {
  const defect = new TypeError('undefined is not a function')
  expect(describeError(defect, { target, phase: 'working' })).toEqual({ code: null, message: defect.message, stack: defect.stack })
})
