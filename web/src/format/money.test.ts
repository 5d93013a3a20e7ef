import { expect, test } from 'vitest';
import { changeInTenths, formatAmount, formatChange, formatShare, isNegative, isZero, negated } from './money.js';

test.each([
  ['1276204.13', 'en-GB', '1,276,204.13'],
  ['-1234.50', 'en-GB', '−1,234.50'],
  ['-1234.50', 'de-DE', '−1.234,50'],
  ['-1234567.50', 'en-IN', '−12,34,567.50'],
  ['1200', 'ja-JP', '1,200'],
  ['12.345', 'ar-KW', '١٢٫٣٤٥'],
  ['0.00', 'en-GB', '0.00'],
  ['-0.00', 'en-GB', '0.00'],
  ['1234567890123456789012345678901.23', 'en-GB', '1,234,567,890,123,456,789,012,345,678,901.23'],
  ['-9007199254740993', 'de-DE', '−9.007.199.254.740.993'],
])('%s in %s is %s', (amount, locale, written) => {
  expect(formatAmount(amount, 'auto', locale)).toBe(written);
});

test.each([
  ['24.00', '+24.00'],
  ['-24.00', '−24.00'],
  ['0.00', '0.00'],
  ['-0.00', '0.00'],
])('%s with its sign is %s', (amount, written) => {
  expect(formatAmount(amount, 'always', 'en-GB')).toBe(written);
});

test('the minus of a locale that writes from right to left stays its own', () => {
  expect(formatAmount('-12.345', 'auto', 'ar-KW')).toMatch(/^\u061c[-−]١٢٫٣٤٥$/);
});

test('zero is not negative, whatever its sign', () => {
  expect(isNegative('-0.00')).toBe(false);
  expect(isNegative('-0.01')).toBe(true);
  expect(isZero('0')).toBe(true);
  expect(isZero('0.10')).toBe(false);
  expect(negated(negated('12.50'))).toBe('12.50');
});

test.each([
  ['100.00', '108.40', 84n],
  ['100.00', '91.60', -84n],
  // From a loss to a profit is more, not less.
  ['-100.00', '100.00', 2000n],
  ['-100.00', '-150.00', -500n],
  ['3', '4', 333n],
  ['2000', '2001', 1n],
  ['2000', '1999', -1n],
  ['2001', '2000', 0n],
  ['0.00', '5.00', null],
  ['12.5', '25', 1000n],
  ['90071992547409930000000000000.01', '180143985094819860000000000000.02', 1000n],
])('from %s to %s are %s tenths of a percent', (before, now, tenths) => {
  expect(changeInTenths(before, now)).toBe(tenths);
});

test('percent in the reader\'s writing', () => {
  expect(formatChange(84n, 'en-GB')).toBe('+8.4%');
  expect(formatChange(-84n, 'en-GB')).toBe('−8.4%');
  expect(formatChange(-5n, 'en-GB')).toBe('−0.5%');
  expect(formatChange(0n, 'en-GB')).toBe('0.0%');
  expect(formatChange(123_456_789n, 'de-DE')).toBe('+12.345.678,9\u00a0%');
  expect(formatShare('0.4817', 'en-GB')).toBe('48.2%');
  expect(formatShare('1.0000', 'de-DE')).toBe('100,0\u00a0%');
});
