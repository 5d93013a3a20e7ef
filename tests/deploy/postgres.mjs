// A throw-away PostgreSQL, by the script that the other tests use. It ends with this process, however that ends.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from './programs.mjs';

const script = readFileSync(join(import.meta.dirname, '../support/postgres.sh'), 'utf8');

/** Starts one, which goes with `scope`; gives its URL. */
export async function startPostgres(scope) {
  const directory = mkdtempSync(join(tmpdir(), 'tallybook-postgres-'));
  let as = {};
  if (process.getuid() === 0) {
    // PostgreSQL refuses to run as root.
    const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })));
    chownSync(directory, uid, gid);
    as = { uid, gid };
  }
  const cluster = new Program('sh', ['-c', script, 'postgres.sh', directory], { cwd: directory, ...as });
  scope.after(() => {
    cluster.process.stdin.end();
    return cluster.ended;
  });
  const answer = await cluster.says((said) => said.match(/.*\n/)?.[0]);
  if (answer !== 'ready\n') throw new Error(`PostgreSQL: ${answer}`);
  return `postgres://postgres@localhost/postgres?host=${directory}`;
}
