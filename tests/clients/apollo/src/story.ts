// A user's session against a running server, once with documents by POST and once by GET.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApolloClient, CombinedGraphQLErrors, type TypedDocumentNode } from '@apollo/client/core';
import { parse } from 'graphql';
import { clientOf, forgetRecord, prependEdge } from './client.js';
import type { CreateRecordsItem, RecordFilter, RecordOrder, RecordPageQuery } from './generated/graphql.js';
import {
  CreateRecord, DashboardCount, DeleteRecord, EnterSeveral, OneNode, RecordPage, SignIn, UpdateRecord,
} from './operations.js';
import { admin, analyst, endpoint } from './settings.js';

const warnings: string[] = [];
console.warn = (...said: unknown[]) => { warnings.push(said.join(' ')); };
console.error = console.warn;

/** What went over the wire. */
type Sent = { operation: string; method: string; text: boolean; known: boolean };
const sent: Sent[] = [];

const watched: typeof fetch = async (resource, init) => {
  const response = await fetch(resource, init);
  const method = init?.method ?? 'GET';
  const parameters = method === 'GET'
    ? Object.fromEntries(new URL(String(resource)).searchParams)
    : JSON.parse(String(init?.body)) as Record<string, unknown>;
  assert('extensions' in parameters, 'without a hash');
  const known = !(await response.clone().text()).includes('PersistedQueryNotFound');
  sent.push({ operation: String(parameters['operationName']), method, text: 'query' in parameters, known });
  return response;
};

const newClient = (token: string, get: boolean) => clientOf({ url: endpoint, token, get, fetch: watched });

async function signIn(input: typeof analyst): Promise<string> {
  const client = newClient('', false);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { data } = await client.mutate({ mutation: SignIn, variables: { input } });
      assert.equal(data?.login?.user.email, input.email);
      return data.login.accessToken;
    } catch (error) {
      // The sixth of several programs that sign in at once with one account is told to wait.
      const wait: unknown = CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.['retryAfter'] : undefined;
      if (typeof wait !== 'number' || attempt === 8) throw error;
      await sleep(wait * 1000);
    }
  }
}

const tokens = { analyst: await signIn(analyst), admin: await signIn(admin) };
// A document that takes a password is never known, whatever it was answered.
const signIns = sent.splice(0).map(({ text, known }) => [text, known]);
assert.deepEqual(signIns, Array.from(signIns, (_, index) => [index % 2 === 1, index % 2 === 1]));

function lunch(notes: string): CreateRecordsItem {
  return { kind: 'EXPENSE', amount: '12.30', currency: 'USD', category: 'apollo', date: '2026-02-28', notes };
}

const idsOf = (shown: RecordPageQuery | undefined) => shown?.records?.edges.map(({ node }) => node.id);

async function story(get: boolean): Promise<void> {
  const marker = randomUUID();
  const filter: RecordFilter = { search: marker };
  const orderBy: RecordOrder = { field: 'CREATED_AT', direction: 'DESC' };
  const client = newClient(tokens.analyst, get);

  const records = Array.from({ length: 7 }, (_, index) => lunch(`${index} ${marker}`));
  const { data: entered } = await client.mutate({ mutation: EnterSeveral, variables: { input: { records } } });
  assert.equal(entered?.createRecords?.createdCount, 7);

  // Two pages, which become one list for whoever watches it.
  const { shown, list } = await watch(client, { filter, orderBy, first: 5 });
  const first = (await shown())?.records;
  assert.equal(first?.totalCount, 7);
  assert.equal(first.edges.length, 5);
  assert.equal(first.pageInfo.hasNextPage, true);
  await list.fetchMore({ variables: { after: first.pageInfo.endCursor } });
  const both = (await shown())?.records;
  assert.equal(both?.edges.length, 7);
  assert.deepEqual(both.edges.slice(0, 5), first.edges);
  assert.equal(both.pageInfo.hasNextPage, false);
  const older = both.edges.map(({ node }) => node.id);

  // The list has the new record, and the dashboard counts it, without being asked for again.
  const { data: before } = await client.query({ query: DashboardCount });
  const create = async (notes: string) => {
    const { data } = await client.mutate({
      mutation: CreateRecord,
      variables: { input: lunch(notes), filter, orderBy },
      update(cache, { data: created }) {
        const edge = created?.createRecord?.recordEdge;
        if (edge) prependEdge(cache, edge, { filter, orderBy });
      },
    });
    assert(data?.createRecord);
    return data.createRecord;
  };
  const { recordEdge } = await create(`new ${marker}`);
  assert(recordEdge && before?.dashboard);
  const { id, version } = recordEdge.node;
  assert.deepEqual(idsOf(await shown()), [id, ...older]);
  assert.equal((await shown())?.records?.edges[0]?.cursor, recordEdge.cursor);
  const counted = client.readQuery({ query: DashboardCount });
  assert.equal(counted?.dashboard?.summary.recordCount, before.dashboard.summary.recordCount + 1);
  // One that is not in the list has no edge there.
  assert.equal((await create('elsewhere')).recordEdge, null);
  assert.deepEqual(idsOf(await shown()), [id, ...older]);

  // A change that another one came before.
  const update = (notes: string, expectedVersion: number) => (
    client.mutate({ mutation: UpdateRecord, variables: { input: { id, expectedVersion, notes } } })
  );
  await update(`theirs ${marker}`, version);
  assert.equal((await shown())?.records?.edges[0]?.node.notes, `theirs ${marker}`);
  const refused = await update(`mine ${marker}`, version).catch((error: unknown) => error);
  assert(CombinedGraphQLErrors.is(refused));
  const refusal = refused.errors[0]?.extensions;
  assert.equal(refusal?.['code'], 'VERSION_CONFLICT');
  assert.equal(refusal['currentVersion'], version + 1);
  await update(`mine ${marker}`, version + 1);
  assert.equal((await shown())?.records?.edges[0]?.node.notes, `mine ${marker}`);
  assert.equal((await shown())?.records?.edges[0]?.node.version, version + 2);

  const { data: found } = await client.query({ query: OneNode, variables: { id } });
  assert.deepEqual(found?.node, { __typename: 'FinancialRecord', id, notes: `mine ${marker}` });

  // An admin deletes it, and their list does not have it any more.
  const admins = newClient(tokens.admin, get);
  const theirs = await watch(admins, { filter, orderBy, first: 5 });
  assert.deepEqual(idsOf(await theirs.shown()), [id, ...older.slice(0, 4)]);
  await admins.mutate({
    mutation: DeleteRecord,
    variables: { input: { id } },
    update(cache, { data }) {
      const gone = data?.deleteRecord?.deletedRecordId;
      if (gone) forgetRecord(cache, gone);
    },
  });
  assert.deepEqual(idsOf(await theirs.shown()), older.slice(0, 4));
  list.stop();
  theirs.list.stop();
}

/** Watches a list as a page does. `shown` is what it shows a moment after a change, as the cache tells it late. */
async function watch(client: ApolloClient, variables: { filter: RecordFilter; orderBy: RecordOrder; first: number }) {
  const list = client.watchQuery({ query: RecordPage, variables });
  let last: RecordPageQuery | undefined;
  await new Promise<void>((resolve, reject) => {
    list.subscribe(({ data, dataState, error, loading }) => {
      if (error) return reject(error);
      if (dataState === 'complete') last = data;
      if (!loading) resolve();
    });
  });
  return {
    list,
    async shown() {
      await sleep(100);
      return last;
    },
  };
}

/** The hash is sent first, the text with it where the hash is not known, and from then on the hash alone. */
async function checkHashes(get: boolean): Promise<void> {
  const operation = `Run_${randomUUID().replaceAll('-', '')}`;
  const query: TypedDocumentNode<{ me: { id: string } | null }> = parse(`query ${operation} { me { id } }`);
  const client = newClient(tokens.analyst, get);
  await client.query({ query });
  await client.query({ query, fetchPolicy: 'network-only' });
  const method = get ? 'GET' : 'POST';
  assert.deepEqual(sent.filter((request) => request.operation === operation), [
    { operation, method, text: false, known: false },
    // The text is sent by the method that was set before.
    { operation, method: 'POST', text: true, known: true },
    { operation, method, text: false, known: true },
  ]);
}

for (const get of [false, true]) {
  sent.length = 0;
  await story(get);
  await checkHashes(get);
  const mutations = ['EnterSeveral', 'CreateRecord', 'UpdateRecord', 'DeleteRecord'];
  assert(sent.every(({ operation, method, text }) => (
    method === (get && !text && !mutations.includes(operation) ? 'GET' : 'POST')
  )));
}
assert.deepEqual(warnings, []);
console.log('Apollo Client: all as expected, by POST and by GET, without a warning.');
