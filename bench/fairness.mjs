// What one viewer who sends the worst requests without pause costs another: latencies of `me`, a dashboard and a
// sign-in, idle and meanwhile; what `/readyz` says; and the most memory that the server holds. Ends with 1 where the
// other is refused anything, or waits for longer than allowed. Wants a release build, and PostgreSQL's programs.
//
//     node bench/fairness.mjs [--records 500000] [--databases postgres,sqlite] [--seconds 10]
//                             [--directory DIR] [--program target/release/tallybook]

import http from 'node:http';
import http2 from 'node:http2';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { Postgres, Server, Sqlite } from './databases.mjs';
import { fill, signIn } from './load.mjs';
import { ranges, requests } from './requests.mjs';

/** Milliseconds that a p99 may reach, however short it is while the server idles. */
const UNNOTICED = 25;
const MOST_MEMORY = 150;

const repeated = (times, field) => Array.from({ length: times }, (_, n) => `a${n}: ${field}`).join(' ');
const SUM = 'income { amount } expenses { amount } net { amount } recordCount';
const WHOLE = '(filter: { from: "2016-01-01", to: "2026-12-13" })';

/** The worst that a viewer can ask; what is refused is here, too, since refusing also takes time. */
const WORST = {
  'nine scans': `{ ${repeated(9, 'records(filter: { minAmount: "0.01" }) { totalCount summary { recordCount } }')} }`,
  'four scans': `{ ${repeated(4, 'records(filter: { minAmount: "0.01" }) { totalCount }')} }`,
  'a search that finds nothing': '{ records(filter: { search: "found nowhere at all" }) { totalCount nodes { id } } }',
  'deleted records too': '{ records(filter: { deleted: INCLUDE }, orderBy: { field: AMOUNT }) { totalCount nodes { id } } }',
  'thirty trends by day': `{ dashboard${WHOLE} { ${repeated(29, `trends(interval: DAY) { from to ${SUM} }`)} } }`,
  'one trend by day': `{ dashboard${WHOLE} { trends(interval: DAY) { from to ${SUM} } } }`,
  'trends of all there is': `{ dashboard { ${repeated(20, `trends(interval: MONTH) { from ${SUM} }`)} } }`,
  'twenty dashboards': `{ ${repeated(20, `dashboard${WHOLE} { summary { ${SUM} } categories { category { name } ${SUM} share } }`)} }`,
  'all categories': `{ ${repeated(20, 'categories(first: 100) { nodes { id name createdAt recordCount } }')} }`,
  'a hundred records with their history': '{ records(first: 100) { nodes { id notes category { name } createdBy { name } history(first: 10) { nodes { id at actor { name } changes { field before after } } } } } }',
};

const post = (base, agent, body, token) => {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  if (token) headers.Authorization = `Bearer ${token}`;
  return http.request(`${base}/graphql`, { method: 'POST', agent, headers });
};

/** Sends the worst requests until it is told to stop: in turns, in a hurry, and many over one connection. */
async function attack({ base, token }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const bodies = Object.values(WORST).map((query) => JSON.stringify({ query }));
  let busy = true;
  // Once: whoever goes on listening never ends.
  parentPort.once('message', () => (busy = false));
  const sent = { answered: 0, hungUp: 0, streams: 0 };
  const ask = (body, patience) =>
    new Promise((done) => {
      const request = post(base, agent, body, token);
      const timer = patience && setTimeout(() => request.destroy(), patience);
      request.on('response', (response) => response.resume().on('close', () => (clearTimeout(timer), sent.answered++, done())));
      request.on('error', () => (clearTimeout(timer), sent.hungUp++, setTimeout(done, 1)));
      request.end(body);
    });
  const loops = Array.from({ length: 16 }, async (_, place) => {
    for (let turn = place; busy; turn++) await ask(bodies[turn % bodies.length], place % 4 === 3 ? 150 : 0);
  });
  const streams = async () => {
    const session = http2.connect(base);
    session.on('error', () => {});
    const one = (body) =>
      new Promise((done) => {
        const stream = session.request({ ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json', authorization: `Bearer ${token}` });
        stream.on('close', () => (sent.streams++, setTimeout(done, 1))).on('error', () => {});
        stream.resume().end(body);
      });
    await Promise.all(Array.from({ length: 25 }, async (_, place) => {
      for (let turn = place; busy && !session.destroyed; turn++) await one(bodies[turn % bodies.length]);
    }));
    session.destroy();
  };
  await Promise.all([...loops, streams()]);
  agent.destroy();
  parentPort.postMessage(sent);
}

if (!isMainThread) await attack(workerData);
else await main();

async function main() {
  const { values: options } = parseArgs({
    options: {
      records: { type: 'string', default: '500000' },
      databases: { type: 'string', default: 'postgres,sqlite' },
      seconds: { type: 'string', default: '10' },
      directory: { type: 'string' },
      program: { type: 'string', default: join(import.meta.dirname, '../target/release/tallybook') },
    },
  });
  const directory = resolve(options.directory ?? mkdtempSync(join(tmpdir(), 'tallybook-bench-')));
  const program = resolve(options.program);
  mkdirSync(directory, { recursive: true });
  let isFair = true;
  for (const which of options.databases.split(',')) {
    const database = which === 'postgres' ? new Postgres(join(directory, 'postgres')) : new Sqlite(join(directory, 'sqlite'));
    try {
      isFair = (await measure(database, program, directory, options)) && isFair;
    } finally {
      database.stop();
    }
  }
  if (!options.directory) rmSync(directory, { recursive: true });
  process.exitCode = isFair ? 0 : 1;
}

async function measure(database, program, directory, { records, seconds }) {
  const name = `fairness_${records}`;
  fill(program, database, name, records, directory);
  const server = await Server.start(program, database.url(name), directory);
  try {
    const [attacker, other] = [await signIn(server, 'viewer@example.com'), await signIn(server)];
    const [me] = requests([], ranges()).me;
    const [dashboard] = requests([], ranges()).dashboard;
    const rounds = async () => ({
      me: await time(seconds, () => server.ask(me, other)),
      dashboard: await time(seconds, () => server.ask(dashboard, other)),
      'sign-in': await time(seconds, () => signIn(server)),
      '/readyz': await time(Math.ceil(seconds / 4), () => ready(server)),
    });
    await rounds();
    const idle = await rounds();
    const worker = new Worker(new URL(import.meta.url), { workerData: { base: server.base, token: attacker } });
    let memory = 0;
    const watch = setInterval(() => (memory = Math.max(memory, server.memory())), 50);
    await new Promise((later) => setTimeout(later, 1_000));
    const busy = await rounds();
    const sent = await new Promise((done) => worker.on('message', done).postMessage('stop'));
    clearInterval(watch);
    return report(database, records, { idle, busy, memory, sent });
  } finally {
    await server.stop();
  }
}

async function ready(server) {
  const { status } = await fetch(`${server.base}/readyz`);
  if (status !== 200) throw new Error(`/readyz: ${status}`);
}

/** How long `work` takes, over and over, and how often it failed. */
async function time(seconds, work) {
  const times = [];
  const failed = new Map();
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const began = performance.now();
    try {
      await work();
    } catch ({ message }) {
      failed.set(message, (failed.get(message) ?? 0) + 1);
    }
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  return { count: times.length, p50: at(0.5), p99: at(0.99), failed };
}

function report(database, records, { idle, busy, memory, sent }) {
  const allowed = {
    me: Math.max(10 * idle.me.p99, UNNOTICED),
    dashboard: Math.max(10 * idle.dashboard.p99, UNNOTICED),
    'sign-in': Math.max(3 * idle['sign-in'].p99, UNNOTICED),
    '/readyz': Infinity,
  };
  console.log(`\n${database.name}, ${records} records; the attacker had ${sent.answered + sent.streams} answers, and hung up ${sent.hungUp} times\n`);
  console.log('| | idle p50 | p99 | attacked p50 | p99 | allowed | failed |\n|---|---|---|---|---|---|---|');
  let isFair = memory <= MOST_MEMORY;
  for (const [what, limit] of Object.entries(allowed)) {
    const failures = [...busy[what].failed.values()].reduce((sum, count) => sum + count, 0);
    isFair &&= failures === 0 && busy[what].p99 <= limit;
    const times = [idle[what].p50, idle[what].p99, busy[what].p50, busy[what].p99, limit].map((it) => `${it.toFixed(2)} ms`);
    console.log(`| ${what} | ${times.join(' | ')} | ${failures} of ${busy[what].count} |`);
    for (const [message, count] of busy[what].failed) console.log(`  ${count}: ${message}`);
  }
  console.log(`\nmost memory: ${memory.toFixed(1)} MB of ${MOST_MEMORY}. ${isFair ? 'Fair.' : 'NOT FAIR.'}`);
  return isFair;
}
