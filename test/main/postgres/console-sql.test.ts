import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { consoleSql } from '../../../main/postgres/console-sql.ts'

const folder = join(import.meta.dirname, '../../../sql/console')

test('gives the text of each statement of the console', () => {
  for (const file of readdirSync(folder)) {
    expect(consoleSql(file.replace('.sql', ''))).toBe(readFileSync(join(folder, file), 'utf8'))
  }
})

test('takes names only, never a way out of the folder', () => {
  expect(() => consoleSql('../cruddur/schema')).toThrow('Not the name of a statement')
  expect(() => consoleSql('nothing-of-the-kind')).toThrow()
})
