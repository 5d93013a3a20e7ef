import { expect, test } from 'vitest';
import { editableAmount, parseAmount } from './parseAmount.js';

test.each([
  ['12.50', 2, 'en-GB', '12.50'],
  ['1,234.5', 2, 'en-GB', '1234.5'],
  ['1,234', 2, 'en-GB', '1234'],
  ['1.234,5', 2, 'de-DE', '1234.5'],
  ['-12,50', 2, 'de-DE', '-12.50'],
  ['−12,50', 2, 'de-DE', '-12.50'],
  ['+7', 2, 'en-GB', '7'],
  [' 1 234,50 ', 2, 'fr-FR', '1234.50'],
  ['1\u202f234,50', 2, 'fr-FR', '1234.50'],
  ['1’234.50', 2, 'de-CH', '1234.50'],
  ["1'234.50", 2, 'de-CH', '1234.50'],
  ['12,34,567.50', 2, 'en-IN', '1234567.50'],
  ['١٬٢٣٤٫٥', 3, 'ar-EG', '1234.5'],
  ['1200', 0, 'ja-JP', '1200'],
  ['1,234,567', 3, 'en-GB', '1234567'],
  ['.5', 2, 'en-GB', '0.5'],
  ['5.', 2, 'en-GB', '5'],
  ['007', 2, 'en-GB', '7'],
  // Nothing is lost where nothing stands.
  ['12.500', 2, 'en-GB', '12.50'],
  ['12.00', 0, 'en-GB', '12'],
  ['9007199254740993.01', 2, 'en-GB', '9007199254740993.01'],
])('%j with %i places in %s is %s', (typed, digits, locale, amount) => {
  expect(parseAmount(typed, digits, locale)).toEqual({ amount });
});

test.each([
  ['', 'empty'],
  ['  ', 'empty'],
  ['-', 'empty'],
  ['abc', 'notANumber'],
  ['1.2.3', 'notANumber'],
  ['.', 'notANumber'],
  ['1e5', 'notANumber'],
  ['0x10', 'notANumber'],
  ['--5', 'notANumber'],
  ['12.505', 'tooPrecise'],
])('%j is refused: %s', (typed, problem) => {
  expect(parseAmount(typed, 2, 'en-GB')).toEqual({ problem });
});

test.each([
  // The other locale's decimal sign.
  ['12,5', 2, 'en-GB', '1234.50'],
  ['12.5', 2, 'de-DE', '1234,50'],
  ['12.50', 2, 'de-DE', '1234,50'],
  ['12,50', 2, 'de-CH', '1234.50'],
  ['12.5', 2, 'fr-FR', '1234,50'],
  ['12 50', 2, 'en-GB', '1234.50'],
  // Twelve hundred, or one and a bit of a currency with three places.
  ['1,234', 3, 'en-GB', '1234.500'],
  ['1.234', 3, 'de-DE', '1234,500'],
])('%j with %i places in %s can be read in two ways', (typed, digits, locale, example) => {
  expect(parseAmount(typed, digits, locale)).toEqual({ problem: 'ambiguous', example });
});

test('an amount of the API in a field, and back', () => {
  for (const [amount, digits] of [['1234.50', 2], ['-0.005', 3], ['1200', 0]] as const) {
    for (const locale of ['en-GB', 'de-DE', 'fr-FR', 'de-CH', 'ar-EG']) {
      expect(parseAmount(editableAmount(amount, locale), digits, locale)).toEqual({ amount });
    }
  }
});
