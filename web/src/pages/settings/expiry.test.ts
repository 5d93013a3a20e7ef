import { expect, test } from 'vitest';
import { expiresAtOf } from './expiry.js';

const midnight = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

test('a token works through its last day', () => {
  expect(expiresAtOf('30', '', '2026-11-29')).toBe(midnight(2026, 12, 30));
  expect(expiresAtOf('365', '', '2026-11-29')).toBe(midnight(2027, 11, 30));
  expect(expiresAtOf('day', '2026-12-31', '2026-11-29')).toBe(midnight(2027, 1, 1));
  expect(expiresAtOf('never', '2026-12-31', '2026-11-29')).toBeNull();
});
