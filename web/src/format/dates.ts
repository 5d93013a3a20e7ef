// Days of the books have no time and no zone: `2026-11-29` is that day for everybody.

import { readersLocale } from './locale.js';

const DAY_MS = 86_400_000;

function utc(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

// Making one takes longer than using it a hundred times, and a list uses it in every row.
const made = new Map<string, Intl.DateTimeFormat>();

function days(options: Intl.DateTimeFormatOptions, locale: string): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  made.set(key, format);
  return format;
}

/** 29 Nov 2026 */
export function formatDay(day: string, locale = readersLocale()): string {
  return days({ day: 'numeric', month: 'short', year: 'numeric' }, locale).format(utc(day));
}

/** 29 Nov */
export function formatShortDay(day: string, locale = readersLocale()): string {
  return days({ day: 'numeric', month: 'short' }, locale).format(utc(day));
}

/** November 2026 */
export function formatMonth(day: string, locale = readersLocale()): string {
  return days({ month: 'long', year: 'numeric' }, locale).format(utc(day));
}

/** Nov */
export function formatShortMonth(day: string, locale = readersLocale()): string {
  return days({ month: 'short' }, locale).format(utc(day));
}

/** 2026 */
export function formatYear(day: string, locale = readersLocale()): string {
  return days({ year: 'numeric' }, locale).format(utc(day));
}

/** 1 – 29 Nov 2026 */
export function formatDays(from: string, to: string, locale = readersLocale()): string {
  return days({ day: 'numeric', month: 'short', year: 'numeric' }, locale).formatRange(utc(from), utc(to));
}

/** A moment, in the reader's time zone: 29 Nov 2026, 14:05 */
export function formatMoment(moment: string, locale = readersLocale()): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(moment));
}

/** How long ago a moment was: 5 minutes ago */
export function formatAgo(moment: string, now = Date.now(), locale = readersLocale()): string {
  const seconds = Math.round((new Date(moment).getTime() - now) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(seconds, 'second');
  if (size < 3600) return format.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return format.format(Math.round(seconds / 3600), 'hour');
  return format.format(Math.round(seconds / 86_400), 'day');
}

/** Today where the reader is. */
export function today(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(now.getFullYear()).padStart(4, '0')}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function addDays(day: string, count: number): string {
  return new Date(utc(day).getTime() + count * DAY_MS).toISOString().slice(0, 10);
}

/** Oct – Dec 2026 */
export function formatMonths(from: string, to: string, locale = readersLocale()): string {
  return days({ month: 'short', year: 'numeric' }, locale).formatRange(utc(from), utc(to));
}

/** 2026, or 2026 – 2027 */
export function formatYears(from: string, to: string, locale = readersLocale()): string {
  return days({ year: 'numeric' }, locale).formatRange(utc(from), utc(to));
}
