// Amounts are text from the API to the screen, and back. Intl reads text digit by digit, so nothing is rounded.

import { readersLocale } from './locale.js';

export type Sign = 'auto' | 'always';

/** The digits after the point, as the API wrote them: it knows how many the currency has. */
function fractionDigits(amount: string): number {
  const point = amount.indexOf('.');
  return point < 0 ? 0 : amount.length - point - 1;
}

/** An amount of the API in the reader's writing: `-1234.5` as `−1,234.5`. Zero has no sign. */
export function formatAmount(amount: string, sign: Sign = 'auto', locale = readersLocale()): string {
  const digits = fractionDigits(amount);
  return numbers(digits, sign === 'always' ? 'exceptZero' : 'negative', locale).format(amount as Intl.StringNumericLiteral).replace('-', '−');
}

// Making one takes longer than using it a hundred times, and a list uses it in every row.
const made = new Map<string, Intl.NumberFormat>();

function numbers(digits: number, signDisplay: 'exceptZero' | 'negative', locale: string): Intl.NumberFormat {
  const key = `${locale} ${signDisplay} ${digits}`;
  const known = made.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay });
  made.set(key, format);
  return format;
}

/** A count, such as that of records. */
export function formatCount(count: number, locale = readersLocale()): string {
  return new Intl.NumberFormat(locale).format(count);
}

export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && !isZero(amount);
}

export function isZero(amount: string): boolean {
  return /^-?[0.]+$/.test(amount);
}

export function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** All digits of an amount as one whole number, with at least so many digits after the point. */
function scaled(amount: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0'));
}

/** By how much `now` is more than `before`, in tenths of a percent; null where that cannot be said. */
export function changeInTenths(before: string, now: string): bigint | null {
  const digits = Math.max(fractionDigits(before), fractionDigits(now));
  const from = scaled(before, digits);
  if (from === 0n) return null;
  const size = from < 0n ? -from : from;
  const twice = 2n * (scaled(now, digits) - from) * 1000n;
  // Half away from zero.
  return (twice + (twice < 0n ? -size : size)) / (2n * size);
}

/** `+8.4%`, in the reader's writing. */
export function formatChange(tenths: bigint, locale = readersLocale()): string {
  return percent(tenths < 0n ? `-${thousandths(-tenths)}` : thousandths(tenths), 'exceptZero', locale);
}

/** A share of the API, `0.4817`, as `48.2%`. */
export function formatShare(share: string, locale = readersLocale()): string {
  return percent(share, 'negative', locale);
}

function thousandths(value: bigint): string {
  const digits = value.toString().padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

function percent(value: string, signDisplay: 'exceptZero' | 'negative', locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay,
  }).format(value as Intl.StringNumericLiteral).replace('-', '−');
}
