import { describe, expect, it } from 'vitest';
import type { Format } from './documents.js';
import { amountFields, fieldsOfQuestion, inputOf, inWords, usesOf } from './format.js';
import { formatProblems, refusedFields } from './refused.js';

const format: Format = {
  amountColumn: 'Amount',
  belowZero: null,
  categories: [],
  category: 'Bank',
  categoryColumns: [],
  counterpartyColumns: ['Name'],
  currency: null,
  currencyColumn: null,
  currencyInHeader: false,
  date: null,
  dateColumn: 'Date',
  dateForm: 'YEAR_MONTH_DAY',
  decimalSign: 'POINT',
  encoding: 'UTF_8',
  expenseColumn: null,
  expenseFlags: [],
  flagColumn: null,
  guardedTexts: false,
  headerLine: 1,
  headerText: null,
  incomeColumn: null,
  incomeFlags: [],
  kind: 'SIGN',
  leaveOut: [],
  notesColumns: ['Text'],
  pendingColumn: null,
  pendingValues: [],
  quotes: true,
  separator: 'COMMA',
  shortRows: false,
  subtractedColumns: [],
  thousandsSign: 'NONE',
};

describe('inputOf', () => {
  it('leaves out what does not go with the kind', () => {
    const before: Format = { ...format, belowZero: 'REFUND', incomeColumn: 'In', expenseColumn: 'Out', flagColumn: 'Flag', incomeFlags: ['C'] };
    expect(inputOf(before)).toMatchObject({ amountColumn: 'Amount', belowZero: null, incomeColumn: null, flagColumn: null, incomeFlags: [] });
    expect(inputOf({ ...before, kind: 'TWO_COLUMNS', subtractedColumns: ['Fee'] })).toMatchObject({
      amountColumn: null, belowZero: 'REFUND', incomeColumn: 'In', expenseColumn: 'Out', subtractedColumns: [],
    });
    expect(inputOf({ ...before, kind: 'FLAG' })).toMatchObject({ amountColumn: 'Amount', flagColumn: 'Flag', incomeFlags: ['C'] });
  });

  it('sends a day only without a column for it, and no empty texts', () => {
    expect(inputOf({ ...format, date: '2026-01-31' }).date).toBeNull();
    expect(inputOf({ ...format, dateColumn: '', date: '2026-01-31' })).toMatchObject({ dateColumn: null, date: '2026-01-31' });
    expect(inputOf({ ...format, category: ' ' }).category).toBeNull();
    expect(inputOf({ ...format, categories: [{ from: 'a', to: ' ' }, { from: 'b', to: 'B' }] }).categories).toEqual([{ from: 'b', to: 'B' }]);
  });

  it('sends the fields of the input, and nothing that the cache added', () => {
    expect(inputOf({ ...format, ...{ __typename: 'ImportFormat' } })).not.toHaveProperty('__typename');
  });
});

it('shows the fields of each kind', () => {
  expect(amountFields(format)).toEqual(['kind', 'amountColumn', 'decimalSign', 'thousandsSign']);
  expect(amountFields({ ...format, kind: 'TWO_COLUMNS' })).toEqual(['kind', 'incomeColumn', 'expenseColumn', 'belowZero', 'decimalSign', 'thousandsSign']);
});

it('answers a question by the fields that go together', () => {
  expect(fieldsOfQuestion('category')).toEqual(['category', 'categoryColumns']);
  expect(fieldsOfQuestion('dateForm')).toEqual(['dateForm']);
  expect(fieldsOfQuestion('somethingNew')).toEqual([]);
});

it('knows what a column is used for, by name or number', () => {
  expect(usesOf(format, ['Date', 'Text', 'Amount'], 1)).toEqual(['notesColumns']);
  expect(usesOf({ ...format, amountColumn: '#3' }, ['Date', 'Text', 'Amount'], 2)).toEqual(['amountColumn']);
  expect(usesOf(format, ['Date', 'Text', 'Balance'], 2)).toEqual([]);
});

describe('problems of a format', () => {
  const problems = new Map([
    ['format.dateColumn', ['Say which column has the date, or give the `date` of every row.']],
    ['source', ['This must not be empty.']],
  ]);

  it('are told with the names of the form', () => {
    expect(inWords('Leave `belowZero` out of `this`.')).toBe('Leave “An amount below zero is” out of this.');
    expect(formatProblems(problems).get('dateColumn')).toEqual(['Say which column has the date, or give the “Day of every row” of every row.']);
  });

  it('name the fields to show, and those that can stand in', () => {
    expect(refusedFields(problems)).toEqual(['dateColumn', 'date']);
  });
});
