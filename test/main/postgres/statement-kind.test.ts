import { expect, test } from 'vitest'
import { classify, type StatementKind } from '../../../main/postgres/statement-kind.ts'
import { Failure } from '../../../preload/contract/errors.ts'

const only = async (sql: string) => {
  const { statements } = await classify(sql)
  expect(statements).toHaveLength(1)
  const [statement] = statements
  if (statement === undefined) throw new Error('no statement')
  return statement
}

const reads: readonly (readonly [sql: string, kind: StatementKind, tag: string])[] = [
  ['select * from t where a = 1', 'read', 'SELECT'],
  ['with a as (select 1) select * from a', 'read', 'SELECT'],
  ['values (1), (2)', 'read', 'SELECT'],
  ['table t', 'read', 'SELECT'],
  ['show search_path', 'read', 'SHOW'],
  ['explain delete from t', 'read', 'EXPLAIN'],
  ['explain (analyze false) delete from t', 'read', 'EXPLAIN'],
  ['explain (analyze) select 1', 'read', 'EXPLAIN'],
  ['copy t to stdout', 'read', 'COPY'],
  ['copy (select 1) to stdout', 'read', 'COPY'],
  ["set search_path = 'public'", 'session', 'SET'],
  ['listen a', 'session', 'LISTEN'],
  ['begin', 'transaction', 'BEGIN'],
  ['commit', 'transaction', 'COMMIT'],
  ['select pg_stat_get_activity(null), pg_blocking_pids(1), pg_size_pretty(1::bigint)', 'read', 'SELECT'],
]

test.each(reads)('%s may run where nothing may be changed', async (sql, kind, tag) => {
  expect(await only(sql)).toMatchObject({ kind, tag, writes: false, reason: null })
})

const writes: readonly (readonly [sql: string, kind: StatementKind, tag: string])[] = [
  ['insert into t values (1)', 'write', 'INSERT'],
  ['update t set a = 1 where b = 2', 'write', 'UPDATE'],
  ['delete from t where a = 1', 'write', 'DELETE'],
  ['merge into t using s on t.a = s.a when matched then delete', 'write', 'MERGE'],
  ['truncate t', 'write', 'TRUNCATE'],
  ['with gone as (delete from t returning *) select * from gone', 'write', 'SELECT'],
  ['select * from t for update', 'write', 'SELECT'],
  ['explain analyze delete from t', 'write', 'EXPLAIN'],
  ['explain (analyze true) create table n as select 1', 'write', 'EXPLAIN'],
  ['select 1 into n', 'ddl', 'SELECT'],
  ['create table t (a int)', 'ddl', 'CREATE TABLE'],
  ['create table n as select 1', 'ddl', 'CREATE TABLE AS'],
  ['alter table t add b int', 'ddl', 'ALTER TABLE'],
  ['create or replace function f() returns int language sql return 1', 'ddl', 'CREATE FUNCTION'],
  ['create extension if not exists "uuid-ossp"', 'ddl', 'CREATE EXTENSION'],
  ['comment on table t is $$x$$', 'ddl', 'COMMENT'],
  ['grant select on t to public', 'ddl', 'GRANT'],
  ['revoke select on t from public', 'ddl', 'REVOKE'],
  ['refresh materialized view m', 'ddl', 'REFRESH MATERIALIZED VIEW'],
  ['copy t from stdin', 'write', 'COPY'],
  ["copy t to program 'id'", 'admin', 'COPY'],
  ["copy t to '/tmp/x'", 'admin', 'COPY'],
  ['vacuum t', 'admin', 'VACUUM'],
  ['analyze t', 'admin', 'ANALYZE'],
  ["notify a, 'b'", 'admin', 'NOTIFY'],
  ['checkpoint', 'admin', 'CHECKPOINT'],
  ['create database d', 'admin', 'CREATE DATABASE'],
  ['create role r', 'admin', 'CREATE ROLE'],
  ['do $$ begin end $$', 'write', 'DO'],
  ['call p()', 'write', 'CALL'],
  ['execute q', 'write', 'EXECUTE'],
  ['prepare q as delete from t', 'session', 'PREPARE'],
  ['lock table t', 'write', 'LOCK TABLE'],
  ['select pg_terminate_backend(1)', 'admin', 'SELECT'],
  ['select pg_catalog.pg_cancel_backend(1)', 'admin', 'SELECT'],
  ['select * from pg_reload_conf()', 'admin', 'SELECT'],
  ['select 1 where (select pg_switch_wal()) is null', 'admin', 'SELECT'],
  ['values (pg_promote())', 'admin', 'SELECT'],
  ['select case when true then pg_rotate_logfile() end', 'admin', 'SELECT'],
  ["select lo_unlink(1), lo_import('/etc/passwd')", 'admin', 'SELECT'],
  ["select set_config('transaction_read_only', 'off', false)", 'admin', 'SELECT'],
  ["select nextval('s')", 'admin', 'SELECT'],
  ["select setval('s', 1)", 'admin', 'SELECT'],
  ["select dblink_exec('', '')", 'admin', 'SELECT'],
  ["select pg_notify('a', 'b')", 'admin', 'SELECT'],
  ['select pg_advisory_lock(1)', 'admin', 'SELECT'],
  ["select query_to_xml('select pg_terminate_backend(1)', true, true, '')", 'admin', 'SELECT'],
  ["select aws_lambda.invoke('f', '{}')", 'admin', 'SELECT'],
  ["select cron.schedule('* * * * *', 'delete from t')", 'admin', 'SELECT'],
  ['select U&"pg\\005Fterminate_backend"(1)', 'admin', 'SELECT'],
  ['explain analyze select pg_terminate_backend(1)', 'admin', 'EXPLAIN'],
  ["copy (select setval('s', 1)) to stdout", 'admin', 'COPY'],
  ['set transaction read write', 'session', 'SET'],
  ['set default_transaction_read_only = off', 'session', 'SET'],
  ['set session characteristics as transaction read write', 'session', 'SET'],
  ['set role r', 'session', 'SET'],
  ['set session authorization r', 'session', 'SET'],
  ['reset role', 'session', 'RESET'],
  ['reset all', 'session', 'RESET'],
  ['discard all', 'session', 'DISCARD'],
  ["prepare transaction 'x'", 'transaction', 'PREPARE'],
  ["commit prepared 'x'", 'transaction', 'COMMIT PREPARED'],
]

test.each(writes)('%s counts as a write', async (sql, kind, tag) => {
  expect(await only(sql)).toMatchObject({ kind, tag, writes: true })
})

test.each([
  ['drop table a, s.b', ['DROP TABLE a, s.b'], true],
  ['drop schema s cascade', ['DROP SCHEMA s CASCADE'], true],
  ['drop materialized view m', ['DROP MATERIALIZED VIEW m'], true],
  ['drop view v', ['DROP VIEW v'], false],
  ['drop function s.f(int)', ['DROP FUNCTION s.f'], false],
  ['drop database d', ['DROP DATABASE d'], true],
  ['truncate a, b', ['TRUNCATE a, b'], true],
  ['delete from a', ['DELETE without WHERE on a'], true],
  ['delete from a where true', ['DELETE without WHERE on a'], true],
  ['update s.a set b = 1', ['UPDATE without WHERE on s.a'], true],
  ['alter table a drop b, drop c', ['DROP COLUMN b, c of a'], true],
  ['with gone as (delete from a returning 1) select 1', ['DELETE without WHERE on a'], true],
  ['delete from a where b = 1', [], false],
  ['alter table a add b int', [], false],
])('%s takes away what it says', async (sql, sentences, losesData) => {
  const { destructive } = await only(sql)
  expect(destructive.map((one) => one.sentence)).toEqual(sentences)
  expect(destructive.some((one) => one.losesData)).toBe(losesData)
})

test.each([
  ['vacuum', true],
  ['analyze', false],
  ['create index concurrently i on t (a)', true],
  ['create index i on t (a)', false],
  ['drop index concurrently i', true],
  ['reindex table concurrently t', true],
  ['reindex database d', true],
  ['reindex table t', false],
  ['cluster', true],
  ['cluster t', false],
  ['alter table t detach partition p concurrently', true],
  ['create database d', true],
  ['alter system set work_mem = 1', true],
])('%s inside a transaction block is refused by Postgres: %s', async (sql, refuses) => {
  expect(await only(sql)).toMatchObject({ refusesTransaction: refuses })
})

test('statements keep their exact place in the text', async () => {
  const sql = "/* é */ select '😀' ;\n\n-- between\nselect 2"
  const { statements } = await classify(sql)
  expect(statements.map(({ text, from, to }) => [text, sql.slice(from, to)])).toEqual([
    ["select '😀'", "select '😀'"],
    ['select 2', 'select 2'],
  ])
})

test('a syntax error has the position that Postgres gives, in characters from 1', async () => {
  const error = await classify("select '😀é'; selct 2").catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Failure)
  expect(error).toMatchObject({ code: 'SQL', data: { position: 14, source: { vendor: 'postgres', code: '42601' } } })
})

test.each(['select 1\0; drop table t', 'select \uD800'])('what the parser could not see whole is refused', async (sql) => {
  await expect(classify(sql)).rejects.toMatchObject({ code: 'SQL' })
})
