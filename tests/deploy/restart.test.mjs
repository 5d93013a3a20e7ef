// Two servers on one PostgreSQL behind haproxy, with deploy/haproxy.cfg, are replaced one after the other while clients go on
// sending, without ever sending anything again: no request may fail, nothing that was acknowledged may be missing from the
// books, nothing may be in them twice, and whoever follows the changes misses none.
//
// Wants openssl, haproxy, PostgreSQL and a build of the server: TALLYBOOK_BIN, or target/release/tallybook.
// TALLYBOOK_REQUESTS says how many requests there are at the least.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';

import { Client } from './client.mjs';
import { startPostgres } from './postgres.mjs';
import { directory, Scope, until } from './programs.mjs';
import { startProxy } from './proxies.mjs';
import { ANALYST, Books } from './server.mjs';

const REQUESTS = Number(process.env.TALLYBOOK_REQUESTS ?? 10_000);
/** So many users, each over so many connections. A user may have 8 operations at a time. */
const USERS = 4;
const CONNECTIONS = 4;
const RECORDS = 1_000;
const DELAY = '5s';
const WORDS = 'one after the other';

const QUERIES = [
  '{ me { role } }',
  '{ records(first: 20) { nodes { id amount { amount } category { name } } totalCount } }',
  '{ dashboard(filter: { from: "2026-01-01", to: "2026-12-31" }) { summary { net { amount } recordCount } categories(first: 5) { category { name } share } } }',
];
const CREATE = 'mutation ($key: String, $category: String!) { createRecord(input: { kind: EXPENSE, amount: "1.00", category: $category, date: "2026-11-02", idempotencyKey: $key }) { record { id } replayed } }';
const CHANGED = 'subscription ($after: String) { changed(after: $after, types: RECORD) { nodes { id } pageInfo { endCursor } } }';

test('two servers are replaced one after the other, and no request is lost', async (t) => {
  const scope = new Scope(t);
  const books = new Books(directory(scope), await startPostgres(scope)).fill(RECORDS);
  const emails = Array.from({ length: USERS }, (_, number) => `analyst-${number}@example.com`);
  emails.forEach((email) => books.addUser(email, 'analyst', WORDS));
  const servers = [];
  scope.after(() => Promise.all(servers.map((server) => server.stop('SIGKILL'))));
  const start = async (number, settings) => (servers[number] = await books.serve({ SHUTDOWN_DELAY: DELAY, ...settings }));
  await start(0);
  await start(1);
  const proxy = await startProxy('haproxy', directory(scope), servers.map(({ address }) => address));
  scope.after(() => proxy.stop());
  const clients = await Promise.all(emails.map((email) => new Client(proxy, '127.0.0.2', CONNECTIONS).signIn(email, WORDS)));
  scope.after(() => clients.forEach((client) => client.close()));

  const load = new Load(clients);
  const follower = await follow(await new Client(proxy).signIn(ANALYST));
  scope.after(() => follower.close());

  const began = performance.now();
  const running = load.run();
  const times = [];
  for (const number of [0, 1]) {
    await until(() => load.sent > (number + 1) * REQUESTS / 10);
    const { address } = servers[number];
    const stopped = performance.now();
    assert.equal(await servers[number].stop(), 0);
    const ended = performance.now();
    await start(number, { LISTEN_ADDR: address });
    times.push([ended - stopped, performance.now() - ended]);
    // Until haproxy uses it again, which it does after two checks.
    await until(() => servers[number].requests().length > 10);
  }
  load.isEnough = true;
  await running;
  const seconds = (performance.now() - began) / 1000;

  const { created } = load;
  const served = servers.map((server) => server.requests().length);
  t.diagnostic(`${load.sent} requests, ${load.failures.length} lost, ${created.length} of them records, in ${seconds.toFixed(1)} s over ${load.connections} connections`);
  t.diagnostic(`stopping and starting took ${times.map((pair) => pair.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(' and ')).join('; ')}`);
  t.diagnostic(`served since: ${served.join(' and ')}; the one who follows the changes connected ${follower.connections} times`);
  assert.deepEqual(load.failures.slice(0, 5), []);
  assert.ok(load.sent >= REQUESTS);
  assert.equal(load.connections, USERS * CONNECTIONS, 'no connection of a client was closed');

  const inTheBooks = books.run(['export', '--format', 'jsonl']).trimEnd().split('\n').map((line) => JSON.parse(line).id);
  assert.equal(new Set(created).size, created.length);
  assert.deepEqual(created.filter((id) => !new Set(inTheBooks).has(id)), []);
  assert.equal(inTheBooks.length, RECORDS + created.length, 'nothing was entered twice');
  await until(() => created.every((id) => follower.ids.has(id)));
  assert.equal(follower.failed, undefined);
  assert.ok(follower.connections > 1, 'the one who follows was cut off, and went on');

  // What is counted above is what everybody sees.
  const { data } = await clients[0].ask('{ records { totalCount } }');
  assert.equal(data.records.totalCount, inTheBooks.length);
  books.run(['totals', 'verify']);
  books.run(['audit', 'verify']);
});

/** Clients that send requests without pause: three queries, then three records, two of them with a key. */
class Load {
  sent = 0;
  isEnough = false;
  created = [];
  failures = [];
  #sockets = new Set();

  constructor(clients) {
    this.clients = clients;
  }

  get connections() {
    return this.#sockets.size;
  }

  async run() {
    const loops = this.clients.flatMap((client) => Array.from({ length: CONNECTIONS }, (_, number) => this.#loop(client, number)));
    await Promise.all(loops);
  }

  async #loop(client, number) {
    for (let turn = number; !this.isEnough || this.sent < REQUESTS; turn++) {
      this.sent += 1;
      const step = turn % 6;
      try {
        if (step < QUERIES.length) await this.#query(client, QUERIES[step]);
        else await this.#create(client, step > QUERIES.length, `Category ${turn % 7}`);
      } catch (error) {
        this.failures.push(`${step}: ${error.code ?? ''} ${error.message}`);
        // Nobody hammers at what has just failed.
        await sleep(50);
      }
      for (const sockets of Object.values(client.agent.freeSockets)) sockets.forEach((socket) => this.#sockets.add(socket));
    }
  }

  async #query(client, query) {
    const { status, data, errors } = await client.ask(query);
    if (status !== 200 || errors || Object.values(data).includes(null)) throw new Error(`${status}: ${JSON.stringify(errors)}`);
  }

  async #create(client, hasKey, category) {
    const { status, data, errors } = await client.ask(CREATE, { category, key: hasKey ? randomUUID() : null });
    if (status !== 200 || errors) throw new Error(`${status}: ${JSON.stringify(errors)}`);
    const { record, replayed } = data.createRecord;
    if (replayed) throw new Error('a new key had been used before');
    this.created.push(record.id);
  }
}

/** Somebody who follows the changes, and goes on from the last cursor when a connection ends. */
async function follow(client) {
  const follower = { ids: new Set(), connections: 0, cursor: null };
  const variables = { get after() { return follower.cursor; } };
  const socket = client.socket({
    retryAttempts: Infinity, shouldRetry: () => true, on: { connected: () => follower.connections++ },
  });
  follower.close = () => {
    client.close();
    return socket.dispose();
  };
  const next = ({ data, errors }) => {
    if (errors) follower.failed = errors;
    data?.changed?.nodes.forEach(({ id }) => follower.ids.add(id));
    follower.cursor = data?.changed?.pageInfo.endCursor ?? follower.cursor;
  };
  socket.subscribe({ query: CHANGED, variables }, { next, error: (error) => { follower.failed = error; }, complete() {} });
  await until(() => follower.cursor, () => follower.failed && JSON.stringify(follower.failed));
  return follower;
}
