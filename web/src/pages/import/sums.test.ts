import { expect, it } from 'vitest';
import { type AmountRow, sumsOf } from './sums.js';

const row = (verdict: AmountRow['verdict'], kind: 'INCOME' | 'EXPENSE', amount: string, currency = 'EUR'): AmountRow => (
  { line: 1, verdict, record: { kind, amount: { amount, currency } } }
);

it('adds up what becomes records, exactly and by currency', () => {
  expect(sumsOf([
    row('NEW', 'EXPENSE', '0.10'),
    row('NEW', 'EXPENSE', '0.20'),
    row('POSSIBLE_DUPLICATE', 'INCOME', '90071992547409.93'),
    row('NEW', 'EXPENSE', '-1.00'),
    row('NEW', 'INCOME', '500', 'JPY'),
    row('NEW', 'INCOME', '1.234', 'BHD'),
  ])).toEqual([
    { currency: 'BHD', income: '1.234', expenses: '0.000', count: 1 },
    { currency: 'EUR', income: '90071992547409.93', expenses: '-0.70', count: 4 },
    { currency: 'JPY', income: '500', expenses: '0', count: 1 },
  ]);
});

it('leaves out what becomes none', () => {
  expect(sumsOf([
    row('ALREADY_IMPORTED', 'EXPENSE', '5.00'),
    row('PENDING', 'EXPENSE', '5.00'),
    row('ZERO', 'EXPENSE', '0.00'),
    { line: 2, verdict: 'PROBLEM', record: null },
  ])).toEqual([]);
});
