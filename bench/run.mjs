// Fills databases, checks the server's answers against the records, and then measures both it and the database alone.
// Wants wrk, psql, pgbench and sqlite3, and a release build; prints tables and writes them to a file as JSON.
//
//     node bench/run.mjs [--records 10000,1000000,10000000] [--databases postgres,sqlite] [--seconds 4]
//                        [--directory DIR] [--output bench/results.json] [--program target/release/tallybook]
//
// Filled databases stay in DIR, if it is given, and are used again.

import { deepStrictEqual, ok } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Postgres, Server, Sqlite } from './databases.mjs';
import { fill, load, signIn } from './load.mjs';
import { groupBy, ranges, requests, rowsOf } from './requests.mjs';

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '10000,1000000,10000000' },
    databases: { type: 'string', default: 'postgres,sqlite' },
    seconds: { type: 'string', default: '4' },
    directory: { type: 'string' },
    output: { type: 'string', default: join(here, 'results.json') },
    program: { type: 'string', default: join(here, '../target/release/tallybook') },
  },
});
const sizes = options.records.split(',').map(Number);
const seconds = Number(options.seconds);
const program = resolve(options.program);
const directory = resolve(options.directory ?? mkdtempSync(join(tmpdir(), 'tallybook-bench-')));
const CONNECTIONS = 16;
/** The size at which everything is measured; at the others only the dashboard is. */
const WHOLE = sizes.includes(1_000_000) ? 1_000_000 : sizes[0];
const days = ranges();

const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  command: `node bench/run.mjs ${process.argv.slice(2).filter((it, n, all) => it !== '--directory' && all[n - 1] !== '--directory').join(' ')}`.trim(),
  databases: {},
};

/** Whether the dashboard and a list say what the database says when it adds the records up. */
async function check(database, name, server, asked, token) {
  const expected = groupBy(days, database instanceof Sqlite);
  const lines = (sql) => database.query(name, sql).trim().split('\n');
  const { dashboard } = await server.ask(asked.dashboard[0], token);
  const found = rowsOf(dashboard);
  const withoutCounts = (rows) => rows.map((row) => row.split('|').slice(0, 3).join('|')).sort();
  deepStrictEqual(found.categories, withoutCounts(lines(expected.categories)), 'categories');
  deepStrictEqual(found.trends, withoutCounts(lines(expected.trends)), 'trends');
  deepStrictEqual(found.recent, lines(expected.recent), 'recent');
  const counted = lines(expected.categories).reduce((sum, row) => sum + Number(row.split('|')[3]), 0);
  deepStrictEqual(found.count, counted, 'the number of records');
  const { records } = await server.ask(asked.listWithCount[0], token);
  const [count] = lines(`SELECT COUNT(*) FROM records r JOIN categories c ON c.id = r.category_id WHERE r.deleted_at IS NULL AND r.kind = 'EXPENSE' AND c.name = 'Travel' AND r.date >= '${days.recent}' AND r.date <= '${days.end}'`);
  deepStrictEqual(records.totalCount, Number(count), 'the number of records in the list');
  ok(records.nodes.every(({ kind, category }) => kind === 'EXPENSE' && category.name === 'Travel'));
}

/** What sign-ins cost the others; sign_in_load.mjs has the measure. */
function signInLoad(server) {
  const said = execFileSync('node', [join(here, 'sign_in_load.mjs'), server.base, String(seconds)], { encoding: 'utf8' });
  const [idle, during] = [...said.matchAll(/p99 ([\d.]+) ms/g)].map(([, p99]) => Number(p99));
  return { idle, during };
}

async function measure(database, records) {
  const name = `tallybook_${records}`;
  const filled = fill(program, database, name, records, directory);
  const server = await Server.start(program, database.url(name), directory);
  const token = await signIn(server);
  const first = { query: '{ records(first: 100, orderBy: { field: AMOUNT }) { nodes { id } } }' };
  const ids = (await server.ask(first, token)).records.nodes.map(({ id }) => id);
  const asked = requests(ids, days);
  await check(database, name, server, asked, token);

  const measured = { filled, firstAnswer: server.firstAnswer };
  const statements = Object.values(groupBy(days, database instanceof Sqlite));
  measured.dashboard = await load(server, token, asked.dashboard, { connections: CONNECTIONS, seconds, directory });
  measured.dashboardAlone = await load(server, token, asked.dashboard, { connections: 1, seconds, directory });
  measured.groupBy = database.time(name, statements, seconds);
  if (records === WHOLE) {
    for (const operation of ['me', 'record', 'recordWithCreator', 'list', 'listWithCreator', 'listWithCount']) {
      measured[operation] = await load(server, token, asked[operation], { connections: CONNECTIONS, seconds, directory });
    }
    for (const connections of [CONNECTIONS, 64]) {
      for (const operation of ['createInOneCategory', 'createInFifteen']) {
        measured[`${operation}${connections}`] = await load(server, token, asked[operation], { connections, seconds, directory });
      }
    }
    measured.memory = server.memory();
    measured.signIns = signInLoad(server);
    if (database instanceof Postgres) measured.ceilings = await ceilings(database, name, server, asked, token);
  }
  await server.stop();
  report(database, records, measured);
  return measured;
}

/** What the database does when it is given the very statements that the server gives it, and nothing else. */
async function ceilings(database, name, server, asked, token) {
  const found = {};
  for (const [operation, request] of Object.entries({
    me: asked.me[0],
    record: asked.record[0],
    list: asked.list[0],
    listWithCount: asked.listWithCount[0],
    dashboard: asked.dashboard[0],
    createInFifteen16: asked.createInFifteen[0],
  })) {
    // Once before, so that statements are prepared; `me` asks the database at most every two seconds.
    await server.ask(request, token);
    if (operation === 'me') await new Promise((later) => setTimeout(later, 2_500));
    const statements = await database.statementsOf(name, () => server.ask(request, token));
    // Reading what `me` needs is a statement of every request that comes after a pause.
    const own = operation === 'me' ? statements : statements.filter((it) => !it.includes('"password_hash"'));
    found[operation] = { statements: own.length, ...database.pgbench(name, own, { connections: CONNECTIONS, seconds }) };
  }
  return found;
}

const number = (value, digits = 0) => value?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) ?? '–';

function report(database, records, measured) {
  console.log(`\n## ${database.name} ${database.version()}, ${number(records)} records\n`);
  if (measured.filled) console.log(`filled in ${number(measured.filled, 1)} s`);
  console.log(`start to first answer: ${number(measured.firstAnswer / 1000, 3)} s`);
  console.log(`dashboard, one client: ${number(measured.dashboardAlone.p50, 2)} ms; by GROUP BY, without a server: ${number(measured.groupBy, 1)} ms`);
  console.log('\n| | a second | p50 | p99 | the SQL alone | of it |\n|---|---|---|---|---|---|');
  for (const [operation, { rate, p50, p99 }] of Object.entries(measured).filter(([, it]) => it?.rate)) {
    const alone = measured.ceilings?.[operation]?.rate;
    const share = alone ? `${number((100 * rate) / alone)} %` : '–';
    console.log(`| ${operation} | ${number(rate)} | ${number(p50, 2)} ms | ${number(p99, 2)} ms | ${number(alone)} | ${share} |`);
  }
  if (measured.memory) console.log(`\nmemory after load: ${number(measured.memory, 1)} MB`);
  if (measured.signIns) console.log(`p99 of me: ${measured.signIns.idle} ms idle, ${measured.signIns.during} ms while 8 clients sign in`);
}

mkdirSync(directory, { recursive: true });
for (const which of options.databases.split(',')) {
  const database = which === 'postgres' ? new Postgres(join(directory, 'postgres')) : new Sqlite(join(directory, 'sqlite'));
  try {
    const measured = (results.databases[which] = { name: database.name, version: database.version(), sizes: {} });
    for (const records of sizes) measured.sizes[records] = await measure(database, records);
  } finally {
    database.stop();
  }
}
mkdirSync(dirname(options.output), { recursive: true });
writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`);
if (!options.directory) rmSync(directory, { recursive: true });
