// The same client under React Query, whose hooks are thin: what they observe is observed here without React.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { InfiniteQueryObserver, MutationObserver, QueryClient } from '@tanstack/query-core';
import { Refused, Tallybook } from './client.js';
import type { CreateRecordInput, UpdateRecordInput } from './generated/graphql.js';
import { CreateRecord, RecordPage, UpdateRecord } from './operations.js';
import { currencyCode, date, decimal } from './scalars.js';
import { environment } from './settings.js';

const { url, credentials } = environment();
const marker = randomUUID();
// A refusal stays one, however often it is asked for; what passes, `runSafely` has asked again already.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
let tallybook: Tallybook;

before(async () => {
  tallybook = await Tallybook.signIn(url, credentials);
  queries.mount();
});

after(() => {
  queries.unmount();
  queries.clear();
});

const filter = { search: marker };
const key = ['records', filter] as const;

/** useInfiniteQuery */
const list = () => new InfiniteQueryObserver(queries, {
  queryKey: key,
  initialPageParam: null as string | null,
  async queryFn({ pageParam }) {
    const orderBy = { field: 'CREATED_AT', direction: 'DESC' } as const;
    const { records } = await tallybook.runSafely(RecordPage, { filter, orderBy, first: 5, after: pageParam });
    assert(records);
    return records;
  },
  getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : undefined),
});

/** useMutation. The list is asked for again: there is no cache that knows what is in it. */
const creation = () => new MutationObserver(queries, {
  mutationFn: (input: CreateRecordInput) => tallybook.runSafely(CreateRecord, { input }),
  onSuccess: () => queries.invalidateQueries({ queryKey: key }),
});

const update = () => new MutationObserver(queries, {
  mutationFn: (input: UpdateRecordInput) => tallybook.run(UpdateRecord, { input }),
});

function lunch(): CreateRecordInput {
  return {
    kind: 'EXPENSE',
    amount: decimal('12.30'),
    currency: currencyCode('EUR'),
    category: 'Travel',
    date: date('2026-02-28'),
    notes: marker,
    idempotencyKey: randomUUID(),
  };
}

test('a list of pages follows what is created', async () => {
  for (let count = 0; count < 7; count += 1) await creation().mutate(lunch());

  const observer = list();
  const unsubscribe = observer.subscribe(() => {});
  const ids = () => (observer.getCurrentResult().data?.pages ?? []).flatMap(({ edges }) => edges.map(({ node }) => node.id));
  await observer.refetch();
  assert.equal(ids().length, 5);
  assert.equal(observer.getCurrentResult().hasNextPage, true);
  await observer.fetchNextPage();
  assert.equal(observer.getCurrentResult().hasNextPage, false);
  const older = ids();
  assert.equal(new Set(older).size, 7);

  const { createRecord } = await creation().mutate(lunch());
  assert(createRecord);
  assert.deepEqual(ids(), [createRecord.record.id, ...older]);
  unsubscribe();
});

test('a change that another one came before is refused, and made after all', async () => {
  const { createRecord } = await creation().mutate(lunch());
  assert(createRecord);
  const { id, version: expectedVersion } = createRecord.record;
  await update().mutate({ id, expectedVersion, notes: 'theirs' });

  const observer = update();
  const refused = await observer.mutate({ id, expectedVersion, notes: 'mine' }).catch((error: unknown) => error);
  assert(refused instanceof Refused);
  assert.equal(refused.code, 'VERSION_CONFLICT');
  assert(refused.currentVersion === expectedVersion + 1);
  assert.equal(observer.getCurrentResult().error, refused);

  const { updateRecord } = await observer.mutate({ id, expectedVersion: refused.currentVersion, notes: 'mine' });
  assert.deepEqual(updateRecord?.record, { id, notes: 'mine', version: expectedVersion + 2 });
});
