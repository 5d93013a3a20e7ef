import { expect, test } from 'vitest';
import { formatDayOfYear, formatMonthName, formatWeekday } from './calendar.js';

test('weekdays by the API\'s names', () => {
  expect(formatWeekday('SUNDAY', 'en-GB')).toBe('Sunday');
  expect(formatWeekday('MONDAY', 'de-DE')).toBe('Montag');
  expect(formatWeekday('SATURDAY', 'en-GB')).toBe('Saturday');
});

test('days of a year without the year', () => {
  expect(formatDayOfYear('04-06', 'en-GB')).toBe('6 April');
  expect(formatDayOfYear('01-01', 'en-US')).toBe('January 1');
  expect(formatDayOfYear('12-31', 'de-DE')).toBe('31. Dezember');
  expect(formatMonthName(12, 'en-GB')).toBe('December');
});
