import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseScript, readScript } from '../../../main/postgres/script.ts'
import { Failure } from '../../../preload/contract/errors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-script-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, 'script.sql')
  await writeFile(path, bytes)
  return path
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Failure)) throw new Error(`not refused: ${String(error)}`)
  return error
}

/** Refused before anything runs, at this line. */
const refused: readonly (readonly [name: string, script: string | Uint8Array, line: number, says: RegExp])[] = [
  ['a shell command', 'select 1;\n\\! touch /tmp/x\n', 2, /\\! runs a program/],
  ['a shell command without a space', '\\!id\n', 1, /runs a program/],
  ['a shell command behind SQL on its line', 'select 1; \\! id\n', 1, /runs a program/],
  ['a shell command inside a statement', 'select\n\\! id\n1;', 2, /runs a program/],
  ['a shell command behind an ignored one', '\\timing on \\! id\n', 1, /runs a program/],
  ['a shell command behind a quoted argument', "\\echo 'it''s \\' fine' \\! id\n", 1, /runs a program/],
  ['a shell command behind an escape string', "select E'\\\\';\n\\! id\n", 2, /runs a program/],
  ['a shell command behind a text that ends in a backslash', "select '\\';\n\\! id\n", 2, /runs a program/],
  ['a shell command behind a nested comment', '/* /* */ */\n\\! id\n', 2, /runs a program/],
  ['a shell command behind a comment that only looks nested', "select '/*';\n\\! id\n--*/", 2, /runs a program/],
  ['a shell command behind dollar quotes', 'select $a$ $b$ $a$;\n\\! id\n', 2, /runs a program/],
  ['a shell command behind a name with dollars', 'select a$b$c from t;\n\\! id\n-- $b$', 2, /runs a program/],
  ['a shell command behind CR-only lines', 'select 1;\r\\! id\r', 2, /runs a program/],
  ['a shell command behind a comment ended by CR', '-- a comment\r\\! id\r', 2, /runs a program/],
  ['a shell command behind rows', 'copy t from stdin;\na\n\\.\n\\! id\n', 4, /runs a program/],
  ['a shell command inside restricted mode', '\\restrict key\n\\! id\n\\unrestrict key\n', 2, /runs a program/],
  ['backquotes', '\\echo `id`\n', 1, /backquotes/],
  ['backquotes in a setting', '\\set ON_ERROR_STOP `id`\n', 1, /backquotes/],
  ['a variable', '\\set name value\n', 1, /\\set/],
  ['a copy by psql', "\\copy t from '/etc/passwd'\n", 1, /\\copy/],
  ['a copy by psql from a program', "\\copy t from program 'id'\n", 1, /\\copy/],
  ['an included file', '\\i /etc/passwd\n', 1, /another file/],
  ['a file included relatively', '\\ir other.sql\n', 1, /another file/],
  ['another connection', '\\connect postgres\n', 1, /another database/],
  ['another connection, short', '\\c postgres\n', 1, /another database/],
  ['output to a file', '\\o /tmp/x\n', 1, /\\o/],
  ['output to a program', '\\o |id\n', 1, /\\o/],
  ['the query buffer to a file', '\\w /tmp/x\n', 1, /\\w/],
  ['a statement sent to a program', "select 'id' \\g |sh\n", 1, /\\g/],
  ['rows run as SQL', "select 'drop table t' \\gexec\n", 1, /\\gexec/],
  ['rows kept as variables', 'select 1 as x \\gset\n', 1, /\\gset/],
  ['a condition', '\\if true\nselect 1;\n\\endif\n', 1, /\\if/],
  ['an unknown meta-command', '\\frobnicate\n', 1, /not known/],
  ['a lone backslash', 'select 1 \\\n', 1, /not known/],
  ['an escaped semicolon', 'select 1\\; drop table t;', 1, /not known/],
  ['another encoding', '\\encoding LATIN1\n', 1, /encoding/],
  ['COPY from a program', "select 1;\n\ncopy t from program 'id';", 3, /PROGRAM/],
  ['COPY to a program', "copy (select 1) to program 'cat > /tmp/x';", 1, /PROGRAM/],
  ['COPY from a program, disguised', 'COPY/**/t\nFROM--\nPROGRAM $x$id$x$', 1, /PROGRAM/],
  ['COPY from a file', "copy t from '/etc/passwd';", 1, /file of the server/],
  ['COPY to a file', "copy t to '/tmp/x';", 1, /file of the server/],
  ['COPY to standard output', 'copy t to stdout;', 1, /no reader/],
  ['COPY from a program inside a DO block', "do $$ begin execute 'copy t from program ''id'''; end $$;", 1, /PROGRAM/],
  ['COPY rows without an end', 'copy t from stdin;\n1\n2\n', 1, /no end/],
  ['SQL on the line of COPY', 'copy t from stdin; drop table t;\n1\n\\.\n', 1, /only the rows/],
  ['another database created', 'create database other;', 1, /another database/],
  ['a database dropped', 'select 1;drop database postgres;', 1, /another database/],
  ['a database altered', "alter database postgres set work_mem = '1GB';", 1, /another database/],
  ['the server configured', "alter system set archive_command = 'id';", 1, /whole server/],
  ['a library loaded', "load '/tmp/x.so';", 1, /whole server/],
  ['a function of the C library', "create function f(cstring) returns int language c as 'libc.so.6', 'system';", 1, /language c/],
  ['a function of an untrusted language', "create function f() returns int language plpython3u as 'import os';", 1, /plpython3u/],
  ['a foreign table fed by a program', "create foreign table f (a int) server s options (program 'id');", 1, /program/],
  ['sessions ended', 'select pg_terminate_backend(1);', 1, /pg_terminate_backend/],
  ['a file of the server read', "select pg_read_file('/etc/passwd');", 1, /pg_read_file/],
  ['a file of the server written', "select lo_export(1, '/tmp/x');", 1, /lo_export/],
  ['a function named with escapes', 'select U&"pg\\005Fterminate_backend"(1);', 1, /pg_terminate_backend/],
  ['another server', "select dblink_exec('host=other', 'drop table t');", 1, /dblink_exec/],
  ['other rules for quotes', "set standard_conforming_strings = off;\nselect 'a\\'; drop table t; --'", 1, /standard_conforming_strings/],
  [
    'other rules for quotes by function',
    "select set_config('standard_conforming_strings', 'off', false);",
    1,
    /standard_conforming_strings/,
  ],
  ['another client encoding', "set client_encoding = 'LATIN1';", 1, /UTF-8/],
  ['another client encoding by name', "set names 'LATIN1';", 1, /UTF-8/],
  ['invalid UTF-8', Buffer.from('73656c65637420313b0a2d2d20e90a', 'hex'), 2, /not valid UTF-8/],
  ['a character cut at the end', Buffer.from('2d2d20c3', 'hex'), 1, /not valid UTF-8/],
  ['invalid UTF-8 behind a replacement character', Buffer.from('2d2d20efbfbd0a2d2dff', 'hex'), 2, /not valid UTF-8/],
  ['a surrogate in UTF-8', Buffer.from('2d2d20eda0800a', 'hex'), 1, /not valid UTF-8/],
  ['NUL', 'select 1;\nselect 2;\0 drop table t;', 2, /NUL/],
  ['UTF-16', Buffer.from('\uFEFFselect 1;\n', 'utf16le'), 1, /UTF-16/],
  ['a byte order mark in the middle', 'select 1;\n\uFEFFselect 2;', 2, /syntax error/],
  ['an unterminated text', "select 1;\nselect 'x;\ndrop table t;\n", 2, /unterminated/],
  ['an unterminated comment', 'select 1;\n/* drop table t;\n', 2, /unterminated/],
  ['an unterminated dollar quote', 'select 1;\nselect $a$ ;\n$b$;', 2, /unterminated/],
  ['a syntax error behind what would run', 'create table t (a int);\n\nselct 1;', 3, /syntax error at or near "selct"/],
  ['nesting too deep for the parser', `select ${'('.repeat(100_000)}1${')'.repeat(100_000)};`, 1, /memory exhausted|too deeply/],
]

test.each(refused)('%s is refused with file and line', async (_name, script, line, says) => {
  const path = await fileOf(script)
  const failure = await failureOf(readScript(path))
  expect(failure.message).toMatch(says)
  expect(failure.message).toContain(path)
  expect(failure.data).toMatchObject({ file: path, line })
})

/** Harmless: the statements that come out, as sent. */
const inert: readonly (readonly [name: string, script: string, statements: readonly string[]])[] = [
  ['backslashes in a text', "select '\\! id', '\\';", ["select '\\! id', '\\'"]],
  ['a text over lines', "select '\n\\! id\n\\q\n';", ["select '\n\\! id\n\\q\n'"]],
  ['an escape string', "select E'\\'\\n\\! id';", ["select E'\\'\\n\\! id'"]],
  ['a doubled quote in an escape string', "select e'''\\\\''\n\\! id';", ["select e'''\\\\''\n\\! id'"]],
  ['a dollar-quoted body', 'select $f$\n\\! id\n;$$;\n$f$;', ['select $f$\n\\! id\n;$$;\n$f$']],
  ['a tag with other letters', 'select $é$\n\\! id\n$é$;', ['select $é$\n\\! id\n$é$']],
  ['a quoted name', 'select 1 as "\\! id;"', ['select 1 as "\\! id;"']],
  ['comments', '-- \\! id\n/* \\! id\n /* \\q */ \\copy */ select 1;', ['select 1']],
  ['a comment behind the last statement', 'select 1 -- \\! id', ['select 1 -- \\! id']],
  ['a Unicode text', "select U&'\\0041\\\\'", ["select U&'\\0041\\\\'"]],
  ['an ignored meta-command inside a statement', 'select\n\\echo it\'s "here\n1;', [`select\n${' '.repeat(16)}\n1`]],
  ['everything behind \\q', 'select 1;\n\\q\nselect 2; \\! id', ['select 1']],
  [
    'a body with semicolons',
    'create function f() returns int begin atomic select 1; select 2; end; select 3;',
    ['create function f() returns int begin atomic select 1; select 2; end', 'select 3'],
  ],
  [
    'a rule with semicolons',
    'create rule r as on insert to t do (select 1; select 2); select 3',
    ['create rule r as on insert to t do (select 1; select 2)', 'select 3'],
  ],
  ['CRLF', 'select 1;\r\nselect 2;\r\n', ['select 1', 'select 2']],
  ['nothing but comments', '-- nothing\n', []],
  ['nothing', '', []],
]

test.each(inert)('%s: nothing in it acts', async (_name, script, statements) => {
  const { statements: found } = await readScript(await fileOf(script))
  expect(found.map((one) => one.text)).toEqual(statements)
})

test('a dump of pg_dump 18 keeps its rows apart from its SQL', async () => {
  const script = await parseScript(
    '/dump.sql',
    [
      '--\n-- PostgreSQL database dump\n--\n\n\\restrict 6KtPcQ7',
      "SET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);",
      'CREATE TABLE public.t (\n    a integer,\n    b text\n);',
      "COPY public.t (a, b) FROM stdin;\n1\tit's; DROP TABLE t;\n2\t\\\\! id\n3\t\\N\n\\.\n",
      'COPY public.empty (a) FROM stdin;\n\\.\n',
      'ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a);\n\n\\unrestrict 6KtPcQ7\n',
    ].join('\n'),
  )
  expect(script.statements.map(({ tag, line, data }) => [tag, line, data])).toEqual([
    ['SET', 6, null],
    ['SELECT', 7, null],
    ['CREATE TABLE', 8, null],
    ['COPY', 12, "1\tit's; DROP TABLE t;\n2\t\\\\! id\n3\t\\N\n"],
    ['COPY', 18, ''],
    ['ALTER TABLE', 21, null],
  ])
  expect(script.notes).toEqual(['/dump.sql, line 5: \\restrict was left out.', '/dump.sql, line 23: \\unrestrict was left out.'])
  expect(script.facts).toMatchObject({ destructive: [], transactionControl: false, creates: [{ schema: 'public', name: 't' }] })
})

test('what takes data away, and what cannot be undone, is told with its line', async () => {
  const { facts } = await parseScript(
    '/x.sql',
    'begin;\ndrop table if exists public.a, b cascade;\ntruncate c;\ndelete from d;\ndelete from e where id = 1;\nvacuum;\n',
  )
  expect(facts.destructive.map(({ sentence, line }) => [sentence, line])).toEqual([
    ['DROP TABLE public.a, b CASCADE', 2],
    ['TRUNCATE c', 3],
    ['DELETE without WHERE on d', 4],
  ])
  expect(facts).toMatchObject({ transactionControl: true, cannotRunInTransaction: true })
})

test('places count lines of any kind, and characters rather than units', async () => {
  const script = await parseScript('/x.sql', "select '😀';\rselect 'é'; select 2;\r\nselect 3;")
  expect(script.statements.map(({ text, line, column }) => [text, line, column])).toEqual([
    ["select '😀'", 1, 1],
    ["select 'é'", 2, 1],
    ['select 2', 2, 13],
    ['select 3', 3, 1],
  ])
})

test('a byte order mark is left out with a note', async () => {
  const script = await readScript(await fileOf('\uFEFFselect 1;'))
  expect(script.statements.map((one) => one.text)).toEqual(['select 1'])
  expect(script.notes).toEqual([expect.stringContaining('byte order mark')])
})

test('a statement of many megabytes on one line, and many statements, come out whole', async () => {
  const long = `insert into t values ('${'x\\'.repeat(2_000_000)}')`
  const many = Array.from({ length: 20_000 }, (_, index) => `insert into t values (${index}, E'\\\\')`)
  const script = await parseScript('/x.sql', `${long};\n${many.join(';\n')};\n\\echo done\n`)
  expect(script.statements).toHaveLength(20_001)
  expect(script.statements[0]?.text).toBe(long)
  expect(script.statements.at(-1)).toMatchObject({ text: many.at(-1), line: 20_001 })
})

test('a missing file, a folder', async () => {
  expect(await failureOf(readScript(join(folder, 'none.sql')))).toMatchObject({
    code: 'FILE',
    message: expect.stringContaining('does not exist'),
  })
  expect(await failureOf(readScript(folder))).toMatchObject({ code: 'FILE' })
})
