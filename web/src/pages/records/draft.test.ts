import { expect, test } from 'vitest';
import { changedFields, conflictsOf, type Draft, inputOf, problemsOfDraft, rebased } from './draft.js';

const before: Draft = { kind: 'EXPENSE', amount: '12.50', currency: 'EUR', category: 'Travel', counterparty: '', date: '2026-11-20', notes: '' };

test('only what was changed is sent, without blanks around it', () => {
  const now = { ...before, amount: '13', counterparty: ' Bahn ' };
  expect(changedFields(before, now)).toEqual(['amount', 'counterparty']);
  expect(inputOf(now, '13', ['amount', 'counterparty'])).toEqual({ amount: '13', counterparty: 'Bahn' });
});

test('mine goes on top of theirs, and what neither touched stays', () => {
  const theirs = { ...before, amount: '318.60', notes: 'theirs' };
  const mine = { ...before, amount: '381.60', category: 'Rent' };
  expect(rebased(before, theirs, mine)).toEqual({ ...before, amount: '381.60', notes: 'theirs', category: 'Rent' });
  expect(conflictsOf(before, theirs, mine)).toEqual([{ field: 'amount', theirs: '318.60', mine: '381.60' }]);
  expect(conflictsOf(before, theirs, { ...mine, amount: '318.60' })).toEqual([]);
});

test('what is wrong is known before it is sent', () => {
  const fields = (draft: Partial<Draft>, amount = '1', through: string | null = null) => (
    problemsOfDraft({ ...before, ...draft }, { amount }, through).map(({ field, problem }) => `${field} ${problem.problem}`)
  );
  expect(fields({})).toEqual([]);
  expect(fields({ category: ' ', date: '' }, '-0.00')).toEqual(['amount zero', 'category empty', 'date empty']);
  expect(fields({ date: '2025-12-31' }, '1', '2025-12-31')).toEqual(['date closed']);
  expect(fields({ date: '2026-01-01' }, '1', '2025-12-31')).toEqual([]);
  expect(problemsOfDraft(before, { problem: 'tooPrecise' }, null)).toHaveLength(1);
});
