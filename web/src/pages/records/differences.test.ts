import { expect, test } from 'vitest';
import { differencesOf } from './differences.js';

test('both versions are in words, and what is empty is named', () => {
  expect(differencesOf([
    { field: 'kind', theirs: 'INCOME', mine: 'EXPENSE' },
    { field: 'notes', theirs: '', mine: 'Lunch' },
    { field: 'amount', theirs: '318.60', mine: '381.60' },
  ])).toEqual([
    { label: 'Kind', theirs: 'Income', yours: 'Expense' },
    { label: 'Notes', theirs: 'nothing', yours: 'Lunch' },
    { label: 'Amount', theirs: '318.60', yours: '381.60' },
  ]);
});
