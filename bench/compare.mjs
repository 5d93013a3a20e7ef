// Whether a build is slower than another: both serve databases that each filled itself, and are asked the same in turns.
// Prints the median rate of each, and the median of the ratios. Wants wrk, and PostgreSQL's programs.
//
//     node bench/compare.mjs --former OTHER/tallybook [--program target/release/tallybook] [--records 1000000]
//                            [--databases postgres,sqlite] [--rounds 3] [--seconds 4] [--directory DIR]

import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Postgres, Server, Sqlite } from './databases.mjs';
import { fill, load, signIn } from './load.mjs';
import { ranges, requests } from './requests.mjs';

const { values: options } = parseArgs({
  options: {
    former: { type: 'string' },
    program: { type: 'string', default: join(import.meta.dirname, '../target/release/tallybook') },
    records: { type: 'string', default: '1000000' },
    databases: { type: 'string', default: 'postgres,sqlite' },
    operations: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    directory: { type: 'string' },
  },
});
const CONNECTIONS = 16;
const directory = resolve(options.directory ?? mkdtempSync(join(tmpdir(), 'tallybook-bench-')));
mkdirSync(directory, { recursive: true });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const which of options.databases.split(',')) {
  const database = which === 'postgres' ? new Postgres(join(directory, 'postgres')) : new Sqlite(join(directory, 'sqlite'));
  try {
    await compare(database);
  } finally {
    database.stop();
  }
}
if (!options.directory) rmSync(directory, { recursive: true });

async function start(database, name, program) {
  fill(program, database, name, options.records, directory);
  const server = await Server.start(program, database.url(name), directory);
  const token = await signIn(server);
  const first = { query: '{ records(first: 100, orderBy: { field: AMOUNT }) { nodes { id } } }' };
  const ids = (await server.ask(first, token)).records.nodes.map(({ id }) => id);
  return { server, token, asked: requests(ids, ranges()) };
}

async function compare(database) {
  const former = await start(database, `former_${options.records}`, resolve(options.former));
  const present = await start(database, `present_${options.records}`, resolve(options.program));
  try {
    console.log(`\n${database.name}, ${options.records} records, ${CONNECTIONS} connections, ${options.rounds} rounds of ${options.seconds} s\n`);
    console.log('| | former, a second | p99 | this, a second | p99 | ratio |\n|---|---|---|---|---|---|');
    for (const operation of options.operations?.split(',') ?? Object.keys(present.asked)) {
      const rounds = [];
      for (let round = 0; round < Number(options.rounds); round++) {
        const measured = [];
        for (const { server, token, asked } of [former, present]) {
          const how = { connections: CONNECTIONS, seconds: Number(options.seconds), directory };
          measured.push(await load(server, token, asked[operation], how));
        }
        rounds.push(measured);
      }
      const of = (place, figure) => median(rounds.map((round) => round[place][figure]));
      const ratio = median(rounds.map(([a, b]) => b.rate / a.rate));
      const figures = [of(0, 'rate').toFixed(0), `${of(0, 'p99').toFixed(1)} ms`, of(1, 'rate').toFixed(0), `${of(1, 'p99').toFixed(1)} ms`];
      console.log(`| ${operation} | ${figures.join(' | ')} | ${ratio.toFixed(2)} |`);
    }
    console.log(`\nmemory after load: ${former.server.memory().toFixed(1)} and ${present.server.memory().toFixed(1)} MB`);
  } finally {
    await former.server.stop();
    await present.server.stop();
  }
}
