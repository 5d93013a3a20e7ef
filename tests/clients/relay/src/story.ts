// A user's session against a running server, as Relay's store sees it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  commitMutation, ConnectionHandler, createOperationDescriptor, type Environment, fetchQuery, getRequest,
  getSingularSelector, type GraphQLTaggedNode, type MutationParameters, ROOT_ID,
} from 'relay-runtime';
import Append, { type operationsAppendMutation } from './__generated__/operationsAppendMutation.graphql';
import Delete, { type operationsDeleteMutation } from './__generated__/operationsDeleteMutation.graphql';
import EnterSeveral, { type operationsEnterSeveralMutation } from './__generated__/operationsEnterSeveralMutation.graphql';
import List, { type operationsList$data, type operationsList$key } from './__generated__/operationsList.graphql';
import NextPage, { type operationsListPaginationQuery } from './__generated__/operationsListPaginationQuery.graphql';
import ListQuery, { type operationsListQuery } from './__generated__/operationsListQuery.graphql';
import Prepend, { type operationsPrependMutation } from './__generated__/operationsPrependMutation.graphql';
import RefetchRecord, { type operationsRecordRefetchQuery } from './__generated__/operationsRecordRefetchQuery.graphql';
import SignIn, { type operationsSignInMutation } from './__generated__/operationsSignInMutation.graphql';
import Update, { type operationsUpdateMutation } from './__generated__/operationsUpdateMutation.graphql';
import { environmentOf, Refused } from './environment';
import { admin, analyst, endpoint } from './settings';

type Order = { field: 'CREATED_AT'; direction: 'ASC' | 'DESC' };
type ListVariables = { filter: { search: string }; orderBy: Order };

const warnings: string[] = [];
console.warn = (...said: unknown[]) => { warnings.push(said.join(' ')); };
console.error = console.warn;

function mutate<Mutation extends MutationParameters>(
  environment: Environment,
  mutation: GraphQLTaggedNode,
  variables: Mutation['variables'],
): Promise<Mutation['response']> {
  return new Promise((resolve, reject) => {
    commitMutation<Mutation>(environment, { mutation, variables, onCompleted: resolve, onError: reject });
  });
}

async function signIn(input: typeof analyst): Promise<Environment> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { login } = await mutate<operationsSignInMutation>(environmentOf(endpoint, ''), SignIn, { input });
      assert.equal(login?.user.email, input.email);
      return environmentOf(endpoint, login.accessToken);
    } catch (error) {
      // The sixth of several programs that sign in at once with one account is told to wait.
      if (!(error instanceof Refused) || error.extensions.retryAfter === undefined || attempt === 8) throw error;
      await sleep(error.extensions.retryAfter * 1000);
    }
  }
}

/** Loads the first page, and keeps the list in the store as a component that shows it does. */
async function open(environment: Environment, variables: ListVariables) {
  const operation = createOperationDescriptor(getRequest(ListQuery), variables);
  environment.retain(operation);
  await fetchQuery<operationsListQuery>(environment, ListQuery, variables).toPromise();
  return {
    /** Its connection, which edges are put into and taken out of. */
    connection: ConnectionHandler.getConnectionID(ROOT_ID, 'operationsList_records', variables),
    /** What is shown, from the store alone. */
    shown(): NonNullable<operationsList$data['records']> {
      const { data, isMissingData } = environment.lookup(operation.fragment);
      assert.equal(isMissingData, false);
      const selector = getSingularSelector(List, data as operationsList$key);
      assert.equal(selector?.kind, 'SingularReaderSelector');
      const { records } = environment.lookup(selector).data as operationsList$data;
      assert(records);
      return records;
    },
    ids() {
      return this.shown().edges.map(({ node }) => node.id);
    },
  };
}

function lunch(notes: string) {
  return { kind: 'EXPENSE', amount: '12.30', currency: 'USD', category: 'relay', date: '2026-02-28', notes } as const;
}

const marker = randomUUID();
const filter = { search: marker };
const newestFirst: ListVariables = { filter, orderBy: { field: 'CREATED_AT', direction: 'DESC' } };
const oldestFirst: ListVariables = { filter, orderBy: { field: 'CREATED_AT', direction: 'ASC' } };

const environment = await signIn(analyst);
const records = Array.from({ length: 7 }, (_, index) => lunch(`${index} ${marker}`));
const { createRecords } = await mutate<operationsEnterSeveralMutation>(environment, EnterSeveral, { input: { records } });
assert.equal(createRecords?.createdCount, 7);

// Two pages become one list, by the query that @refetchable made.
const list = await open(environment, newestFirst);
const first = list.shown();
assert.equal(first.totalCount, 7);
assert.equal(first.edges.length, 5);
assert.equal(first.pageInfo.hasNextPage, true);
await fetchQuery<operationsListPaginationQuery>(environment, NextPage, { ...newestFirst, count: 5, cursor: first.pageInfo.endCursor }).toPromise();
const both = list.shown();
assert.equal(both.edges.length, 7);
assert.deepEqual(both.edges.slice(0, 5), first.edges);
assert.equal(both.pageInfo.hasNextPage, false);
const older = list.ids();

// A new record is the first of one list and the last of the other.
const reversed = await open(environment, oldestFirst);
const { endCursor } = reversed.shown().pageInfo;
await fetchQuery<operationsListPaginationQuery>(environment, NextPage, { ...oldestFirst, count: 5, cursor: endCursor }).toPromise();
assert.deepEqual(reversed.ids(), older.toReversed());
const prepended = await mutate<operationsPrependMutation>(environment, Prepend, {
  input: lunch(`new ${marker}`), ...newestFirst, connections: [list.connection],
});
const created = prepended.createRecord?.recordEdge?.node;
assert(created);
assert.deepEqual(list.ids(), [created.id, ...older]);
const appended = await mutate<operationsAppendMutation>(environment, Append, {
  input: lunch(`newest ${marker}`), ...oldestFirst, connections: [reversed.connection],
});
const newest = appended.createRecord?.recordEdge?.node;
assert(newest);
assert.deepEqual(reversed.ids(), [...older.toReversed(), newest.id]);
// Where it is not in the list, there is no edge, and nothing is put in.
const elsewhere = await mutate<operationsPrependMutation>(environment, Prepend, {
  input: lunch('elsewhere'), ...newestFirst, connections: [list.connection],
});
assert.equal(elsewhere.createRecord?.recordEdge, null);
// Relay mentions that in development, and goes on.
assert.deepEqual(warnings.splice(0), ['Warning: MutationHandlers: Expected the server edge to be non-null.']);
assert.deepEqual(list.ids(), [created.id, ...older]);

// A change that another one came before.
const { id, version } = created;
const update = (notes: string, expectedVersion: number) => (
  mutate<operationsUpdateMutation>(environment, Update, { input: { id, expectedVersion, notes } })
);
await update(`theirs ${marker}`, version);
assert.equal(list.shown().edges[0]?.node.notes, `theirs ${marker}`);
const refused = await update(`mine ${marker}`, version).catch((error: unknown) => error);
assert(refused instanceof Refused);
assert.equal(refused.extensions.code, 'VERSION_CONFLICT');
assert.equal(refused.extensions.currentVersion, version + 1);
await update(`mine ${marker}`, refused.extensions.currentVersion);
assert.equal(list.shown().edges[0]?.node.notes, `mine ${marker}`);
assert.equal(list.shown().edges[0]?.node.version, version + 2);

// An admin changes it and deletes another one; the analyst's store learns of the first by its id.
const admins = await signIn(admin);
const theirs = await open(admins, newestFirst);
await mutate<operationsUpdateMutation>(admins, Update, { input: { id, notes: `checked ${marker}` } });
await fetchQuery<operationsRecordRefetchQuery>(environment, RefetchRecord, { id }).toPromise();
assert.equal(list.shown().edges[0]?.node.notes, `checked ${marker}`);
assert.deepEqual(theirs.ids(), [newest.id, id, ...older.slice(0, 3)]);
await mutate<operationsDeleteMutation>(admins, Delete, { input: { id: newest.id }, connections: [theirs.connection] });
assert.deepEqual(theirs.ids(), [id, ...older.slice(0, 3)]);

assert.deepEqual(warnings, []);
console.log('Relay: all as expected, without another warning than that of an edge that is null.');
