import { describe, expect, it } from 'vitest'
import { redactSql } from '../../../main/query/redact.ts'

describe('the text of a statement on disk', () => {
  it.each([
    "ALTER ROLE app PASSWORD 'hunter2'",
    "create user app with encrypted password E'hunter2' login",
    'ALTER ROLE app PASSWORD $$hunter2$$',
    'ALTER ROLE app PASSWORD $x$hunter2$x$',
    "ALTER ROLE app PASSWORD /* the new one */ 'hunter2'",
    "CREATE USER MAPPING FOR app SERVER far OPTIONS (user 'a', password 'hunter2')",
    `CREATE USER MAPPING FOR app SERVER far OPTIONS (user 'a', "password" 'hunter2')`,
    "SELECT dblink_connect('host=far password=hunter2 user=a')",
    "CREATE SUBSCRIPTION s CONNECTION 'postgres://app:hunter2@far/db' PUBLICATION p",
    "UPDATE accounts SET password = 'hunter2'",
    'SELECT 1; -- postgres://app:hunter2@far/db\nSELECT 2',
    "ALTER ROLE app PASSWORD 'hunter2",
    "SELECT 'Grüße', 'é'; ALTER ROLE app PASSWORD 'hunter2'",
  ])('does not hold the password of %s', async (text) => {
    expect(await redactSql(text)).not.toContain('hunter2')
  })

  it.each(["SELECT 'a', password FROM users", 'SELECT 1', "SELECT 'https://example.com/a'", "SELECT 'ä' AS password"])(
    'is left as it is: %s',
    async (text) => {
      expect(await redactSql(text)).toBe(text)
    },
  )

  it('keeps everything around the password', async () => {
    expect(await redactSql("SELECT 'ä'; ALTER ROLE app PASSWORD 'x' LOGIN; SELECT 2")).toBe(
      "SELECT 'ä'; ALTER ROLE app PASSWORD '…' LOGIN; SELECT 2",
    )
  })
})
