import { expect, test } from 'vitest';
import type { Problem } from '../../graphql/errors.js';
import { type Answer, inBatches, targetsOf, waysBack } from './bulk.js';
import { everything } from './selection.js';

const problem: Problem = { message: 'The books are closed.', code: 'PERIOD_CLOSED', field: null, requestId: null, extensions: {} };

/** Reads these, one batch after the other, and then none. */
function reading(batches: number[][]) {
  const left = [...batches];
  return () => Promise.resolve<Answer<number[]>>({ value: left.shift() ?? [] });
}

test('goes on until nothing is left, and says how far it is', async () => {
  const told: number[] = [];
  const changed: (readonly number[])[] = [];
  const outcome = await inBatches({
    read: reading([[1, 2], [3, 4], [5]]),
    change: (batch) => {
      changed.push(batch);
      return Promise.resolve({ value: batch.length });
    },
    isStopped: () => false,
    tell: (done) => told.push(done),
  });
  expect(outcome).toEqual({ done: 5, problems: [], isStopped: false });
  expect(changed).toEqual([[1, 2], [3, 4], [5]]);
  expect(told).toEqual([2, 4, 5]);
});

test('stops between two batches, and not after the last one', async () => {
  let isStopped = false;
  const run = (batches: number[][]) => inBatches({
    read: reading(batches),
    change: (batch) => {
      isStopped = true;
      return Promise.resolve({ value: batch.length });
    },
    isStopped: () => isStopped,
    tell: () => {},
  });
  expect(await run([[1, 2], [3]])).toEqual({ done: 2, problems: [], isStopped: true });
  isStopped = false;
  expect(await run([[1, 2]])).toEqual({ done: 2, problems: [], isStopped: false });
});

test('a refusal ends it, whether of reading or of changing, with what was done before', async () => {
  const answers: Answer<number>[] = [{ value: 2 }, { problems: [problem] }];
  const change = () => Promise.resolve(answers.shift() ?? { value: 0 });
  expect(await inBatches({ read: reading([[1, 2], [3, 4], [5]]), change, isStopped: () => false, tell: () => {} }))
    .toEqual({ done: 2, problems: [problem], isStopped: false });
  expect(await inBatches({ read: () => Promise.resolve({ problems: [problem] }), change, isStopped: () => false, tell: () => {} }))
    .toEqual({ done: 0, problems: [problem], isStopped: false });
});

test('all means the filter, some mean their ids, and only restoring means deleted ones', () => {
  expect(targetsOf('delete', everything, { kind: 'EXPENSE', deleted: 'INCLUDE' })).toEqual([{ kind: 'EXPENSE', deleted: 'EXCLUDE' }]);
  expect(targetsOf('restore', everything, { deleted: 'ONLY' })).toEqual([{ deleted: 'ONLY' }]);
  const ids = Array.from({ length: 501 }, (_, at) => String(at));
  expect(targetsOf('recategorise', { isAll: false, ids: new Set(ids) }, { kind: 'EXPENSE' })).toEqual([
    { ids: ids.slice(0, 500), deleted: 'EXCLUDE' },
    { ids: ['500'], deleted: 'EXCLUDE' },
  ]);
});

test('one request for each former category, and for each 500 of them', () => {
  expect(waysBack(new Map([['a', 'Rent'], ['b', 'Travel'], ['c', 'Rent']]))).toEqual([
    { category: 'Rent', ids: ['a', 'c'] },
    { category: 'Travel', ids: ['b'] },
  ]);
  const many = new Map(Array.from({ length: 1001 }, (_, at) => [String(at), 'Rent']));
  expect(waysBack(many).map(({ ids }) => ids.length)).toEqual([500, 500, 1]);
});
