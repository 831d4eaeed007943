import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHistory } from '../../../main/query/history.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-history-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const entry = (text: string) => ({ at: '2026-01-01T00:00:00.000Z', text, ms: 1, rows: 1, error: null })
const path = () => join(folder, 'history', 'local.jsonl')

describe('history', () => {
  it('is kept by environment, the newest first, over restarts', async () => {
    const history = createHistory(folder)
    await history.add('local', entry('SELECT 1'))
    await history.add('local', entry('SELECT 2'))
    await history.add('prod', entry('SELECT 3'))
    const again = createHistory(folder)
    expect((await again.list('local')).map((one) => one.text)).toEqual(['SELECT 2', 'SELECT 1'])
    expect((await again.list('prod')).map((one) => one.text)).toEqual(['SELECT 3'])
    expect((await again.list('local', ' select 1')).map((one) => one.text)).toEqual(['SELECT 1'])
  })

  it('can be read by the user alone, and holds no password', async () => {
    const history = createHistory(folder)
    await history.add('local', { ...entry("ALTER ROLE a PASSWORD 'hunter2'"), error: "near PASSWORD 'hunter2'" })
    expect((await stat(path())).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'history'))).mode & 0o777).toBe(0o700)
    expect(await readFile(path(), 'utf8')).not.toContain('hunter2')
  })

  it('keeps the newest 500 and does not grow without end', async () => {
    const history = createHistory(folder)
    await Promise.all(Array.from({ length: 1100 }, (_, number) => history.add('local', entry(`SELECT ${number}`))))
    const entries = await history.list('local')
    expect(entries).toHaveLength(500)
    expect(entries[0]?.text).toBe('SELECT 1099')
    expect((await readFile(path(), 'utf8')).split('\n').length).toBeLessThan(1010)
  })

  it('passes over lines that were cut short or edited', async () => {
    const history = createHistory(folder)
    await history.add('local', entry('SELECT 1'))
    await appendFile(path(), '{"id": "x", "at"\n{"other": 1}\n\u0000\n')
    await history.add('local', entry('SELECT 2'))
    expect((await createHistory(folder).list('local')).map((one) => one.text)).toEqual(['SELECT 2', 'SELECT 1'])
  })

  it('can be cleared', async () => {
    const history = createHistory(folder)
    await history.add('local', entry('SELECT 1'))
    await history.clear('local')
    expect(await history.list('local')).toEqual([])
  })
})
