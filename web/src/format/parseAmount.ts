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

const BLANKS = /[\s\u00a0\u202f\u2009\u200e\u200f\u061c]/g;
const APOSTROPHES = /['’]/g;

/**
 * What a person typed, as the API takes it: `1.234,5` is `1234.5` where the comma is the decimal sign. What could as well
 * mean something else is refused, never guessed.
 */
export function parseAmount(typed: string, fractionDigits: number, locale = readersLocale()): Typed {
  const { decimal, group, digits } = signsOf(locale);
  let written = typed.replace(BLANKS, '').replace(/^[−–-]/, '-').replace(/^\+/, '');
  if (written === '' || written === '-') return { problem: 'empty' };
  digits.forEach((digit, value) => {
    written = written.replaceAll(digit, String(value));
  });
  const minus = written.startsWith('-') ? '-' : '';
  let rest = written.slice(minus.length);
  // Blanks are gone already; apostrophes group wherever they are used at all.
  const grouping = /[\s\u00a0\u202f]/.test(group) ? '' : group.replace(APOSTROPHES, '');
  rest = rest.replace(APOSTROPHES, '');

  const ambiguous = { problem: 'ambiguous', example: `1234${decimal}${'5'.padEnd(Math.max(fractionDigits, 1), '0')}` } as const;
  const [whole = '', fraction, ...more] = rest.split(decimal);
  if (more.length > 0) return { problem: 'notANumber' };

  const groups = grouping === '' ? [whole] : whole.split(grouping);
  if (!groups.every((part) => /^\d*$/.test(part)) || !/^\d*$/.test(fraction ?? '')) {
    // The other decimal sign, in a locale that has neither use for it.
    return /^\d+[.,]\d+$/.test(rest) ? ambiguous : { problem: 'notANumber' };
  }
  if (groups.length > 1) {
    const [first = '', ...others] = groups;
    const last = others.at(-1) ?? '';
    const isGrouped = /^\d{1,3}$/.test(first) && last.length === 3 && others.every((part) => part.length === 3 || part.length === 2);
    if (!isGrouped) return ambiguous;
    // `1,234` may be 1.234 to somebody whose currency has three decimal places.
    if (groups.length === 2 && fraction === undefined && fractionDigits >= 3) return ambiguous;
  }

  const plain = groups.join('');
  if (plain === '' && !fraction) return { problem: 'notANumber' };
  const kept = (fraction ?? '').replace(/0+$/, '');
  if (kept.length > fractionDigits) return { problem: 'tooPrecise' };
  const integer = plain.replace(/^0+(?=\d)/, '') || '0';
  return { amount: `${minus}${integer}${fraction ? `.${fraction.slice(0, Math.max(kept.length, Math.min(fraction.length, fractionDigits)))}` : ''}`.replace(/\.$/, '') };
}

/** An amount of the API as it stands in a field that a person changes: without grouping. */
export function editableAmount(amount: string, locale = readersLocale()): string {
  return amount.replace('.', signsOf(locale).decimal);
}
