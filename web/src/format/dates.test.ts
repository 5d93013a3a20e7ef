import { expect, test } from 'vitest';
import { addDays, formatAgo, formatDay, formatDays, formatMonth, today } from './dates.js';

test('a day is the same day in every zone', () => {
  expect(formatDay('2026-11-29', 'en-GB')).toBe('29 Nov 2026');
  expect(formatDay('2026-01-01', 'en-US')).toBe('Jan 1, 2026');
  expect(formatMonth('2026-11-01', 'de-DE')).toBe('November 2026');
  // Versions of ICU differ in the blanks around the dash.
  expect(formatDays('2026-11-01', '2026-11-29', 'en-GB')).toMatch(/^1\s?–\s?29 Nov 2026$/);
});

test('days are counted over months and leap years', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

test('today is the reader\'s, not that of Greenwich', () => {
  expect(today(new Date(2026, 10, 29, 0, 5))).toBe('2026-11-29');
  expect(today(new Date(2026, 10, 29, 23, 55))).toBe('2026-11-29');
});

test('how long ago', () => {
  const now = Date.parse('2026-11-29T12:00:00Z');
  expect(formatAgo('2026-11-29T11:59:00Z', now, 'en-GB')).toBe('1 minute ago');
  expect(formatAgo('2026-11-28T12:00:00Z', now, 'en-GB')).toBe('yesterday');
});
