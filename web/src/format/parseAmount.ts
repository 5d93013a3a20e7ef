import { readersLocale } from './locale.js';

export type Typed =
  | { amount: string }
  | { problem: 'empty' | 'notANumber' | 'tooPrecise' }
  | { problem: 'ambiguous'; example: string };

type Signs = { decimal: string; group: string; digits: string[] };

function signsOf(locale: string): Signs {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, useGrouping: 'always' });
  const parts = format.formatToParts(1234567.5);
  const sign = (type: Intl.NumberFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  const one = new Intl.NumberFormat(locale, { useGrouping: false });
  return {
    decimal: sign('decimal'),
    group: sign('group'),
    digits: Array.from({ length: 10 }, (_, digit) => one.format(digit)),
  };
}

/** Marks of the direction of writing, which come along with copied text. */
const DIRECTIONS = /[\u200e\u200f\u061c]/g;
/** What groups digits wherever it is used at all. */
const BLANKS_AND_APOSTROPHES = /[\s'’]/g;
const GROUP = '_';

/**
 * What a person typed, as the API takes it: `1.234,5` is `1234.5` where the comma is the decimal sign. What could as well
 * mean something else is refused, never guessed.
 */
export function parseAmount(typed: string, fractionDigits: number, locale = readersLocale()): Typed {
  const { decimal, group, digits } = signsOf(locale);
  let written = typed.replace(DIRECTIONS, '').trim();
  digits.forEach((digit, value) => {
    written = written.replaceAll(digit, String(value));
  });
  const minus = /^[-−–]/.test(written) ? '-' : '';
  const unsigned = written.replace(/^[-−–+]\s*/, '');
  if (unsigned === '') return { problem: 'empty' };

  const ambiguous = { problem: 'ambiguous', example: `1234${decimal}${'5'.padEnd(Math.max(fractionDigits, 1), '0')}` } as const;
  const isGroupSign = /[.,٬]/.test(group);
  const marked = (isGroupSign ? unsigned.replaceAll(group, GROUP) : unsigned).replace(BLANKS_AND_APOSTROPHES, GROUP);
  const [whole = '', fraction = '', ...more] = marked.split(decimal);
  const groups = whole.split(GROUP);
  if (more.length > 0 || !/^\d*$/.test(fraction) || !groups.every((part) => /^\d*$/.test(part))) {
    // A sign that this locale uses for nothing.
    return /^\d+[.,]\d+$/.test(unsigned) ? ambiguous : { problem: 'notANumber' };
  }
  if (groups.length > 1) {
    const [first = '', ...others] = groups;
    const isGrouped = /^\d{1,3}$/.test(first) && others.at(-1)?.length === 3 && others.every((part) => part.length === 2 || part.length === 3);
    // `1,234` is 1.234 to somebody whose decimal sign is the comma, if the currency has three places.
    const isDecimalToOthers = groups.length === 2 && fraction === '' && fractionDigits >= 3 && unsigned.includes(group) && isGroupSign;
    if (!isGrouped || isDecimalToOthers) return ambiguous;
  }

  const integer = groups.join('').replace(/^0+(?=\d)/, '');
  if (integer === '' && fraction === '') return { problem: 'notANumber' };
  if (fraction.replace(/0+$/, '').length > fractionDigits) return { problem: 'tooPrecise' };
  const kept = fraction.slice(0, fractionDigits);
  return { amount: `${minus}${integer || '0'}${kept && `.${kept}`}` };
}

/** An amount of the API as it stands in a field that a person changes: without grouping. */
export function editableAmount(amount: string, locale = readersLocale()): string {
  return amount.replace('.', signsOf(locale).decimal);
}
