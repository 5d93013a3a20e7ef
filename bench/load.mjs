// What every benchmark does with a server: fill its database, sign in, and send it requests without pause.

import { ok } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Fills the database `name` through the program's own rules, unless it is there; in how many seconds. */
export function fill(program, database, name, records, directory) {
  if (!database.create(name)) return undefined;
  const began = performance.now();
  const env = { ...process.env, DATABASE_URL: database.url(name), DATA_DIR: directory, RUST_LOG: 'warn' };
  const args = ['demo', '--records', String(records), '--years', '5', '--seed', '42'];
  execFileSync(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const took = (performance.now() - began) / 1000;
  database.settle(name);
  return took;
}

export async function signIn(server, email = 'analyst@example.com') {
  const query = 'mutation ($email: String!) { login(input: { email: $email, password: "tallybook-demo" }) { accessToken } }';
  return (await server.ask({ query, variables: { email } })).login.accessToken;
}

/** Runs wrk in a process beside this one, which has to go on reading what the server says. */
export async function load(server, token, bodies, { connections, seconds, directory }) {
  const file = join(directory, 'bodies');
  writeFileSync(file, bodies.map((body) => `${JSON.stringify(body)}\n`).join(''));
  const script = join(import.meta.dirname, 'wrk.lua');
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, server.base];
  const wrk = spawn('wrk', args, { env: { ...process.env, TOKEN: token, BODIES: file }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  wrk.stdout.on('data', (chunk) => (said += chunk));
  await new Promise((done, failed) => wrk.on('exit', done).on('error', failed));
  const measured = JSON.parse(said.trim().split('\n').pop());
  ok(measured.failed === 0, `${measured.failed} requests failed`);
  return measured;
}
