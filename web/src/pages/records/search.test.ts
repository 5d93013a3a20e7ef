import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../../app/search.js';
import { filterOf, nextSort, orderOf, recordsSearch } from './search.js';

const filterAt = (address: string) => filterOf(recordsSearch(parseSearch(address)));

test('an address without conditions means all records, newest first', () => {
  expect(filterAt('')).toEqual({});
  expect(orderOf(undefined)).toEqual({ field: 'DATE', direction: 'DESC' });
});

test('every condition of the API has a parameter', () => {
  expect(filterAt(
    '?search=rent&kind=EXPENSE&category=Rent&category=Travel&categoryId=category_1&from=2026-01-01&to=2026-03-31&minAmount=-5&maxAmount=10.50'
    + '&currency=EUR&currency=USD&counterparty=Bahn&createdBy=user_1&importId=import_1&createdFrom=2026-01-01&createdTo=2026-02-01T10:00:00Z'
    + '&updatedFrom=2026-03-01T00:00:00Z&deleted=ONLY&id=record_1',
  )).toEqual({
    search: 'rent',
    kind: 'EXPENSE',
    categories: ['Rent', 'Travel'],
    categoryIds: ['category_1'],
    from: '2026-01-01',
    to: '2026-03-31',
    minAmount: '-5',
    maxAmount: '10.50',
    currencies: ['EUR', 'USD'],
    counterparty: 'Bahn',
    createdByIds: ['user_1'],
    importId: 'import_1',
    createdAt: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T10:00:00Z' },
    updatedAt: { from: '2026-03-01T00:00:00Z', to: null },
    deleted: 'ONLY',
    ids: ['record_1'],
  });
});

test('what no list can be narrowed by is left out', () => {
  expect(filterAt('?kind=LOSS&deleted=MAYBE&category=&sort=colour&search=%20')).toEqual({});
  expect(recordsSearch({ sort: 'colour' }).sort).toBeUndefined();
});

test('an address stays the same when it is read and written', () => {
  const written = '?search=two%20words&kind=INCOME&category=R%26D&category=Rent&sort=-amount&record=record_1';
  expect(stringifySearch(recordsSearch(parseSearch(written)))).toBe(written);
});

test('a header sorts by its greatest first, then by its least', () => {
  expect(nextSort(undefined, 'date')).toBe('date');
  expect(nextSort('date', 'date')).toBe('-date');
  expect(nextSort('date', 'amount')).toBe('-amount');
  expect(nextSort('-amount', 'amount')).toBe('amount');
  expect(orderOf('amount')).toEqual({ field: 'AMOUNT', direction: 'ASC' });
});
