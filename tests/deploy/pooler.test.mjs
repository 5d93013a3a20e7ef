// PgBouncer between the server and PostgreSQL: by session it works, with the limits of time in force; by transaction it
// is refused, and so is a schema that does not arrive. Wants PgBouncer and PostgreSQL from the distribution.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { startPostgres } from './postgres.mjs';
import { directory, freePort, Program, Scope } from './programs.mjs';
import { ANALYST, Books, PASSWORD } from './server.mjs';

const LOGIN = 'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }';
const UPDATE = 'mutation ($id: ID!) { updateRecord(input: { id: $id, notes: "Mine" }) { record { id } } }';

/** A pooler in front of the database at `url`; gives the URL through it. */
async function startPooler(scope, url, mode, database = 'postgres') {
  const [port, folder] = [await freePort(), directory(scope)];
  const socket = new URL(url).searchParams.get('host');
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(settings, `[databases]
${database} = host=${socket} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 40
ignore_startup_parameters = extra_float_digits,options
`);
  let as = {};
  if (process.getuid() === 0) {
    // It refuses to run as root.
    const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })));
    chownSync(folder, uid, gid);
    as = { uid, gid };
  }
  const pooler = new Program('pgbouncer', [settings], { cwd: folder, ...as });
  scope.after(() => pooler.stop('SIGTERM'));
  await pooler.says((said) => said.includes('process up'));
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

async function ask(server, query, variables, token) {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`http://${server.address}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.json();
}

test('by session: what is waited for is bounded as without it', async (t) => {
  const scope = new Scope(t);
  const url = await startPostgres(scope);
  const books = new Books(directory(scope), await startPooler(scope, url, 'session')).fill(100);
  const server = await books.serve();
  scope.after(() => server.stop());
  const { data: { login: { accessToken } } } = await ask(server, LOGIN, { email: ANALYST, password: PASSWORD });
  const { data: { records: { nodes: [record] } } } = await ask(server, '{ records(first: 1) { nodes { id } } }', {}, accessToken);

  const holder = new Program('psql', [url, '--quiet', '--no-align', '--tuples-only']);
  scope.after(() => holder.stop('SIGKILL'));
  holder.process.stdin.write("BEGIN; LOCK TABLE records IN EXCLUSIVE MODE; SELECT 'held';\n");
  await holder.says((said) => said.includes('held'));
  const began = performance.now();
  const { errors } = await ask(server, UPDATE, { id: record.id }, accessToken);
  const took = performance.now() - began;
  t.diagnostic(`refused after ${Math.round(took)} ms`);
  assert.equal(errors?.[0].extensions.code, 'UNAVAILABLE');
  assert.ok(took < 4_000, `${took} ms`);
  holder.process.stdin.write('ROLLBACK;\n');
  assert.equal((await ask(server, UPDATE, { id: record.id }, accessToken)).errors, undefined);
});

test('by transaction, and without the schema that was chosen, it is refused with the reason', async (t) => {
  const scope = new Scope(t);
  const url = await startPostgres(scope);
  const refusal = (through) => {
    const { environment, directory: cwd } = new Books(directory(scope), through);
    const { status, stderr } = spawnSync(process.env.TALLYBOOK_BIN, ['migrate'], { cwd, env: environment, encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    return stderr;
  };
  assert.match(refusal(await startPooler(scope, url, 'transaction')), /pool_mode = session/);
  const elsewhere = `${await startPooler(scope, url, 'session')}?options=-c%20search_path%3Dorg1`;
  assert.match(refusal(elsewhere), /search path/);
});
