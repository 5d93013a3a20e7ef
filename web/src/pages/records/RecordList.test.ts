import { expect, test } from 'vitest';
import type { ListedRecord } from './documents.js';
import { type PageAnswer, RecordList } from './RecordList.js';

function record(id: string, date: string, changes: Partial<ListedRecord> = {}): ListedRecord {
  return {
    id,
    kind: 'EXPENSE',
    date,
    amount: { amount: '1.00', currency: 'USD', minorUnits: '100' },
    counterparty: null,
    notes: '',
    category: { id: 'category_1', name: 'Rent' },
    ownCategoryId: 'category_1',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    updatedBy: { id: 'user_1', name: 'Ana' },
    deletedAt: null,
    version: 1,
    viewerCanUpdate: true,
    viewerCanDelete: false,
    viewerCanRestore: false,
    ...changes,
  };
}

const newestFirst = { field: 'DATE', direction: 'DESC' } as const;
const pages: Record<string, PageAnswer> = {
  '': { page: { records: [record('d', '2026-01-04'), record('c', '2026-01-03')], endCursor: 'c', hasNextPage: true } },
  'c': { page: { records: [record('b', '2026-01-02')], endCursor: 'b', hasNextPage: false } },
};

async function loaded(count: number) {
  const list = new RecordList((after) => Promise.resolve(pages[after ?? ''] ?? { error: undefined }), newestFirst);
  for (let page = 0; page < count; page += 1) await list.loadMore();
  return { list, ids: () => list.state().records.map(({ id }) => id).join('') };
}

test('pages follow each other, and nothing after the last is asked for', async () => {
  const { list, ids } = await loaded(3);
  expect(ids()).toBe('dcb');
  expect(list.state().hasMore).toBe(false);
});

test('a new record stands at its place, one beyond the last page waits for its own', async () => {
  const { list, ids } = await loaded(1);
  list.change('x', record('x', '2026-01-05'));
  list.change('y', record('y', '2026-01-03', { createdAt: '2026-01-02T00:00:00.5Z' }));
  list.change('z', record('z', '2025-01-01'));
  expect(ids()).toBe('xdyc');
  await list.loadMore();
  list.change('z', record('z', '2025-01-01'));
  expect(ids()).toBe('xdycbz');
});

test('a changed record moves, one that does not belong here any more goes', async () => {
  const { list, ids } = await loaded(2);
  list.change('b', record('b', '2026-02-01', { version: 2 }));
  expect(ids()).toBe('bdc');
  list.change('c', null);
  expect(ids()).toBe('bd');
});

test('a late answer does not undo a newer one', async () => {
  const { list } = await loaded(1);
  list.change('d', record('d', '2026-01-04', { version: 3, notes: 'new' }));
  list.change('d', record('d', '2026-01-04', { version: 2, notes: 'old' }));
  expect(list.state().records[0]?.notes).toBe('new');
});

test('a category that is renamed or merged is shown as it is called now', async () => {
  const { list } = await loaded(1);
  list.changeCategory({ id: 'category_1', name: 'Rents', mergedInto: null });
  expect(list.state().records.map(({ category }) => category.name)).toEqual(['Rents', 'Rents']);
  list.changeCategory({ id: 'category_1', name: 'Rents', mergedInto: { id: 'category_2', name: 'House' } });
  expect(list.state().records[0]?.category).toEqual({ id: 'category_2', name: 'House' });
  list.changeCategory({ id: 'category_1', name: 'Rents', mergedInto: null });
  expect(list.state().records[0]?.category).toEqual({ id: 'category_1', name: 'Rents' });
});

test('an error stays until it is asked again', async () => {
  let isAway = true;
  const list = new RecordList((after) => Promise.resolve(isAway ? { error: new Error('away') as never } : pages[after ?? ''] ?? { error: undefined }), newestFirst);
  await list.loadMore();
  expect(list.state().error).toBeDefined();
  isAway = false;
  await list.reload();
  expect(list.state()).toMatchObject({ error: undefined, isLoading: false, hasMore: true });
  expect(list.state().records).toHaveLength(2);
});
