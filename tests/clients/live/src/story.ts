// A program that follows what changes, against a running server: over a WebSocket that breaks, and by events.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ResultOf, VariablesOf } from 'gql.tada';
import { print } from 'graphql';
import { createClient as createEventClient } from 'graphql-sse';
import { type Client, type ClientOptions, CloseCode, createClient } from 'graphql-ws';
import WebSocket, { type CloseEvent } from 'ws';
import { Cache, type CachedRecord, keep } from './cache.js';
import { dataOf, Refused, Session } from './http.js';
import { Changed, CreateRecord, DashboardChanged, DeleteRecords, RecordPage, UpdateRecord } from './operations.js';
import { admin, analyst, endpoint } from './settings.js';

const PATIENCE_MS = 15_000;

/** Whatever comes from the server by itself is heard of here. An error on it ends whoever waits, or the program. */
const events = new EventEmitter();
const news = () => events.emit('news');
let isOver = false;
const failed = (error: unknown) => isOver || events.emit('error', error);

/** Waits until something `holds`. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!holds()) {
    await once(events, 'news', { signal }).catch((error: unknown) => {
      throw signal.aborted ? new Error(`Not within ${PATIENCE_MS} ms: ${what}`) : error;
    });
  }
}

const user = new Session(analyst);

// The WebSocket

const url = endpoint.href.replace(/^http/, 'ws');
const connections: { socket: WebSocket; isRetry: boolean }[] = [];
const closings: CloseEvent[] = [];
let sent: string | null = null;
/** Connecting again waits for it. */
let gate = Promise.resolve();

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: async () => ({ authorization: sent = await user.authorization() }),
  // Also where the server cannot be reached for a moment.
  shouldRetry: () => true,
  retryWait: () => gate,
  on: {
    connected: (socket, _, isRetry) => {
      connections.push({ socket: socket as WebSocket, isRetry });
      news();
    },
    closed: (event) => {
      closings.push(event as CloseEvent);
      if ((event as CloseEvent).code === CloseCode.Forbidden) user.forget(sent).catch(failed);
      news();
    },
  },
});

const cache = new Cache();
keep(cache, user, client, news).catch(failed);
await until('the first connection', () => connections.length === 1);
await until('the first answer', () => cache.cursor !== null);
const before = await checkCache();
assert(before > 0, 'The server has to have records.');

// The dashboard, as events

type Summary = NonNullable<ResultOf<typeof DashboardChanged>['dashboardChanged']>['summary'];
const summaries: Summary[] = [];
const eventConnections: { isRetry: boolean }[] = [];

const eventClient = createEventClient({
  url: endpoint.href,
  headers: async () => ({ authorization: await user.authorization() }),
  fetchFn: async (resource: string, init: RequestInit) => {
    const response = await fetch(resource, init);
    if (response.status === 401) await user.forget(new Headers(init.headers).get('authorization'));
    return response;
  },
  retry: async () => {},
  on: {
    connected: (isRetry) => {
      eventConnections.push({ isRetry });
      news();
    },
  },
});

async function watchDashboard(): Promise<never> {
  const variables: VariablesOf<typeof DashboardChanged> = { filter: { categories: ['live'], currency: 'USD' } };
  const answers = eventClient.iterate<ResultOf<typeof DashboardChanged>>({ query: print(DashboardChanged), variables });
  for await (const answer of answers) {
    const { dashboardChanged } = dataOf(answer);
    assert(dashboardChanged);
    summaries.push(dashboardChanged.summary);
    news();
  }
  throw new Error('The server completed the events.');
}
watchDashboard().catch(failed);
await until('the first dashboard', () => summaries.length === 1);
const base = summaries[0];
assert(base);

/** Waits until the dashboard has moved by `expenses` in cents and by `count` records since it was first sent. */
async function dashboardMoved(expenses: bigint, count: number): Promise<void> {
  const moved = (summary: Summary) => BigInt(summary.expenses.minorUnits) - BigInt(base!.expenses.minorUnits) === expenses
    && summary.recordCount - base!.recordCount === count;
  await until(`expenses moved by ${expenses}, with ${count} records more`, () => moved(summaries.at(-1)!));
}

// A record is created elsewhere, and arrives

const marker = randomUUID();
const made: string[] = [];

async function create(amount: string): Promise<{ id: string; version: number }> {
  const input = { kind: 'EXPENSE', amount, currency: 'USD', category: 'live', date: '2026-02-28', notes: marker } as const;
  const { createRecord } = await user.ask(CreateRecord, { input });
  assert(createRecord);
  made.push(createRecord.record.id);
  return createRecord.record;
}

const { id, version } = await create('12.30');
await until('the new record', () => cache.records.has(id));
const arrived = cache.records.get(id)!;
assert.deepEqual(arrived.amount, { amount: '12.30', currency: 'USD' });
assert.equal(cache.categoryOf(arrived)?.name, 'live');
await dashboardMoved(1230n, 1);

// A change that another one came before

type Input = VariablesOf<typeof UpdateRecord>['input'];
const update = (input: Partial<Input> & { expectedVersion: number }) => user.ask(UpdateRecord, { input: { id, ...input } });
const { updateRecord: theirs } = await update({ expectedVersion: version, notes: `theirs ${marker}` });
assert.equal(theirs?.record.version, version + 1);
const refused = await update({ expectedVersion: version, amount: '20.00' }).catch((error: unknown) => error);
assert(refused instanceof Refused);
assert.equal(refused.code, 'VERSION_CONFLICT');
assert(refused.currentVersion === version + 1);
await update({ expectedVersion: refused.currentVersion, amount: '20.00' });
await until('both changes', () => cache.records.get(id)?.version === version + 2);
assert.equal(cache.records.get(id)?.notes, `theirs ${marker}`);
assert.equal(cache.records.get(id)?.amount?.amount, '20.00');
await dashboardMoved(2000n, 1);

// The connection is lost while more happens

const resumedFrom = cache.cursor;
let open: () => void = () => {};
gate = new Promise((resolve) => { open = resolve; });
connections[0]!.socket.terminate();
await until('the loss', () => closings.length === 1);
assert.equal(closings[0]?.code, 1006);
const missed = [await create('7.05'), await create('-2.00')];
await dashboardMoved(2505n, 3);
assert(!missed.some((record) => cache.records.has(record.id)));
assert.equal(cache.cursor, resumedFrom);
open();
await until('what was missed', () => missed.every((record) => cache.records.has(record.id)));
assert.deepEqual(connections.map(({ isRetry }) => isRetry), [false, true]);
assert.equal(await checkCache(), before + 3);

// The session ends. Both clients try again, with the token of another one

assert.equal(user.count, 1);
await user.end();
await until('the end of the session', () => closings.length === 2);
assert.equal(closings[1]?.code, CloseCode.Forbidden);
await until('another connection', () => connections.length === 3);
assert.equal(connections[2]?.isRetry, true);
assert.equal(user.count, 2);
await until('events again', () => eventConnections.length === 2);
assert.equal(eventConnections[1]?.isRetry, true);

// An admin deletes what was made, and it is gone here

const keeper = new Session(admin);
/** Deletes what was made, and waits until it is gone here. */
async function clear(): Promise<void> {
  const ids = made.splice(0);
  const { deleteRecords } = await keeper.ask(DeleteRecords, { input: { records: { ids }, expectedCount: ids.length } });
  assert.equal(deleteRecords?.recordCount, ids.length);
  await until('the deletions', () => !ids.some((each) => cache.records.has(each)));
}
await clear();
await dashboardMoved(0n, 0);
assert.equal(await checkCache(), before);

// A cursor that is of no use any more: here, one of an admin, who sees deleted records too

const theirClient = newClient({ connectionParams: async () => ({ authorization: await keeper.authorization() }) });
const first = await theirClient.iterate<ResultOf<typeof Changed>>({ query: print(Changed) }).next();
const foreign = (first.value as { data: ResultOf<typeof Changed> }).data.changed?.pageInfo.endCursor;
assert(foreign);
const other = new Cache(foreign);
keep(other, user, client, news).catch(failed);
await until('a cache that starts again', () => other.records.size === cache.records.size);
assert.deepEqual(other.records, cache.records);

// A category without records is not in it, and comes back with the next one

const { id: next } = await create('1.00');
await until('the next record', () => cache.records.has(next) && other.records.has(next));
assert.equal(other.categoryOf(other.records.get(next)!)?.name, 'live');
await clear();

// Without a token, and with one that is none

function newClient(options: Pick<ClientOptions, 'connectionParams' | 'retryAttempts' | 'on'>): Client {
  return createClient({ url, webSocketImpl: WebSocket, shouldRetry: () => true, retryWait: async () => {}, ...options });
}

/** How a connection with these parameters is closed, and how often it is tried. */
async function closing(connectionParams: Record<string, unknown>): Promise<{ code: number; attempts: number }> {
  let attempts = 0;
  const on = { connecting: () => { attempts += 1; } };
  const refusedClient = newClient({ connectionParams, retryAttempts: 1, on });
  const error = await refusedClient.iterate({ query: print(Changed) }).next().catch((reason: unknown) => reason);
  return { code: (error as CloseEvent).code, attempts };
}

assert.deepEqual(await closing({}), { code: CloseCode.Unauthorized, attempts: 1 });
assert.deepEqual(await closing({ authorization: 'Bearer nonsense' }), { code: CloseCode.Forbidden, attempts: 2 });

/** The cache has the records that the server lists, and each in the category that it is shown in. Gives how many. */
async function checkCache(): Promise<number> {
  const listed = new Map<string, unknown>();
  for (let after: string | null = null, more = true; more;) {
    const { records }: ResultOf<typeof RecordPage> = await user.ask(RecordPage, { after });
    assert(records);
    for (const { category, ...record } of records.nodes) listed.set(record.id, { ...record, category: category.name });
    after = records.pageInfo.endCursor;
    more = records.pageInfo.hasNextPage;
  }
  const cached = ({ __typename, ...record }: CachedRecord) => ({ ...record, category: cache.categoryOf({ __typename, ...record })?.name });
  assert.deepEqual(new Map([...cache.records].map(([key, record]) => [key, cached(record)])), listed);
  return listed.size;
}

isOver = true;
eventClient.dispose();
await Promise.all([client.dispose(), theirClient.dispose()]);
console.log('graphql-ws and graphql-sse: all as expected.');
