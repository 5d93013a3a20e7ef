// A user's session against a running server, once with documents by POST and once by GET. Nothing that the cache
// says while it develops may be a warning.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyVariables, type Client, gql, type OperationResult } from '@urql/core';
import { clientOf } from './client.js';
import type { CreateRecordsItem, RecordFilter, RecordOrder } from './generated/graphql.js';
import introspection from './generated/introspection.js';
import { keys } from './keys.js';
import { CreateRecord, DashboardCount, DeleteRecord, EnterSeveral, EveryKind, RecordPage, SignIn, UpdateRecord } from './operations.js';
import { admin, analyst, endpoint } from './settings.js';

const warnings: string[] = [];
const logger = (severity: string, message: string) => {
  if (severity !== 'debug') warnings.push(`${severity}: ${message}`);
};
console.warn = (...said: unknown[]) => logger('warn', said.join(' '));
console.error = (...said: unknown[]) => logger('error', said.join(' '));

/** What went over the wire. */
type Sent = { method: string; text: boolean; hash: boolean; known: boolean };
const sent: Sent[] = [];

const watched: typeof fetch = async (resource, init) => {
  const response = await fetch(resource, init);
  const method = init?.method ?? 'GET';
  const parameters = method === 'GET'
    ? Object.fromEntries(new URL(String(resource)).searchParams)
    : JSON.parse(String(init?.body)) as Record<string, unknown>;
  const known = !(await response.clone().text()).includes('PersistedQueryNotFound');
  sent.push({ method, text: 'query' in parameters, hash: 'extensions' in parameters, known });
  return response;
};

const newClient = (token: string, get: boolean) => clientOf({ url: endpoint, token, get, fetch: watched, logger });

/** The data of an answer without errors. */
async function told<Data, Variables extends AnyVariables>(answer: PromiseLike<OperationResult<Data, Variables>>) {
  const { data, error } = await answer;
  assert.equal(error, undefined);
  assert(data);
  return data;
}

async function signIn(input: typeof analyst): Promise<string> {
  const client = newClient('', false);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.mutation(SignIn, { input }).toPromise();
    const wait: unknown = answer.error?.graphQLErrors[0]?.extensions['retryAfter'];
    // The sixth of several programs that sign in at once with one account is told to wait.
    if (typeof wait === 'number' && attempt < 8) {
      await sleep(wait * 1000);
      continue;
    }
    const { login } = await told(Promise.resolve(answer));
    assert.equal(login?.user.email, input.email);
    return login.accessToken;
  }
}

const tokens = { analyst: await signIn(analyst), admin: await signIn(admin) };

function lunch(notes: string): CreateRecordsItem {
  return { kind: 'EXPENSE', amount: '12.30', currency: 'USD', category: 'urql', date: '2026-02-28', notes };
}

async function story(get: boolean): Promise<void> {
  const marker = randomUUID();
  const filter: RecordFilter = { search: marker };
  const orderBy: RecordOrder = { field: 'CREATED_AT', direction: 'DESC' };
  const client = newClient(tokens.analyst, get);

  const records = Array.from({ length: 7 }, (_, index) => lunch(`${index} ${marker}`));
  const { createRecords } = await told(client.mutation(EnterSeveral, { input: { records } }).toPromise());
  assert.equal(createRecords?.createdCount, 7);

  // Two pages, and what was shown of the first is shown of both.
  const list = { filter, orderBy, first: 5 };
  const { records: first } = await told(client.query(RecordPage, list).toPromise());
  assert.equal(first?.totalCount, 7);
  assert.equal(first.edges.length, 5);
  assert.equal(first.pageInfo.hasNextPage, true);
  await told(client.query(RecordPage, { ...list, after: first.pageInfo.endCursor }).toPromise());
  const both = await cached(client, list);
  assert.equal(both.edges.length, 7);
  assert.deepEqual(both.edges.slice(0, 5), first.edges);
  assert.equal(both.pageInfo.hasNextPage, false);

  // The list has the new record, and the dashboard counts it, without being asked for again.
  const counted = async (policy?: 'cache-only') => {
    const { dashboard } = await told(client.query(DashboardCount, {}, policy && { requestPolicy: policy }).toPromise());
    assert(dashboard);
    return dashboard.summary.recordCount;
  };
  const before = await counted();
  const { createRecord } = await told(client.mutation(CreateRecord, { input: lunch(`new ${marker}`), filter, orderBy }).toPromise());
  assert(createRecord?.recordEdge);
  const { id, version } = createRecord.recordEdge.node;
  assert.deepEqual((await cached(client, list)).edges.map(({ node }) => node.id), [id, ...both.edges.map(({ node }) => node.id)]);
  assert.equal(await counted('cache-only'), before + 1);
  // One that is not in the list has no edge there.
  const { createRecord: other } = await told(client.mutation(CreateRecord, { input: lunch('elsewhere'), filter, orderBy }).toPromise());
  assert.equal(other?.recordEdge, null);
  assert.equal((await cached(client, list)).edges.length, 8);

  // A change that another one came before.
  await told(client.mutation(UpdateRecord, { input: { id, expectedVersion: version, notes: `theirs ${marker}` } }).toPromise());
  assert.equal((await cached(client, list)).edges[0]?.node.notes, `theirs ${marker}`);
  const input = { id, expectedVersion: version, notes: `mine ${marker}` };
  const { error } = await client.mutation(UpdateRecord, { input }).toPromise();
  const refusal = error?.graphQLErrors[0]?.extensions;
  assert.equal(refusal?.['code'], 'VERSION_CONFLICT');
  assert.equal(refusal['currentVersion'], version + 1);
  assert.equal((await cached(client, list)).edges[0]?.node.notes, `theirs ${marker}`);
  await told(client.mutation(UpdateRecord, { input: { ...input, expectedVersion: refusal['currentVersion'] } }).toPromise());
  const [mine] = (await cached(client, list)).edges;
  assert.equal(mine?.node.notes, `mine ${marker}`);
  assert.equal(mine.node.version, version + 2);

  // Objects of all kinds come back out of the cache as they went in.
  const everything = { sample: Buffer.from('Date,Amount\n2026-02-28,12.30\n').toString('base64') };
  const asked = await told(client.query(EveryKind, everything).toPromise());
  assert.deepEqual(await told(client.query(EveryKind, everything, { requestPolicy: 'cache-only' }).toPromise()), asked);

  // An admin deletes it, and their list does not have it any more.
  const admins = newClient(tokens.admin, get);
  assert.equal((await told(admins.query(RecordPage, list).toPromise())).records?.edges[0]?.node.id, id);
  await told(admins.mutation(DeleteRecord, { input: { id } }).toPromise());
  assert.deepEqual((await cached(admins, list)).edges.map(({ node }) => node.id), both.edges.slice(0, 4).map(({ node }) => node.id));
}

/** The list as it is shown: from the cache alone. */
async function cached(client: Client, variables: { filter: RecordFilter; orderBy: RecordOrder; first: number }) {
  const { records } = await told(client.query(RecordPage, variables, { requestPolicy: 'cache-only' }).toPromise());
  assert(records);
  return records;
}

/** `keys` has each type that has no id, except those that Graphcache does not ask for. */
function checkKeys(): void {
  const without = introspection.__schema.types.flatMap((type) => (
    type.kind === 'OBJECT'
    // The id of a change is that of what changed.
    && (type.name === 'Change' || !type.fields.some(({ name }) => name === 'id'))
    && !/^(Query|Mutation|Subscription|PageInfo|.*(Connection|Edge|Payload))$/.test(type.name)
      ? [type.name]
      : []
  ));
  assert.deepEqual(Object.keys(keys).sort(), without.sort());
}

/** The hash is sent first, the text with it where the hash is not known, and from then on the hash alone. */
async function checkHashes(get: boolean): Promise<void> {
  const client = newClient(tokens.analyst, get);
  const document = gql<{ me: { id: string } | null }, Record<string, never>>(`query Run_${randomUUID().replaceAll('-', '')} { me { id } }`);
  sent.length = 0;
  await told(client.query(document, {}).toPromise());
  await told(client.query(document, {}, { requestPolicy: 'network-only' }).toPromise());
  const method = get ? 'GET' : 'POST';
  assert.deepEqual(sent, [
    { method, hash: true, text: false, known: false },
    { method, hash: true, text: true, known: true },
    { method, hash: true, text: false, known: true },
  ]);
}

checkKeys();
for (const get of [false, true]) {
  sent.length = 0;
  await story(get);
  // Mutations, that of the password among them, are sent as they are.
  assert.deepEqual([...new Set(sent.filter(({ hash }) => hash).map(({ method }) => method))], [get ? 'GET' : 'POST']);
  assert(sent.every(({ hash, method, text }) => hash || (method === 'POST' && text)));
  await checkHashes(get);
}
assert.deepEqual(warnings, []);
console.log('urql: all as expected, by POST and by GET, without a warning.');
