import { expect, test } from 'vitest';
import { daysIn, financialYearStart, isDay, offeredIntervals, quarterStart, rangeOf, usualInterval } from './ranges.js';

test.each([
  ['month', '2026-11-29', '01-01', '2026-11-01', '2026-11-29'],
  ['quarter', '2026-11-29', '01-01', '2026-10-01', '2026-11-29'],
  ['year', '2026-11-29', '01-01', '2026-01-01', '2026-11-29'],
  ['last-12-months', '2026-11-29', '01-01', '2025-12-01', '2026-11-30'],
  ['last-12-months', '2026-12-31', '01-01', '2026-01-01', '2026-12-31'],
  ['last-12-months', '2028-02-10', '01-01', '2027-03-01', '2028-02-29'],
  ['month', '2026-01-01', '01-01', '2026-01-01', '2026-01-01'],
  ['year', '2026-04-05', '04-06', '2025-04-06', '2026-04-05'],
  ['year', '2026-04-06', '04-06', '2026-04-06', '2026-04-06'],
  ['quarter', '2026-04-05', '04-06', '2026-01-06', '2026-04-05'],
  ['quarter', '2026-07-06', '04-06', '2026-07-06', '2026-07-06'],
  ['quarter', '2026-07-05', '04-06', '2026-04-06', '2026-07-05'],
  ['quarter', '2026-01-05', '04-06', '2025-10-06', '2026-01-05'],
  ['all', '2026-11-29', '01-01', null, null],
] as const)('%s on %s, with years from %s', (name, today, start, from, to) => {
  expect(rangeOf(name, today, start)).toEqual({ from, to });
});

test('a quarter begins on the last day of a month that has no such day', () => {
  // Quarters from 31 August: 30 November, 28 February, 31 May.
  expect(quarterStart('2026-11-30', '08-31')).toBe('2026-11-30');
  expect(quarterStart('2027-02-27', '08-31')).toBe('2026-11-30');
  expect(quarterStart('2027-02-28', '08-31')).toBe('2027-02-28');
  expect(financialYearStart('2026-08-30', '08-31')).toBe('2025-08-31');
});

test('the number of days, both ends counted', () => {
  expect(daysIn({ from: '2026-11-01', to: '2026-11-30' })).toBe(30);
  expect(daysIn({ from: '2028-01-01', to: '2028-12-31' })).toBe(366);
  expect(daysIn({ from: null, to: '2026-11-30' })).toBeNull();
});

test.each([[1, 'day'], [31, 'day'], [32, 'week'], [92, 'week'], [365, 'month'], [1500, 'quarter'], [9000, 'year'], [null, 'quarter']] as const)(
  '%s days are shown by %s',
  (days, interval) => {
    expect(usualInterval(days)).toBe(interval);
    expect(offeredIntervals(days)).toContain(interval);
  },
);

test('ten years are not shown by day', () => {
  expect(offeredIntervals(3650)).toEqual(['month', 'quarter', 'year']);
});

test('only days of the calendar are days', () => {
  expect(['2026-02-28', '2026-02-30', '2026-2-1', '', undefined, '2026-13-01'].map(isDay)).toEqual([true, false, false, false, false, false]);
});
