// A user's session against a running server.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TadaDocumentNode, VariablesOf } from 'gql.tada';
import { Refused, run } from './client.js';
import { CreateRecord, EnterSeveral, RecordPage, SignIn, UpdateRecord } from './operations.js';
import { analyst, endpoint } from './settings.js';

async function signIn(): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { login } = await run(endpoint, '', SignIn, { input: analyst });
      assert(login);
      return login.accessToken;
    } catch (error) {
      // The sixth of several programs that sign in at once with one account is told to wait.
      if (!(error instanceof Refused) || error.retryAfter === undefined || attempt === 8) throw error;
      await sleep(error.retryAfter * 1000);
    }
  }
}

const token = await signIn();
const ask = <Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables) => (
  run(endpoint, token, document, variables)
);

type NewRecord = VariablesOf<typeof EnterSeveral>['input']['records'][number];
const lunch = (notes: string): NewRecord => (
  { kind: 'EXPENSE', amount: '12.30', currency: 'USD', category: 'tada', date: '2026-02-28', notes }
);

const marker = randomUUID();
const input = { records: Array.from({ length: 7 }, (_, index) => lunch(`${index} ${marker}`)) };
const { createRecords } = await ask(EnterSeveral, { input });
assert.equal(createRecords?.createdCount, 7);

// The second page goes on where the first one ends.
const list: VariablesOf<typeof RecordPage> = { filter: { search: marker }, orderBy: { field: 'CREATED_AT', direction: 'DESC' }, first: 5 };
const { records: first } = await ask(RecordPage, list);
assert.equal(first?.totalCount, 7);
assert.equal(first.pageInfo.hasNextPage, true);
const { records: second } = await ask(RecordPage, { ...list, after: first.pageInfo.endCursor });
assert.equal(second?.pageInfo.hasPreviousPage, true);
assert.equal(second.pageInfo.hasNextPage, false);
const both = [...first.edges, ...second.edges].map(({ node }) => node.id);
assert.deepEqual([first.edges.length, new Set(both).size], [5, 7]);

const { createRecord } = await ask(CreateRecord, { input: lunch(`new ${marker}`) });
assert(createRecord);
const { id, version, amount } = createRecord.record;
// The compiler knows these for texts.
const exact: [amount: string, minor: string] | undefined = amount ? [amount.amount, amount.minorUnits] : undefined;
assert.deepEqual(exact, ['12.30', '1230']);

// A change that another one came before.
const update = (notes: string, expectedVersion: number) => ask(UpdateRecord, { input: { id, expectedVersion, notes } });
const { updateRecord: theirs } = await update(`theirs ${marker}`, version);
assert.equal(theirs?.record.version, version + 1);
const refused = await update(`mine ${marker}`, version).catch((error: unknown) => error);
assert(refused instanceof Refused);
assert.equal(refused.code, 'VERSION_CONFLICT');
assert(refused.currentVersion === version + 1);
const { updateRecord: mine } = await update(`mine ${marker}`, refused.currentVersion);
assert.equal(mine?.record.notes, `mine ${marker}`);
assert.equal(mine.record.version, version + 2);

const { records: now } = await ask(RecordPage, list);
assert.deepEqual(now?.edges.map(({ node }) => node.id), [id, ...both.slice(0, 4)]);
console.log('gql.tada: all as expected.');
