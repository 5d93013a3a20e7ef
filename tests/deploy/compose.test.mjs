// What deploy/compose.yml tells the program, tried without containers: docker-compose understands the file, and the program
// starts with its settings, and with secrets from files that were made by the commands in its head.
//
// Wants docker-compose, python3-yaml (which it depends on), openssl, PostgreSQL and a build of the server: TALLYBOOK_BIN, or
// target/release/tallybook.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { startPostgres } from './postgres.mjs';
import { directory, Scope } from './programs.mjs';
import { Books } from './server.mjs';

const deploy = join(import.meta.dirname, '../../deploy');
const FILE = join(deploy, 'compose.yml');

/** As docker-compose reads it. */
function read() {
  const yaml = execFileSync('docker-compose', ['--file', FILE, 'config'], { encoding: 'utf8' });
  const toJson = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';
  return JSON.parse(execFileSync('python3', ['-c', toJson], { input: yaml, encoding: 'utf8' }));
}

test('the program starts with the settings and the secrets of compose.yml', async (t) => {
  const scope = new Scope(t);
  const { services, secrets } = read();
  const { environment, depends_on: dependsOn } = services.tallybook;
  assert.deepEqual(dependsOn, { postgres: { condition: 'service_healthy' } });
  assert.ok(services.postgres.healthcheck.test.includes('pg_isready'));

  const known = readFileSync(join(deploy, '../.env.example'), 'utf8');
  for (const name of Object.keys(environment)) assert.match(known, new RegExp(`^# ${name}=`, 'm'));

  // The commands in the head of the file that make the secrets.
  const place = directory(scope);
  const commands = [...readFileSync(FILE, 'utf8').matchAll(/^# {3}(openssl .*|echo .*)$/gm)].map(([, command]) => command);
  assert.equal(commands.length, 3);
  mkdirSync(join(place, 'secrets'));
  execFileSync('sh', ['-euc', ['umask 077', ...commands].join('\n')], { cwd: place });
  const secret = (name) => join(place, 'secrets', name);
  for (const [name, { file }] of Object.entries(secrets)) {
    assert.equal(file, join(deploy, 'secrets', name));
    assert.equal(statSync(secret(name)).mode & 0o077, 0);
  }
  const url = new URL(readFileSync(secret('database-url'), 'utf8').trim());
  const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE } = services.postgres.environment;
  assert.deepEqual([url.username, url.hostname, url.pathname], [POSTGRES_USER, 'postgres', `/${POSTGRES_DB}`]);
  assert.equal(url.password, readFileSync(secret(POSTGRES_PASSWORD_FILE.replace('/run/secrets/', '')), 'utf8').trim());

  // The same, but for the place of the files, and where PostgreSQL is.
  writeFileSync(secret('database-url'), await startPostgres(scope));
  const settings = Object.entries(environment).map(([name, value]) => [name, value.replace('/run/secrets', join(place, 'secrets'))]);
  const books = new Books(place);
  delete books.environment.BCRYPT_COST;
  const server = await books.serve({ ...Object.fromEntries(settings), JWT_SECRET: '', LISTEN_ADDR: '0.0.0.0:0' });
  scope.after(() => server.stop());
  assert.equal((await fetch(`http://${server.address.replace('0.0.0.0', '127.0.0.1')}/readyz`)).status, 200);
});
