// What the rows of an import add up to. Only whole numbers are added.

import type { ResultOf } from '../../graphql/index.js';
import type { RowAmounts } from './documents.js';

export type AmountRow = NonNullable<NonNullable<ResultOf<typeof RowAmounts>['import']>['preview']>[number];

export type Sum = { currency: string; income: string; expenses: string; count: number };

/** The rows that become records, by currency. */
export function sumsOf(rows: readonly AmountRow[]): Sum[] {
  const sums = new Map<string, { digits: number; income: bigint; expenses: bigint; count: number }>();
  for (const { verdict, record } of rows) {
    if (!record || (verdict !== 'NEW' && verdict !== 'POSSIBLE_DUPLICATE')) continue;
    const { amount, currency } = record.amount;
    const [, fraction = ''] = amount.split('.');
    const sum = sums.get(currency) ?? { digits: fraction.length, income: 0n, expenses: 0n, count: 0 };
    sum[record.kind === 'INCOME' ? 'income' : 'expenses'] += BigInt(amount.replace('.', ''));
    sum.count += 1;
    sums.set(currency, sum);
  }
  return [...sums]
    .map(([currency, { digits, income, expenses, count }]) => ({ currency, income: written(income, digits), expenses: written(expenses, digits), count }))
    .sort((one, other) => one.currency.localeCompare(other.currency));
}

function written(units: bigint, digits: number): string {
  const size = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const amount = digits === 0 ? size : `${size.slice(0, -digits)}.${size.slice(-digits)}`;
  return units < 0n ? `-${amount}` : amount;
}
